import { randomUUID } from 'node:crypto';
import { checkName, triggerWordFrom } from '../domain/datasets.js';
import type { Dataset } from '../domain/datasets.js';
import type { Refusal } from '../domain/refusals.js';
import { shown, type Context, type Reply } from './interaction-kinds.js';
import { createdView } from './views/datasets.js';
import { welcome } from './welcome.js';

/** A new, empty dataset under a name, from the command or the form. */
export async function createDataset(rawName: string, context: Context): Promise<Reply> {
  const made = await makeDataset(rawName, context);
  if (made.kind === 'refused') return made;
  return shown(createdView(context.texts, made.dataset));
}

/** Makes the dataset; whoever has none before gets the welcome. */
export async function makeDataset(rawName: string, context: Context): Promise<{ readonly kind: 'made'; readonly dataset: Dataset } | { readonly kind: 'refused'; readonly refusal: Refusal }> {
  const { services, actor } = context;
  const checked = checkName(rawName);
  if (checked.kind === 'refused') return checked;
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
      return { kind: 'made', dataset: outcome.dataset };
    case 'name-taken':
      return { kind: 'refused', refusal: { code: 'name-taken', name: outcome.name } };
    case 'too-many':
      return { kind: 'refused', refusal: { code: 'too-many-datasets', limit: outcome.limit } };
  }
}
