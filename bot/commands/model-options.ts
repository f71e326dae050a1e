import { ApplicationCommandOptionType } from 'discord.js';
import type { Autocomplete, OptionShape } from '../interaction-kinds.js';
import { modelChoiceName } from '../views/models.js';

/** The model option that most commands begin with. */
export const MODEL_OPTION: OptionShape = {
  type: ApplicationCommandOptionType.String,
  name: 'id',
  required: true,
  autocomplete: true,
  max_length: 100,
};

export const suggestModels: Autocomplete = async (typed, { services, actor, texts }) => {
  const models = await services.loras.listOf(actor.accountId);
  const wanted = typed.trim().toLowerCase();
  return models
    .filter(({ name, loraId }) => name.toLowerCase().includes(wanted) || loraId === wanted)
    .map((model) => ({ name: modelChoiceName(texts, model), value: model.loraId }));
};
