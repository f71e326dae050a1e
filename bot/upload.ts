import type { Attachment } from 'discord.js';
import type { Dataset } from '../domain/datasets.js';
import type { InteractionUpload, UploadFile } from '../models/interactions-schema.js';
import { shown, type Context, type Reply } from './interaction-kinds.js';
import { storedInteractionOf } from './reach.js';
import type { AnswerableInteraction } from './reply.js';
import { troubleView } from './views/answers.js';

const CAPTION_FILE = /\.txt$/i;

/** Pictures and caption files, each numbered from 1 in the order in which they were chosen. */
export function uploadOf(dataset: Dataset, attachments: readonly Attachment[], caption: { readonly own?: string; readonly shared?: string }): InteractionUpload {
  const isCaption = (attachment: Attachment): boolean => CAPTION_FILE.test(attachment.name);
  return {
    datasetId: dataset.datasetId,
    files: numbered(attachments.filter((attachment) => !isCaption(attachment))),
    captionFiles: numbered(attachments.filter(isCaption)),
    captions: caption.own === undefined ? {} : { 1: caption.own },
    ...(caption.shared === undefined || caption.shared.trim() === '' ? {} : { sharedCaption: caption.shared }),
  };
}

function numbered(attachments: readonly Attachment[]): UploadFile[] {
  return attachments.map((attachment, at) => {
    const { url, size, contentType } = attachment;
    return { number: at + 1, fileName: ownNameOf(attachment), url, sizeBytes: size, contentType };
  });
}

/** Discord renames files whose names are not plain ASCII and keeps the user's own, without its ending, as the title: captions are found by that. */
function ownNameOf({ name, title }: Attachment): string {
  const ending = /\.[^.]*$/.exec(name)?.[0] ?? '';
  return title === null || title === '' ? name : `${title}${ending}`;
}

/** Hands an upload to its intake, which answers the interaction with what became of each file. */
export async function startUpload(interaction: AnswerableInteraction, upload: InteractionUpload, context: Context): Promise<Reply> {
  const { services } = context;
  await services.interactions.store(storedInteractionOf(interaction, context, upload));
  const started = await services.yard.startIntake(interaction.id);
  return started === 'not-confirmed' ? shown(troubleView(context.texts.uploadNotConfirmed)) : { kind: 'answered-by-workflow' };
}
