import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { RunEnd } from '../../domain/runs.js';
import { endOfActivity } from '../activity-failures.js';
import { trainWithAttempts } from './attempts.js';
import { announce, closeRun, closeWorkflow, tell } from './endings.js';
import type { ProcessEnd } from './endings.js';
import { cancelRunUpdate, getRunQuery } from './messages.js';
import type { CancelRequest, RunRequest } from './messages.js';
import { endingActivities, holdingActivities, imageActivities } from './proxies.js';
import { RunState } from './run-state.js';

/** The process of one run, top to bottom; every branch ends in exactly one resolution of the hold and one end on record. */
export async function trainRun(request: RunRequest): Promise<RunEnd> {
  const run = new RunState(request);
  registerHandlers(run);
  const isCancelled = watchCancellation();

  const opened = await CancellationScope.nonCancellable(() => endingActivities().openRun({ ...request }));
  if (opened.kind === 'ended') return CancellationScope.nonCancellable(() => closeWorkflow(run, opened.end, isCancelled));
  if (opened.kind === 'opened') run.opened = opened;

  let holdAsked = false;
  let told: Promise<void> | null = null;
  const ended = opened.kind === 'refused' ? opened : await run.work(() => train()).catch((error: unknown) => endOfBrokenStep(run, error));

  return CancellationScope.nonCancellable(async () => {
    const end = await closeRun(run, ended, holdAsked);
    await (told ?? tell(run, false));
    await announce(run);
    return closeWorkflow(run, end, isCancelled);
  });

  async function train(): Promise<ProcessEnd> {
    if (run.opened === null) throw new TypeError('Expected the run to be open.');
    run.enter('checking images');
    const checked = await imageActivities(run.opened.limits).validateImages({ runId: request.runId });
    if (checked.kind === 'refused') return checked;

    // The undo is known before the act: from here on every end that is no success resolves the hold.
    run.enter('holding points');
    holdAsked = true;
    const held = await holdingActivities().holdPoints({ runId: request.runId });
    if (held.kind === 'refused') return held;

    told = CancellationScope.nonCancellable(() => tell(run, true));
    return trainWithAttempts(run, run.opened);
  }
}

function registerHandlers(run: RunState): void {
  setHandler(getRunQuery, () => run.view());
  setHandler(cancelRunUpdate, (cancel) => run.requestCancel(cancel, Date.now()), {
    validator: (cancel: CancelRequest) => {
      run.requireCancellable(cancel);
    },
  });
}

/** Tells whether a cancellation of the whole workflow was requested: from the Web UI, the command line or by the run itself. */
function watchCancellation(): () => boolean {
  let cancelled = false;
  CancellationScope.current().cancelRequested.catch(() => {
    cancelled = true;
  });
  return () => cancelled;
}

/** A step that broke ends the run: as cancelled when a cancel was requested, whatever its cause, else as failed. */
function endOfBrokenStep(run: RunState, error: unknown): ProcessEnd {
  if (run.cancelRequested) return { kind: 'cancelled', stepsDone: null };
  const end = endOfActivity(error);
  if (run.phase === 'holding points') return { kind: 'failed', failure: { type: 'LedgerUnavailable' } };
  return { kind: 'failed', failure: end.kind === 'failure' ? end.failure : { type: 'Internal', reference: run.request.runId } };
}
