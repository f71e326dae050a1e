import type { Inspection } from './decoder.js';
import { startDecoderChild } from './decoder-child.js';
import type { DecoderChild } from './decoder-child.js';
import type { DecoderLimits, DecoderRequest, DecoderResult } from './decoder-messages.js';
import type { TrainingFile, TrainingFileBounds } from './training-files.js';

/** `died`: the process that decoded the file did not survive it; `how` says what ended it. */
export type Decoding<Result> = { readonly kind: 'done'; readonly result: Result } | { readonly kind: 'died'; readonly how: string };

/** Judges and shrinks pictures, see `inspectPicture` and `makeTrainingFile`, whatever native code does with them. */
export interface Decoder {
  inspect(bytes: Buffer): Promise<Decoding<Inspection>>;
  makeTrainingFile(stored: Buffer, bounds: TrainingFileBounds): Promise<Decoding<TrainingFile>>;
}

export interface DecoderPool extends Decoder {
  /** The processes that run now. */
  pids(): readonly number[];
  /** Ends every process. A file that is still decoded fails, which is not its doing. */
  stop(): Promise<void>;
}

export interface DecoderPoolOptions {
  /** So many files are decoded at once; the others wait. */
  readonly processes: number;
  readonly limits?: DecoderLimits;
  /** How long a file may take by the clock: for a process that neither works nor answers. */
  readonly wallMs?: number;
}

/** The dearest pictures that `domain/images.ts` lets through take 450 MB and 4 s. */
const DECODER_LIMITS: DecoderLimits = { memoryBytes: 500_000_000, cpuMs: 10_000 };
/** A machine that is busy elsewhere may take four times what the processor may. */
const WALL_LIMIT_MS = 40_000;

/**
 * Decodes in processes of its own, so that a crash in native code, a file that never ends and one that eats all memory
 * cost that file one try and nothing else. They start when they are needed, serve one file after the other, and end with
 * this process, however it ends: their channel closes.
 *
 * Written by hand because the pools on offer end a worker by asking it to, which native code that hangs does not hear,
 * and do not say which file a worker died of.
 */
export function createDecoderPool({ processes, limits = DECODER_LIMITS, wallMs = WALL_LIMIT_MS }: DecoderPoolOptions): DecoderPool {
  const alive = new Set<DecoderChild>();
  const idle = new Set<DecoderChild>();
  const waiting: (() => void)[] = [];
  let free = processes;
  let stopped = false;

  function start(): DecoderChild {
    const child = startDecoderChild(limits);
    alive.add(child);
    void child.ended.then(() => {
      alive.delete(child);
      idle.delete(child);
    });
    return child;
  }

  function takeIdle(): DecoderChild | undefined {
    const [child] = idle;
    if (child !== undefined) idle.delete(child);
    return child;
  }

  async function decode(request: DecoderRequest): Promise<Decoding<DecoderResult>> {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      let child = takeIdle() ?? start();
      let answer = await child.ask(request, wallMs);
      if (answer.kind === 'not-started') {
        // It was ended while nobody looked: not this file's doing.
        child = start();
        answer = await child.ask(request, wallMs);
      }
      if (answer.kind === 'done' && answer.isSpent) child.kill();
      else if (child.isAlive()) idle.add(child);
      if (answer.kind === 'not-started') throw new Error(`Expected a decoder process to start, it ended with ${answer.how}.`);
      if (answer.kind === 'failed') throw new Error(`Expected a decoder process to answer, it failed: ${answer.reason}`);
      if (answer.kind === 'died' && stopped) throw new Error('The decoder was stopped in the middle of a file.');
      return answer.kind === 'done' ? { kind: 'done', result: answer.result } : answer;
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  }

  return {
    // A request is answered in its own kind.
    inspect: (bytes) => decode({ kind: 'inspect', bytes }) as Promise<Decoding<Inspection>>,
    makeTrainingFile: (bytes, bounds) => decode({ kind: 'training-file', bytes, bounds }) as Promise<Decoding<TrainingFile>>,
    pids: () => [...alive].flatMap(({ pid }) => pid ?? []),
    async stop() {
      stopped = true;
      for (const child of alive) child.kill();
      await Promise.all([...alive].map(({ ended }) => ended));
    },
  };
}
