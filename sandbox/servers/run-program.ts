import { spawn } from 'node:child_process';

export interface ProgramResult {
  /** undefined when the program could not be started or was stopped by us. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** What it said on stderr, or why it could not be started. */
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Asked every half second; a sentence stops the program. */
  readonly reasonToStop?: () => string | undefined;
}

export type RunProgram = (path: string, args: readonly string[], options?: ProgramOptions) => Promise<ProgramResult>;

const ASK_EVERY_MS = 500;
const KEPT_CHARACTERS = 20_000;

/** Runs a program to its end. Never throws: what went wrong is in the result. */
export function createRunProgram(baseEnv: Readonly<Record<string, string | undefined>>, giveUp?: AbortSignal): RunProgram {
  return (path, args, options = {}) =>
    new Promise((resolve) => {
      const child = spawn(path, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...baseEnv, ...options.env },
        killSignal: 'SIGKILL',
        ...(giveUp === undefined ? {} : { signal: giveUp }),
      });
      let stdout = '';
      let stderr = '';
      let stopped: string | undefined;
      child.stdout.on('data', (chunk: Buffer) => (stdout = keepEnd(stdout + chunk.toString())));
      child.stderr.on('data', (chunk: Buffer) => (stderr = keepEnd(stderr + chunk.toString())));
      const timer = setInterval(() => {
        stopped ??= options.reasonToStop?.();
        if (stopped !== undefined) child.kill('SIGKILL');
      }, ASK_EVERY_MS);
      const end = (code: number | null, reason: string): void => {
        clearInterval(timer);
        resolve({ code: stopped === undefined ? (code ?? undefined) : undefined, stdout, stderr: stopped ?? reason });
      };
      child.once('error', (error) => {
        end(null, error.message);
      });
      child.once('close', (code, signal) => {
        end(code, signal === null ? stderr : `${stderr}\nended by ${signal}`);
      });
    });
}

function keepEnd(text: string): string {
  return text.slice(-KEPT_CHARACTERS);
}

/** The last line that says something, for a sentence about a failure. */
export function lastWords({ stdout, stderr }: ProgramResult): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').at(-1) ?? 'it said nothing';
}
