import { ApplicationCommandOptionType } from 'discord.js';
import { canDo } from '../../domain/access.js';
import type { RunRow } from '../../models/runs-schema.js';
import { findDataset } from '../find-dataset.js';
import { refused, type Autocomplete, type Command, type Context } from '../interaction-kinds.js';
import { plain } from '../views/safe.js';
import { offerWished, wishAfter } from '../wishes.js';
import { DATASET_OPTION } from './options.js';

/** Failed runs older than these are found by their id or their dataset. */
const LATEST = 50;

async function retryable({ services, actor }: Context): Promise<RunRow[]> {
  const latest = await services.runs.recentRuns(actor.accountId, LATEST);
  return latest.filter(({ status }) => status === 'failed' || status === 'cancelled');
}

const suggestRuns: Autocomplete = async (typed, context) => {
  const wanted = typed.trim().toLowerCase();
  const { start, status } = context.texts;
  return (await retryable(context))
    .map((run) => ({ name: start.retryChoice(plain(run.datasetName), status[run.status], run.recipeId), value: run.runId }))
    .filter(({ name, value }) => name.toLowerCase().includes(wanted) || value === wanted);
};

/** The run of this id, the latest of this dataset, or the latest that failed. */
async function runToRetry(given: string | null, context: Context): Promise<RunRow | null> {
  if (given === null) return (await retryable(context))[0] ?? null;
  const { runs } = context.services;
  const run = await runs.read(given.trim());
  if (run !== null) return canDo(context.actor, 'start', { owner: run.accountId }) ? run : null;
  const dataset = await findDataset(given, 'start', context);
  return dataset === null ? null : runs.latestRunOfDataset(dataset.datasetId);
}

export const trainRetry = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'retry',
    options: [{ ...DATASET_OPTION, required: false }],
  },
  ack: 'private',
  autocomplete: { id: suggestRuns },
  async run(interaction, context) {
    const given = interaction.options.getString('id');
    const run = await runToRetry(given, context);
    if (run === null) return refused({ code: given === null ? 'nothing-to-retry' : 'run-not-found' });
    if (run.open) return refused({ code: 'already-running', runId: run.runId });
    return offerWished({ kind: 'wished', datasetId: run.datasetId, wish: wishAfter(run, context) }, interaction, context);
  },
} satisfies Command;
