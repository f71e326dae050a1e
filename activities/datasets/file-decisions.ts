import { ApplicationFailure } from '@temporalio/common';
import { pairCaptions } from '../../domain/verdicts.js';
import type { FileKey, FileVerdict, VerdictBody } from '../../domain/verdicts.js';
import type { Interactions } from '../../models/interactions.js';
import type { InteractionUpload, StoredInteraction, UploadFile } from '../../models/interactions-schema.js';
import type { Uploads } from '../../models/uploads.js';

export interface DecisionDependencies {
  readonly interactions: Pick<Interactions, 'read' | 'recordVerdict'>;
  readonly uploads: Pick<Uploads, 'remove'>;
}

/** A file of an upload that has no verdict yet. */
export interface OpenFile {
  readonly interactionId: string;
  readonly key: FileKey;
  readonly file: UploadFile;
  readonly upload: InteractionUpload;
}

/** Where the bytes of a file wait between fetching and its verdict. */
export function uploadIdOf(interactionId: string, { role, number }: FileKey): string {
  return `${interactionId}/${role}/${number}`;
}

export type FileDecisions = ReturnType<typeof createFileDecisions>;

/** The one place where verdicts on an upload's files are read and recorded. Every step asks it first, so a repeated step does nothing twice. */
export function createFileDecisions({ interactions, uploads }: DecisionDependencies) {
  async function readUpload(interactionId: string): Promise<{ interaction: StoredInteraction; upload: InteractionUpload }> {
    const interaction = await interactions.read(interactionId);
    if (interaction?.upload === undefined) {
      throw ApplicationFailure.nonRetryable(`Expected interaction ${interactionId} to carry an upload, found ${interaction === null ? 'no interaction' : 'none'}.`, 'Internal');
    }
    return { interaction, upload: interaction.upload };
  }

  /** Records a verdict, and with a picture's that of its caption file; the fetched bytes are of no use any more. */
  async function conclude(interactionId: string, upload: InteractionUpload, verdict: FileVerdict): Promise<void> {
    await interactions.recordVerdict(interactionId, verdict);
    const caption = captionFileOf(upload, verdict);
    if (caption !== undefined) await interactions.recordVerdict(interactionId, verdictOnCaption(caption, verdict));
    await uploads.remove(uploadIdOf(interactionId, verdict));
  }

  return {
    readUpload,

    /** The file, or null when it has its verdict already. */
    async open(interactionId: string, key: FileKey): Promise<OpenFile | null> {
      const { interaction, upload } = await readUpload(interactionId);
      const file = (key.role === 'picture' ? upload.files : upload.captionFiles).find(({ number }) => number === key.number);
      if (file === undefined) throw ApplicationFailure.nonRetryable(`Expected upload ${interactionId} to hold ${key.role} ${key.number}, found none.`, 'Internal');
      const verdict = interaction.verdicts?.find(({ role, number }) => role === key.role && number === key.number);
      if (verdict === undefined) return { interactionId, key, file, upload };
      // A try that died in the middle of concluding is finished here.
      await conclude(interactionId, upload, verdict);
      return null;
    },

    decide: ({ interactionId, key, file, upload }: OpenFile, body: VerdictBody): Promise<void> =>
      conclude(interactionId, upload, { role: key.role, number: key.number, fileName: file.fileName, ...body }),
  };
}

function captionFileOf(upload: InteractionUpload, picture: FileKey): UploadFile | undefined {
  if (picture.role !== 'picture') return undefined;
  const pair = pairCaptions(upload.files, upload.captionFiles).pairs.find(({ pictureNumber }) => pictureNumber === picture.number);
  return upload.captionFiles.find(({ number }) => number === pair?.captionNumber);
}

function verdictOnCaption({ number, fileName }: UploadFile, picture: FileVerdict): FileVerdict {
  const isAdded = picture.kind === 'added' || picture.kind === 'added-with-warnings';
  const body: VerdictBody = isAdded
    ? { kind: 'captioned', ofFileName: picture.storedAs }
    : { kind: 'refused', problem: { code: 'CAPTION_PICTURE_REFUSED', ofFileName: picture.fileName } };
  return { role: 'caption', number, fileName, ...body };
}
