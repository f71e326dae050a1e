import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DecoderLimits, DecoderReply, DecoderRequest, DecoderResult } from './decoder-messages.js';

/** What became of a request. `not-started`: the process ended before the file had come, which says nothing about the file. */
export type DecoderAnswer =
  | { readonly kind: 'done'; readonly result: DecoderResult; readonly isSpent: boolean }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'died'; readonly how: string }
  | { readonly kind: 'not-started'; readonly how: string };

/** A decoder process as its pool sees it. */
export interface DecoderChild {
  readonly pid: number | undefined;
  readonly isAlive: () => boolean;
  readonly ended: Promise<void>;
  /** One request at a time. A process that neither answers nor ends within the limits is killed. */
  ask(request: DecoderRequest, wallMs: number): Promise<DecoderAnswer>;
  kill(): void;
}

/** A process that starts from source on a busy machine takes some seconds. */
const START_LIMIT_MS = 60_000;

/** The program beside this file, as source or compiled like it. */
const PROGRAM = fileURLToPath(new URL(`./decoder-process${extname(import.meta.url)}`, import.meta.url));

export function startDecoderChild(limits: DecoderLimits): DecoderChild {
  const child = fork(PROGRAM, [JSON.stringify(limits)], {
    execArgv: PROGRAM.endsWith('.ts') ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [],
    // Nothing a file could reach for: no secret of the worker's. Two arenas hold glibc to what is in use.
    env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let end: string | null = null;
  const ended = new Promise<void>((resolve) => {
    const note = (how: string): void => {
      end ??= how;
      resolve();
    };
    child.once('exit', (code, signal) => { note(signal ?? `code ${code ?? 'none'}`); });
    child.on('error', (error) => {
      // Of a process that could not be started there is no exit; a message that found the channel closed is followed by one.
      if (child.pid === undefined) note(error.message);
    });
  });

  async function ask(request: DecoderRequest, wallMs: number): Promise<DecoderAnswer> {
    const seen: { started: boolean; why: string | null } = { started: false, why: null };
    const killFor = (reason: string): void => {
      seen.why ??= reason;
      child.kill('SIGKILL');
    };
    let clock = setTimeout(killFor, START_LIMIT_MS, `no start within ${START_LIMIT_MS} ms`);
    const answer = new Promise<DecoderAnswer>((resolve) => {
      child.on('message', (reply: DecoderReply) => {
        if (reply.kind === 'done' || reply.kind === 'failed') resolve(reply);
        else if (reply.kind === 'over') seen.why = `more ${reply.limit} than a file may take`;
        else {
          seen.started = true;
          clearTimeout(clock);
          clock = setTimeout(killFor, wallMs, `no answer within ${wallMs} ms`);
        }
      });
    });
    child.send(request, () => undefined);
    const first = await Promise.race([answer, ended]);
    clearTimeout(clock);
    child.removeAllListeners('message');
    if (first !== undefined) return first;
    const how = seen.why ?? end ?? 'no exit code';
    return seen.started ? { kind: 'died', how } : { kind: 'not-started', how };
  }

  return { pid: child.pid, isAlive: () => end === null, ended, ask, kill: () => { child.kill('SIGKILL'); } };
}
