import { askToCancel, cancelRun } from '../cancel.js';
import { findRun } from '../find-run.js';
import { refused, shown, type Component } from '../interaction-kinds.js';
import { runAnswer } from '../run-surroundings.js';
import { cancelAskRoute, cancelRoute, refreshRoute, type ConfirmedCancel } from '../views/custom-ids.js';

export const refreshRun = {
  route: refreshRoute,
  ack: 'update',
  async run(interaction, { runId }, context) {
    const run = await findRun(runId, 'view', context);
    return run === null ? refused({ code: 'run-not-found' }) : shown(await runAnswer(run, interaction, context));
  },
} satisfies Component<Record<'runId', string>>;

export const cancelAsk = {
  route: cancelAskRoute,
  ack: 'private',
  async run(_interaction, { runId }, context) {
    const run = await findRun(runId, 'cancel', context);
    return run === null ? refused({ code: 'run-not-found' }) : askToCancel(run, context);
  },
} satisfies Component<Record<'runId', string>>;

export const cancelConfirmed = {
  route: cancelRoute,
  ack: 'update',
  async run(_interaction, confirmed, context) {
    const run = await findRun(confirmed.runId, 'cancel', context);
    return run === null ? refused({ code: 'run-not-found' }) : cancelRun(run, confirmed, context);
  },
} satisfies Component<ConfirmedCancel>;
