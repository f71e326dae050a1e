import type { Attachment } from 'discord.js';
import type { Dataset } from '../domain/datasets.js';
import { filesToRetry } from '../domain/verdicts.js';
import type { InteractionUpload, PickedFiles, StoredInteraction, UploadFile } from '../models/interactions-schema.js';
import { shown, type Context, type Reply } from './interaction-kinds.js';
import { storedInteractionOf } from './reach.js';
import { replyOnce, type AnswerableInteraction } from './reply.js';
import { troubleView } from './views/answers.js';
import { retryFilesRoute } from './views/intake-routes.js';
import { intakeAnswerOf, intakeView } from './views/intake.js';
import { button } from './views/layout.js';

const CAPTION_FILE = /\.txt$/i;
const PICTURE = /\.(jpe?g|jfif|png|webp|gif|avif|heic|heif|bmp|tiff?|jxl)$/i;

/** Pictures and caption files, each numbered from 1 in the order in which they were chosen. */
export function pickedFilesOf(attachments: readonly Attachment[]): PickedFiles {
  const isCaption = (attachment: Attachment): boolean => CAPTION_FILE.test(attachment.name);
  return {
    files: numbered(attachments.filter((attachment) => !isCaption(attachment))),
    captionFiles: numbered(attachments.filter(isCaption)),
  };
}

/** Whether something is among the attachments of a message that a dataset can use; the rest gets its verdict all the same. */
export function hasPicturesOrCaptions(attachments: readonly Attachment[]): boolean {
  return attachments.some(({ name, contentType }) => contentType?.startsWith('image/') === true || PICTURE.test(name) || CAPTION_FILE.test(name));
}

/** `own` is the caption of the only picture, as it is written; `prefix` is put before the caption of each. */
export function uploadOf({ datasetId }: Pick<Dataset, 'datasetId'>, picked: PickedFiles, { own, prefix = '' }: { readonly own?: string; readonly prefix?: string } = {}): InteractionUpload {
  return {
    datasetId,
    ...picked,
    captions: own === undefined ? {} : { 1: own },
    ...(prefix.trim() === '' ? {} : { captionPrefix: prefix }),
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
export async function startUpload(interaction: AnswerableInteraction, dataset: Dataset, upload: InteractionUpload, context: Context): Promise<Reply> {
  await context.services.interactions.store(storedInteractionOf(interaction, context, upload));
  await showWaiting(interaction, dataset, upload, context);
  return startIntake(interaction.id, context);
}

/** What was pressed would stay until the first verdicts, and be pressed again. */
async function showWaiting(interaction: AnswerableInteraction, dataset: Dataset, upload: InteractionUpload, { services, texts }: Context): Promise<void> {
  if (!interaction.isMessageComponent() && !(interaction.isModalSubmit() && interaction.isFromMessage())) return;
  await replyOnce(interaction, intakeView(texts, intakeAnswerOf({ interactionId: interaction.id, upload }, dataset)), services);
}

/** Starts the intake of a stored upload, which meets itself when it runs already. */
export async function startIntake(interactionId: string, { services, texts }: Context): Promise<Reply> {
  const started = await services.yard.startIntake(interactionId);
  if (started !== 'not-confirmed') return { kind: 'answered-by-workflow' };
  return shown(troubleView(texts.notConfirmed, button(texts.intake.buttons.again, retryFilesRoute.format({ interactionId }), 'primary')));
}

/** The upload of only those files that may be taken in when they are tried again, or null when there is none. */
export function retryOf({ upload, verdicts = [] }: Pick<StoredInteraction, 'upload' | 'verdicts'>): InteractionUpload | null {
  if (upload === undefined) return null;
  const { pictures, captions } = filesToRetry(upload, verdicts);
  if (pictures.length + captions.length === 0) return null;
  const captionNumbers = captions.map(({ number }) => number);
  const isRetried = (role: 'picture' | 'caption', number: number): boolean => (role === 'picture' ? pictures : captionNumbers).includes(number);
  return {
    ...upload,
    files: upload.files.filter(({ number }) => isRetried('picture', number)),
    captionFiles: upload.captionFiles.flatMap((file) => {
      const wanted = captions.find(({ number }) => number === file.number);
      if (wanted === undefined) return [];
      return [wanted.imageId === null ? file : { ...file, imageId: wanted.imageId }];
    }),
    earlier: [...(upload.earlier ?? []), ...verdicts.filter(({ role, number }) => !isRetried(role, number))],
  };
}

/**
 * Tries the failed files of an upload again, once: whoever presses a second time meets the intake of the first press.
 * The answer that was pressed goes on to tell of all files, those that were taken in before included.
 */
export async function retryUpload(interaction: AnswerableInteraction, failed: StoredInteraction, retry: InteractionUpload, dataset: Dataset, context: Context): Promise<Reply> {
  const { services, texts } = context;
  await services.interactions.store(storedInteractionOf(interaction, context, retry));
  const retriedBy = await services.interactions.claimRetry(failed.interactionId, interaction.id);
  if (retriedBy === null || retriedBy === interaction.id) {
    await showWaiting(interaction, dataset, retry, context);
    return startIntake(interaction.id, context);
  }
  // The files are the business of the first press: a bot that starts must not take them in once more.
  await services.interactions.markAnswered(interaction.id);
  const first = await services.interactions.read(retriedBy);
  const { upload } = first ?? {};
  if (first === null || upload === undefined) return { kind: 'answered-by-workflow' };
  const answer = intakeAnswerOf({ ...first, upload }, dataset);
  // The first press may have died before its intake began; that one answers both.
  return answer.undecided > 0 ? startIntake(retriedBy, context) : shown(intakeView(texts, answer));
}

/** An interaction older than this can no longer be answered. */
const ANSWERABLE_MS = 15 * 60_000;

/** Starts the intakes of uploads that were accepted by a bot that died before it could: nobody waits for an answer that never comes. */
export async function resumeUploads({ interactions, yard, now }: Pick<Context['services'], 'interactions' | 'yard' | 'now'>): Promise<number> {
  const left = await interactions.unansweredUploads(new Date(now().getTime() - ANSWERABLE_MS));
  for (const interactionId of left) await yard.startIntake(interactionId);
  return left.length;
}
