/**
 * Why a run failed, in the types that `ApplicationFailure` carries through Temporal. One list for the whole yard:
 * each has its sentence, hint and points story in the texts of each platform.
 */
export type Failure =
  | { readonly type: 'JobLost'; readonly nodeId: string; readonly attempts: number }
  | { readonly type: 'ForeignInterrupt'; readonly nodeId: string; readonly attempts: number }
  | { readonly type: 'NodeGone'; readonly nodeId: string; readonly attempts: number }
  | { readonly type: 'Stalled'; readonly nodeId: string; readonly attempts: number; readonly silentMs: number }
  | { readonly type: 'OutOfMemory'; readonly nodeId: string; readonly setting: 'resolution' | 'rank' }
  | { readonly type: 'NodeError'; readonly nodeId: string; readonly nodeType: string; readonly exceptionType: string }
  | { readonly type: 'GraphRefused'; readonly nodeId: string; readonly problem: string }
  | { readonly type: 'ArtifactMissing'; readonly nodeId: string; readonly attempts: number }
  | { readonly type: 'ArtifactCorrupt'; readonly nodeId: string; readonly attempts: number; readonly problem: string }
  | { readonly type: 'ArtifactWithoutEffect'; readonly nodeId: string; readonly problem: 'not-a-number' | 'all-zero' }
  | { readonly type: 'TrainingTooLong'; readonly nodeId: string; readonly limitMs: number }
  | { readonly type: 'QueueTooLong'; readonly limitMs: number }
  | { readonly type: 'LedgerUnavailable' }
  | { readonly type: 'Terminated' }
  | { readonly type: 'Internal'; readonly reference: string };

export type FailureType = Failure['type'];

/** Failures of one attempt that a new attempt may cure, at no extra cost. */
const RETRYABLE_ATTEMPT_FAILURES = ['JobLost', 'ForeignInterrupt', 'NodeGone', 'Stalled', 'ArtifactMissing', 'ArtifactCorrupt'] as const satisfies readonly FailureType[];

export function curableByNewAttempt(type: FailureType): boolean {
  return RETRYABLE_ATTEMPT_FAILURES.some((curable) => curable === type);
}

/** The other types that an `ApplicationFailure` may have: they only steer the yard and never end a run by themselves. */
export type SignalType = 'NotHere' | 'NotOwner' | 'Stuck' | 'TooLate' | 'AttachmentUnavailable' | 'IdempotencyMismatch' | 'DecoderDied' | 'WorkerStops';
