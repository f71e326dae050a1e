import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One process of the product, as a test starts it: with exactly this environment. */
export interface PartOfTest {
  readonly child: ChildProcess;
  /** What it printed, on either stream. */
  readonly output: readonly string[];
  /** Its exit code and signal. */
  readonly ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  /** The line that says so; rejects with its last words when it ends before. */
  ready(): Promise<Record<string, unknown>>;
  /** Resolves with the first line that matches, also one of the past. */
  says(what: RegExp): Promise<string>;
}

export type PartEnvironment = Readonly<Record<string, string>>;

export function startPart(nodeArgs: readonly string[], env: PartEnvironment): PartOfTest {
  // A group of its own, so that a child it left behind can be found.
  const child = spawn(process.execPath, nodeArgs, { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const output: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      for (const listener of listeners) listener(line);
    });
  }
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => [code, signal] as readonly [number | null, NodeJS.Signals | null]);
  const says = (what: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const hear = (line: string): void => {
        if (!what.test(line)) return;
        listeners.delete(hear);
        resolve(line);
      };
      listeners.add(hear);
      output.forEach(hear);
      void ended.then(([code, signal]) => {
        reject(new Error(`It ended (${code ?? signal ?? '?'}) and never said ${String(what)}:\n${output.join('\n')}`));
      });
    });
  return { child, output, ended, says, ready: async () => JSON.parse(await says(/"ready":true/)) as Record<string, unknown> };
}

/** Whether anything is alive in the group of a process that has ended. */
export function hasLeftChildren({ child }: Pick<PartOfTest, 'child'>): boolean {
  if (child.pid === undefined) return false;
  try {
    process.kill(-child.pid, 0);
    return true;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** SIGKILL for its whole group; nothing is left of it then. */
export async function endPart(part: PartOfTest): Promise<void> {
  if (part.child.pid !== undefined && hasLeftChildren(part)) process.kill(-part.child.pid, 'SIGKILL');
  await part.ended;
}
