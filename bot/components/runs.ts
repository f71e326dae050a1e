import { canDo } from '../../domain/access.js';
import { askToCancel, cancelRun, findRunToCancel } from '../cancel.js';
import { refused, shown, type Component } from '../interaction-kinds.js';
import { runAnswer } from '../run-surroundings.js';
import { cancelAskRoute, cancelRoute, refreshRoute, type ConfirmedCancel } from '../views/custom-ids.js';

export const refreshRun = {
  route: refreshRoute,
  ack: 'update',
  async run(interaction, { runId }, context) {
    const run = await context.services.runs.read(runId);
    if (run === null || !canDo(context.actor, 'view', { owner: run.accountId })) return refused({ code: 'run-not-found' });
    return shown(await runAnswer(run, interaction, context));
  },
} satisfies Component<Record<'runId', string>>;

export const cancelAsk = {
  route: cancelAskRoute,
  ack: 'private',
  async run(_interaction, { runId }, context) {
    const run = await findRunToCancel(runId, context);
    return run === null ? refused({ code: 'run-not-found' }) : askToCancel(run, context);
  },
} satisfies Component<Record<'runId', string>>;

export const cancelConfirmed = {
  route: cancelRoute,
  ack: 'update',
  async run(_interaction, confirmed, context) {
    const run = await findRunToCancel(confirmed.runId, context);
    return run === null ? refused({ code: 'run-not-found' }) : cancelRun(run, confirmed, context);
  },
} satisfies Component<ConfirmedCancel>;
