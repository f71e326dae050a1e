import type { Inspection } from './decoder.js';
import type { TrainingFile, TrainingFileBounds } from './training-files.js';

/** What a decoder process is asked for: one file at a time. */
export type DecoderRequest =
  | { readonly kind: 'inspect'; readonly bytes: Uint8Array }
  | { readonly kind: 'training-file'; readonly bytes: Uint8Array; readonly bounds: TrainingFileBounds };

export type DecoderResult = Inspection | TrainingFile;

/** What a file may cost a decoder process before it ends itself. */
export interface DecoderLimits {
  /** Of the whole process. */
  readonly memoryBytes: number;
  /** Of the processor, so that a busy machine makes no file too slow. */
  readonly cpuMs: number;
}

/**
 * What it says. `isSpent`: it holds on to so much memory that the next file should not have to bear it. `started` when the file has come, so that an end before it is not the file's; `over` before it ends itself
 * at a limit; `failed` when it met what nobody planned.
 */
export type DecoderReply =
  | { readonly kind: 'started' }
  | { readonly kind: 'done'; readonly result: DecoderResult; readonly isSpent: boolean }
  | { readonly kind: 'over'; readonly limit: 'memory' | 'time' }
  | { readonly kind: 'failed'; readonly reason: string };
