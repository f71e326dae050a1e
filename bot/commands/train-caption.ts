import { ApplicationCommandOptionType } from 'discord.js';
import { CAPTION_MAX_LENGTH, checkCaption } from '../../domain/datasets.js';
import { refused, shown, type Command } from '../interaction-kinds.js';
import { datasetView, IMAGES_PER_PAGE } from '../views/datasets.js';
import { safe } from '../views/safe.js';
import { DATASET_OPTION, findDataset, findImage, IMAGE_OPTION, suggestDatasets, suggestImages } from './options.js';

export const trainCaption = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'caption',
    description: 'Say what an image shows',
    options: [
      DATASET_OPTION,
      IMAGE_OPTION,
      {
        type: ApplicationCommandOptionType.String,
        name: 'text',
        description: `What the image shows, up to ${CAPTION_MAX_LENGTH} characters`,
        required: true,
      },
    ],
  },
  ack: 'private',
  autocomplete: { id: suggestDatasets, image: suggestImages },
  async run(interaction, context) {
    const dataset = await findDataset(interaction.options.getString('id', true), 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    const image = findImage(dataset, interaction.options.getString('image', true));
    if (image === null) return refused({ code: 'image-not-found' });
    const checked = checkCaption(interaction.options.getString('text', true));
    if (checked.kind === 'refused') return refused(checked.refusal);
    const changed = await context.services.datasets.setCaption(dataset.datasetId, image.imageId, checked.caption);
    if (changed === null) return refused({ code: 'image-not-found' });
    const at = changed.images.findIndex(({ imageId }) => imageId === image.imageId);
    return shown(
      datasetView(context.texts, {
        dataset: changed,
        recipes: [...context.services.recipes.values()],
        page: Math.floor(at / IMAGES_PER_PAGE),
        done: `The caption of image ${at + 1}, ${safe(image.fileName, 60)}, is saved.`,
      }),
    );
  },
} satisfies Command;
