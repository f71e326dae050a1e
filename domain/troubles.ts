/** Something operators have to know of, because the yard does not mend it by itself. Times are ISO 8601. */
export type Trouble =
  /** A workflow whose code throws at every try; `runId` is null when it belongs to no run. */
  | { readonly kind: 'stuck-workflow'; readonly workflowId: string; readonly runId: string | null; readonly failures: number; readonly since?: string }
  /** Points that should go back do not; `lastFailure` is what the last try said. */
  | { readonly kind: 'release-failing'; readonly workflowId: string; readonly runId: string; readonly attempts: number; readonly lastFailure: string; readonly since?: string }
  /** A node that takes no training since `seenAt`: nobody asks it, it does not answer, or it is unfit; `problem` says so where it is known. */
  | { readonly kind: 'node-out'; readonly nodeId: string; readonly seenAt: string; readonly problem?: string }
  /** `runId` has waited in this lease queue since `since`, longer than the others. */
  | { readonly kind: 'queue-waiting'; readonly queue: string; readonly runId: string; readonly since: string }
  /** The row belongs to another Temporal namespace: reported, never settled. */
  | { readonly kind: 'foreign-run'; readonly runId: string; readonly namespaceId: string; readonly since?: string }
  /** Points are held since `since` for a run that is not on record, so that nobody can say who may still run it: reported, never settled. */
  | { readonly kind: 'hold-without-run'; readonly runId: string; readonly accountId: string; readonly amountPoints: number; readonly since: string };

export type TroubleKind = Trouble['kind'];

/** What makes two sightings the same trouble: one message tells of it for as long as it lasts. */
export function troubleKey(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'stuck-workflow':
    case 'release-failing':
      return `${trouble.kind}:${trouble.workflowId}`;
    case 'node-out':
      return `${trouble.kind}:${trouble.nodeId}`;
    case 'queue-waiting':
      return `${trouble.kind}:${trouble.queue}`;
    case 'hold-without-run':
      return `${trouble.kind}:${trouble.runId}`;
    case 'foreign-run':
      // After a move to another namespace every open run is one of these: one message for all of them.
      return `${trouble.kind}:${trouble.namespaceId}`;
  }
}

/** When it began, as far as that is known. */
export function troubleSince(trouble: Trouble): string | null {
  return trouble.kind === 'node-out' ? trouble.seenAt : (trouble.since ?? null);
}
