import { ApplicationCommandOptionType } from 'discord.js';
import { canDo } from '../../domain/access.js';
import type { RunRow } from '../../models/runs-schema.js';
import { findDataset } from '../find-dataset.js';
import { refused, shown, type Command, type Context } from '../interaction-kinds.js';
import { showRecentRuns } from '../recent-runs.js';
import { runAnswer } from '../run-surroundings.js';
import { DATASET_OPTION, suggestDatasets } from './options.js';

/** The latest run of a dataset, or the run of this id: operators know only that one. */
async function runOf(given: string, context: Context): Promise<RunRow | null> {
  const { services, actor } = context;
  const dataset = await findDataset(given, 'view', context);
  const run = dataset === null ? await services.runs.read(given.trim()) : await services.runs.latestRunOfDataset(dataset.datasetId);
  return run !== null && canDo(actor, 'view', { owner: run.accountId }) ? run : null;
}

export const trainStatus = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'status', options: [{ ...DATASET_OPTION, required: false }] },
  ack: 'private',
  autocomplete: { id: suggestDatasets },
  async run(interaction, context) {
    const given = interaction.options.getString('id');
    if (given === null) return showRecentRuns(context);
    const run = await runOf(given, context);
    if (run !== null) return shown(await runAnswer(run, interaction, context));
    const dataset = await findDataset(given, 'view', context);
    return refused(dataset === null ? { code: 'dataset-not-found' } : { code: 'run-not-found' });
  },
} satisfies Command;
