import { canDo, type Action } from '../domain/access.js';
import { checkName } from '../domain/datasets.js';
import { modelNameKey } from '../domain/model-names.js';
import { removeFileOf } from '../models/lora-files.js';
import type { Lora } from '../models/loras.js';
import { isId } from './find-dataset.js';
import { refused, shown, type Context, type Reply } from './interaction-kinds.js';
import { modelDeletedView, modelView } from './views/models.js';
import { safe } from './views/safe.js';

/**
 * Answers with a model that somebody may do this with. It is given by id, or by its exact name. One that is not there and
 * one of somebody else are answered alike; an owner is told of one that they deleted.
 */
export async function withModel(given: string, action: Action, context: Context, answer: (lora: Lora) => Promise<Reply> | Reply): Promise<Reply> {
  const { services, actor } = context;
  const loraId = isId(given) ? given.trim() : await idOfName(given, context);
  const found = loraId === null ? null : await services.loras.find(loraId);
  if (found === null || !canDo(actor, action, { owner: found.lora.owner })) return refused({ code: 'model-not-found' });
  if (found.kind === 'there') return answer(found.lora);
  return refused(found.lora.owner === actor.accountId ? { code: 'model-deleted', name: found.lora.name } : { code: 'model-not-found' });
}

async function idOfName(given: string, { services, actor }: Context): Promise<string | null> {
  const wanted = modelNameKey(given.trim());
  if (wanted === '' || wanted.length > 200) return null;
  const models = await services.loras.listOf(actor.accountId);
  return models.find(({ name }) => modelNameKey(name) === wanted)?.loraId ?? null;
}

/** A model with the run that made it, which may be as old as the model. */
export async function showModel(lora: Lora, { services, actor, texts }: Context, done?: string): Promise<Reply> {
  const run = await services.runs.read(lora.loraId);
  const recipe = services.recipes.get(lora.recipeId);
  return shown(modelView(texts, { lora, run, recipe, isOwner: lora.owner === actor.accountId, ...(done === undefined ? {} : { done }) }));
}

/** Gives a model another name. The file keeps its own: prompts name the file, and go on working. */
export async function renameModel(lora: Lora, rawName: string, context: Context): Promise<Reply> {
  const { loras } = context.services;
  const checked = checkName(rawName);
  if (checked.kind === 'refused') return refused(checked.refusal);
  const others = await loras.listOf(lora.owner);
  const taken = others.find(({ loraId, name }) => loraId !== lora.loraId && modelNameKey(name) === modelNameKey(checked.name));
  if (taken !== undefined) return refused({ code: 'model-name-taken', name: taken.name });
  const renamed = await loras.rename(lora.loraId, checked.name);
  if (renamed === null) return refused({ code: 'model-deleted', name: lora.name });
  return showModel(renamed, context, context.texts.models.renamed(safe(lora.name, 40), safe(renamed.name, 40)));
}

/** Deletes a model and its file for good. A crash in between leaves the file to the daily sweep. */
export async function deleteModel(lora: Lora, { services, texts }: Context): Promise<Reply> {
  await services.loras.remove(lora.loraId, services.now());
  await removeFileOf(lora, services, services.now());
  return shown(modelDeletedView(texts, lora.name));
}
