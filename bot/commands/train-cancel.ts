import { ApplicationCommandOptionType } from 'discord.js';
import { askToCancel } from '../cancel.js';
import { findDataset } from '../find-dataset.js';
import { findRun } from '../find-run.js';
import { refused, type Command, type Context } from '../interaction-kinds.js';
import type { RunRow } from '../../models/runs-schema.js';
import { DATASET_OPTION, suggestDatasets } from './options.js';

/** The open run of a dataset, or the run of this id: a run outlives its dataset, and operators know only its id. */
async function runToCancel(given: string, context: Context): Promise<RunRow | null> {
  const dataset = await findDataset(given, 'cancel', context);
  if (dataset === null) return findRun(given.trim(), 'cancel', context);
  const { runs } = context.services;
  return (await runs.openRunOfDataset(dataset.datasetId)) ?? (await runs.latestRunOfDataset(dataset.datasetId));
}

export const trainCancel = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'cancel', options: [DATASET_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestDatasets },
  async run(interaction, context) {
    const run = await runToCancel(interaction.options.getString('id', true), context);
    return run === null ? refused({ code: 'run-not-found' }) : askToCancel(run, context);
  },
} satisfies Command;
