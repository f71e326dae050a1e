import { randomUUID } from 'node:crypto';
import { checkName, triggerWordFrom } from '../domain/datasets.js';
import { refused, shown, type Context, type Reply } from './interaction-kinds.js';
import { datasetView } from './views/datasets.js';
import { welcome } from './welcome.js';

/** A new, empty dataset under a name, from the command or the form. */
export async function createDataset(rawName: string, context: Context): Promise<Reply> {
  const { services, actor } = context;
  const checked = checkName(rawName);
  if (checked.kind === 'refused') return refused(checked.refusal);
  const outcome = await services.datasets.create({
    datasetId: randomUUID(),
    owner: actor.accountId,
    name: checked.name,
    nameKey: checked.nameKey,
    triggerWord: triggerWordFrom(checked.name),
    now: services.now(),
  });
  switch (outcome.kind) {
    case 'created':
      await welcome(context);
      return shown(datasetView(context.texts, { dataset: outcome.dataset, recipes: [...services.recipes.values()], page: 0, done: 'Your dataset is ready for images.' }));
    case 'name-taken':
      return refused({ code: 'name-taken', name: outcome.name });
    case 'too-many':
      return refused({ code: 'too-many-datasets', limit: outcome.limit });
  }
}
