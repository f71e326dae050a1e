import { ComponentType, TextInputStyle, type APILabelComponent, type APIModalInteractionResponseCallbackData } from 'discord.js';
import { CAPTION_PREFIX_MAX_LENGTH } from '../../domain/caption-prefix.js';
import { NAME_MAX_LENGTH } from '../../domain/datasets.js';
import type { Texts } from '../texts/texts.js';
import { createFormRoute, uploadFormRoute } from './custom-ids.js';
import { clamp, plain } from './safe.js';

export const NAME_FIELD = 'name';
export const PICTURES_FIELD = 'files';
export const CAPTIONS_FIELD = 'captions';
export const PREFIX_FIELD = 'prefix';
/** What Discord lets one field take. */
const FILES_PER_FIELD = 10;

/** The form of a new dataset; `customId` says what is done with it. */
export function createForm(t: Texts, customId = createFormRoute.format({})): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: t.intake.newDataset.title,
    components: [
      {
        type: ComponentType.Label,
        label: t.intake.newDataset.name,
        component: { type: ComponentType.TextInput, custom_id: NAME_FIELD, style: TextInputStyle.Short, required: true, min_length: 1, max_length: NAME_MAX_LENGTH },
      },
    ],
  };
}

/** Pictures and their `.txt` captions; Discord checks names only, so what is in them is checked by the intake. `prefix` stands in its field already. */
export function uploadForm(t: Texts, datasetId: string, prefix = ''): APIModalInteractionResponseCallbackData {
  const { form } = t.intake;
  const given = clamp(plain(prefix), CAPTION_PREFIX_MAX_LENGTH);
  return {
    custom_id: uploadFormRoute.format({ datasetId }),
    title: form.title,
    components: [
      filesField(form.pictures, form.picturesHint, { customId: PICTURES_FIELD, fileType: 'image', isRequired: true }),
      filesField(form.captions, form.captionsHint, { customId: CAPTIONS_FIELD, fileType: '.txt', isRequired: false }),
      {
        type: ComponentType.Label,
        label: form.prefix,
        description: form.prefixHint,
        component: {
          type: ComponentType.TextInput,
          custom_id: PREFIX_FIELD,
          style: TextInputStyle.Short,
          required: false,
          max_length: CAPTION_PREFIX_MAX_LENGTH,
          placeholder: form.prefixExample,
          // Discord refuses an empty value.
          ...(given === '' ? {} : { value: given }),
        },
      },
    ],
  };
}

interface FilesField {
  readonly customId: string;
  readonly fileType: 'image' | '.txt';
  readonly isRequired: boolean;
}

function filesField(label: string, description: string, { customId, fileType, isRequired }: FilesField): APILabelComponent {
  return {
    type: ComponentType.Label,
    label,
    description,
    component: {
      type: ComponentType.FileUpload,
      custom_id: customId,
      min_values: isRequired ? 1 : 0,
      max_values: FILES_PER_FIELD,
      required: isRequired,
      file_types: [fileType],
    },
  };
}
