import { partialCapture } from '../domain/charge.js';
import { points } from '../domain/points.js';
import type { CancelledBy } from '../domain/runs.js';
import type { RunRow } from '../models/runs-schema.js';
import { refused, shown, type Context, type Reply } from './interaction-kinds.js';
import { troubleView } from './views/answers.js';
import { cancelRoute, type ConfirmedCancel } from './views/custom-ids.js';
import { button } from './views/layout.js';
import { cancelAcceptedView, cancelConfirmView } from './views/runs.js';

/** Asks before it cancels, with what it costs now. */
export function askToCancel(run: RunRow, context: Context, again = false): Reply {
  if (!run.open) return refused({ code: 'too-late', status: run.status }, run);
  const byOperator = isOperatorsCancel(run, context);
  return shown(cancelConfirmView(context.texts, { run, shown: figureOf(run, byOperator, context.services.now()), byOperator, again }));
}

/** Tells the run to cancel, with the figure that the owner agreed to. */
export async function cancelRun(run: RunRow, confirmed: ConfirmedCancel, context: Context): Promise<Reply> {
  const { yard } = context.services;
  const byOperator = isOperatorsCancel(run, context);
  const told = await yard.cancelRun(
    run.runId,
    byOperator
      ? { by: 'operator' }
      : { by: 'owner', shown: { points: confirmed.points, attempt: confirmed.attempt, at: confirmed.atSeconds * 1000 } },
  );
  switch (told.kind) {
    case 'accepted':
      await showAsCancelling(run, byOperator ? 'operator' : 'owner', context);
      return shown(cancelAcceptedView(context.texts, run.datasetName));
    case 'confirm-again':
      return askToCancel((await context.services.runs.read(run.runId)) ?? run, context, true);
    case 'too-late':
      return refused({ code: 'too-late', status: run.status }, run);
    case 'not-confirmed':
      return shown(troubleView(context.texts.cancelNotConfirmed, button(context.texts.runs.buttons.cancel, cancelRoute.format(confirmed), 'danger')));
  }
}

/** The run has accepted it; that its card cannot say so yet is no reason to tell its owner of trouble. */
async function showAsCancelling({ runId }: RunRow, by: CancelledBy, { services }: Context): Promise<void> {
  try {
    await services.runs.cancelAccepted(runId, by);
  } catch (error) {
    services.log.warn({ runId, err: error }, 'an accepted cancel could not be put on its card yet');
  }
}

/** An operator who cancels a run of their own is its owner. */
function isOperatorsCancel(run: RunRow, { actor }: Context): boolean {
  return run.accountId !== actor.accountId;
}

function figureOf(run: RunRow, byOperator: boolean, now: Date): ConfirmedCancel {
  const charged = byOperator
    ? 0
    : partialCapture({ pricePoints: points(run.pricePoints), stepsDone: run.progress?.step ?? 0, totalSteps: run.settings.steps });
  return { runId: run.runId, points: charged, attempt: run.attempt, atSeconds: Math.floor(now.getTime() / 1000) };
}
