import { checkName, checkTriggerWord, type Dataset } from '../domain/datasets.js';
import { refused, type Context, type Reply } from './interaction-kinds.js';
import { showDataset } from './show-dataset.js';

/** Gives a dataset another name, another trigger word, or both; null leaves what it has. */
export async function renameDataset(dataset: Dataset, wanted: { readonly name: string | null; readonly triggerWord: string | null }, context: Context): Promise<Reply> {
  const { datasets: said } = context.texts;
  const name = wanted.name === null ? null : checkName(wanted.name);
  if (name?.kind === 'refused') return refused(name.refusal);
  const word = wanted.triggerWord === null || wanted.triggerWord.trim() === dataset.triggerWord ? null : checkTriggerWord(wanted.triggerWord);
  if (word?.kind === 'refused') return refused(word.refusal);
  const outcome = await context.services.datasets.amend(dataset.datasetId, {
    ...(name === null ? {} : { name: name.name, nameKey: name.nameKey }),
    ...(word === null ? {} : { triggerWord: word.triggerWord }),
  });
  switch (outcome.kind) {
    case 'gone':
      return refused({ code: 'dataset-not-found' });
    case 'name-taken':
      return refused({ code: 'name-taken', name: outcome.name });
    case 'amended': {
      const changed = outcome.dataset;
      const done = [
        changed.name === dataset.name ? null : said.renamed(changed.name),
        changed.triggerWord === dataset.triggerWord ? null : said.triggerChanged(changed.triggerWord, outcome.captions),
      ].filter((line) => line !== null);
      return showDataset(changed, context, { done: done.length === 0 ? said.nothingChanged : done.join(' ') });
    }
  }
}
