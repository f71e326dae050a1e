import { shown, type MessageCommand } from '../interaction-kinds.js';
import { storedInteractionOf } from '../reach.js';
import { hasPicturesOrCaptions, pickedFilesOf } from '../upload.js';
import { saidView } from '../views/answers.js';
import { pickDatasetView } from '../views/pick.js';

/** Takes the pictures of a message; Discord hands them to the command without the right to read messages. */
export const addImages = {
  name: 'Add images to dataset',
  ack: 'private',
  async run(interaction, context) {
    const { services, actor, texts } = context;
    const attachments = [...interaction.targetMessage.attachments.values()];
    if (!hasPicturesOrCaptions(attachments)) return shown(saidView(texts.intake.message.noImages));
    const picked = pickedFilesOf(attachments);
    await services.interactions.store({ ...storedInteractionOf(interaction, context), picked });
    const datasets = await services.datasets.listOf(actor.accountId);
    return shown(pickDatasetView(texts, { interactionId: interaction.id, pictures: picked.files.length, captionFiles: picked.captionFiles.length, datasets, page: 0 }));
  },
} satisfies MessageCommand;
