import { ComponentType, TextInputStyle, type APILabelComponent, type APIModalInteractionResponseCallbackData } from 'discord.js';
import { fingerprintOf, type WrittenCaption } from '../../domain/caption-forms.js';
import { CAPTION_MAX_LENGTH } from '../../domain/datasets.js';
import type { Dataset } from '../../domain/datasets.js';
import type { Texts } from '../texts/texts.js';
import { captionFormRoute } from './caption-routes.js';
import { clamp, plain } from './safe.js';

const TITLE_LIMIT = 45;
const LABEL_LIMIT = 45;
const FIELD_ID_LIMIT = 100;

/** Asks for the captions of the images at these places, one to five. Each field carries the id of its image, never its place. */
export function captionForm(t: Texts, dataset: Dataset, shownAt: number, places: readonly number[]): APIModalInteractionResponseCallbackData {
  const { datasetId, images, name } = dataset;
  return {
    custom_id: captionFormRoute.format({ datasetId, imageId: images[shownAt]?.imageId ?? 'none', at: shownAt }),
    title: clamp(t.captions.form.titleOf(name), TITLE_LIMIT),
    components: places.flatMap((at) => fieldOf(t, dataset, at, places.length === 1)),
  };
}

function fieldOf(t: Texts, { images }: Dataset, at: number, required: boolean): APILabelComponent[] {
  const image = images[at];
  if (image === undefined) return [];
  const label = clamp(t.captions.form.label(at + 1, image.fileName), LABEL_LIMIT);
  return [
    {
      type: ComponentType.Label,
      label,
      component: {
        type: ComponentType.TextInput,
        custom_id: clamp([image.imageId, fingerprintOf(image.caption), plain(image.fileName)].join(':'), FIELD_ID_LIMIT),
        style: TextInputStyle.Paragraph,
        required,
        max_length: CAPTION_MAX_LENGTH,
        placeholder: t.captions.form.placeholder,
        ...(image.caption === null ? {} : { value: image.caption }),
      },
    },
  ];
}

/** Reads what `captionForm` wrote into the id of a field; null for a field it never made. */
export function writtenCaptionOf(fieldId: string, text: string): WrittenCaption | null {
  const [imageId, shown, ...called] = fieldId.split(':');
  if (imageId === undefined || shown === undefined || called.length === 0) return null;
  return { imageId, shown, called: called.join(':'), text };
}
