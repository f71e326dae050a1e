import { ApplicationFailure, CancellationScope, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { OpenedRun } from '../../activities/runs/activities.js';
import type { Failure, SignalType } from '../../domain/failures.js';
import type { Artifact, CancelledBy, RunEnd } from '../../domain/runs.js';
import { gpuNodeAttribute, runStateAttribute } from '../search-attributes.js';
import { detailsOf } from './details.js';
import type { CancelAnswer, CancelRequest, RunRequest, RunView } from './messages.js';

/** How old the figure on an owner's confirm screen may be. */
const SHOWN_FIGURE_HOLDS_MS = 2 * 60_000;

export type RunPhase = 'opening' | 'checking images' | 'holding points' | 'waiting for a node' | 'training' | 'collecting' | 'ending' | RunEnd['kind'];

/** What a run knows about itself while its workflow lives; the row is the record. */
export class RunState {
  phase: RunPhase = 'opening';
  opened: OpenedRun | null = null;
  attempt = 1;
  node: { readonly nodeId: string; readonly promptId: string } | null = null;
  lastFailure: Failure | null = null;
  artifact: Artifact | null = null;
  end: RunEnd | null = null;
  cancel: CancelRequest | null = null;
  /** Set once the training is finished: from here on no cancel has an effect. */
  finished = false;
  readonly #work = new CancellationScope({ cancellable: true });

  constructor(readonly request: RunRequest) {}

  /** Runs the cancellable part of the process: `cancelRun` ends it, and so does a cancellation from the Web UI. */
  work<Result>(steps: () => Promise<Result>): Promise<Result> {
    return this.#work.run(steps);
  }

  /** Synchronous on purpose: an asynchronous validator never rejects. */
  requireCancellable({ by }: CancelRequest): void {
    if (this.finished) throw ApplicationFailure.nonRetryable(`The training is finished; it is too late for the ${by} to cancel.`, 'TooLate' satisfies SignalType);
  }

  requestCancel(request: CancelRequest, now: number): CancelAnswer {
    // The first cancel stands: after an operator's the owner is not charged, whatever is pressed next.
    if (this.cancelRequested) return { kind: 'accepted' };
    if (request.by === 'owner' && !this.#figureHolds(request, now)) return { kind: 'confirm-again' };
    this.cancel = request;
    this.#work.cancel();
    this.show();
    return { kind: 'accepted' };
  }

  /** A cancellation that did not come through `cancelRun` is an operator's, from the Web UI or the command line. */
  cancelledBy(): CancelledBy {
    return this.cancel?.by ?? 'operator';
  }

  get cancelRequested(): boolean {
    return this.#work.consideredCancelled;
  }

  enter(phase: RunPhase): void {
    this.phase = phase;
    this.show();
  }

  /** As `enter`, and the phase becomes the searchable `RunState` (one history event, so only where operators filter by it). */
  enterSearchable(phase: RunPhase): void {
    this.enter(phase);
    upsertSearchAttributes([
      { key: runStateAttribute, value: phase },
      ...(this.node === null ? [] : [{ key: gpuNodeAttribute, value: this.node.nodeId }]),
    ]);
  }

  show(): void {
    setCurrentDetails(detailsOf(this));
  }

  view(): RunView {
    return {
      phase: this.phase,
      attempt: this.attempt,
      nodeId: this.node?.nodeId ?? null,
      promptId: this.node?.promptId ?? null,
      cancelRequestedBy: this.cancelRequested ? this.cancelledBy() : null,
    };
  }

  #figureHolds({ shown }: CancelRequest, now: number): boolean {
    return shown !== undefined && shown.attempt === this.attempt && now - shown.at < SHOWN_FIGURE_HOLDS_MS;
  }
}
