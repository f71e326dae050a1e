import { ApplicationCommandOptionType } from 'discord.js';
import { refused, shown, type Command } from '../interaction-kinds.js';
import { surroundingsOf } from '../run-surroundings.js';
import { recentRunsView, runView } from '../views/runs.js';
import { DATASET_OPTION, findDataset, suggestDatasets } from './options.js';

const MOST_RUNS = 10;

export const trainStatus = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'status', description: 'How your trainings are doing', options: [{ ...DATASET_OPTION, required: false }] },
  ack: 'private',
  autocomplete: { id: suggestDatasets },
  async run(interaction, context) {
    const { runs } = context.services;
    const given = interaction.options.getString('id');
    if (given === null) return shown(recentRunsView(context.texts, await runs.recentRuns(context.actor.accountId, MOST_RUNS)));
    const dataset = await findDataset(given, 'view', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    const run = await runs.latestRunOfDataset(dataset.datasetId);
    return run === null ? refused({ code: 'run-not-found' }) : shown(runView(context.texts, run, await surroundingsOf(run, context)));
  },
} satisfies Command;
