import { ComponentType, TextInputStyle, type APIModalInteractionResponseCallbackData } from 'discord.js';
import { NAME_MAX_LENGTH, TRIGGER_WORD_MAX_LENGTH, TRIGGER_WORD_MIN_LENGTH, type Dataset } from '../../domain/datasets.js';
import type { Texts } from '../texts/texts.js';
import { renameFormRoute } from './dataset-routes.js';

export const RENAME_NAME_FIELD = 'name';
export const RENAME_TRIGGER_FIELD = 'trigger';

/** Asks for another name or trigger word, with those it has filled in. */
export function renameForm(t: Texts, { datasetId, name, triggerWord }: Pick<Dataset, 'datasetId' | 'name' | 'triggerWord'>): APIModalInteractionResponseCallbackData {
  const words = t.datasets.renameForm;
  return {
    custom_id: renameFormRoute.format({ datasetId }),
    title: words.title,
    components: [
      {
        type: ComponentType.Label,
        label: words.name,
        // Discord counts UTF-16 units where the rule counts characters.
        component: { type: ComponentType.TextInput, custom_id: RENAME_NAME_FIELD, style: TextInputStyle.Short, required: true, min_length: 1, max_length: 2 * NAME_MAX_LENGTH, value: name },
      },
      {
        type: ComponentType.Label,
        label: words.triggerWord,
        description: words.triggerWordHint,
        component: {
          type: ComponentType.TextInput,
          custom_id: RENAME_TRIGGER_FIELD,
          style: TextInputStyle.Short,
          required: true,
          min_length: TRIGGER_WORD_MIN_LENGTH,
          max_length: 2 * TRIGGER_WORD_MAX_LENGTH,
          value: triggerWord,
        },
      },
    ],
  };
}
