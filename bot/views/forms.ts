import { ComponentType, TextInputStyle, type APIModalInteractionResponseCallbackData } from 'discord.js';
import { NAME_MAX_LENGTH } from '../../domain/datasets.js';
import { createFormRoute, uploadFormRoute } from './custom-ids.js';
import type { Texts } from '../texts/texts.js';

export const NAME_FIELD = 'name';
export const FILES_FIELD = 'files';
export const SHARED_CAPTION_FIELD = 'caption';
/** What Discord lets one form take. */
const FILES_PER_FORM = 10;

export function createForm(t: Texts): APIModalInteractionResponseCallbackData {
  return {
    custom_id: createFormRoute.format({}),
    title: 'New dataset',
    components: [
      {
        type: ComponentType.Label,
        label: 'Name',
        component: { type: ComponentType.TextInput, custom_id: NAME_FIELD, style: TextInputStyle.Short, required: true, min_length: 1, max_length: NAME_MAX_LENGTH },
      },
    ],
  };
}

/** Pictures and their `.txt` captions together; Discord checks names only, so what is in them is checked by the intake. */
export function uploadForm(t: Texts, datasetId: string): APIModalInteractionResponseCallbackData {
  return {
    custom_id: uploadFormRoute.format({ datasetId }),
    title: 'Add images',
    components: [
      {
        type: ComponentType.Label,
        label: 'Images, with .txt captions if you like',
        description: 'cat.txt is the caption of cat.jpg',
        component: {
          type: ComponentType.FileUpload,
          custom_id: FILES_FIELD,
          min_values: 1,
          max_values: FILES_PER_FORM,
          required: true,
          file_types: ['image', '.txt'],
        },
      },
      {
        type: ComponentType.Label,
        label: 'Caption for images without one',
        description: 'Leave it empty to write captions later',
        component: { type: ComponentType.TextInput, custom_id: SHARED_CAPTION_FIELD, style: TextInputStyle.Paragraph, required: false, max_length: 4000 },
      },
    ],
  };
}
