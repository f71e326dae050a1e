import type { APIComponentInContainer } from 'discord.js';
import type { Dataset } from '../../domain/datasets.js';
import { filesToRetry } from '../../domain/verdicts.js';
import type { FileVerdict } from '../../domain/verdicts.js';
import type { StoredInteraction } from '../../models/interactions-schema.js';
import type { Texts } from '../texts/texts.js';
import { captionsRoute } from './caption-routes.js';
import { quoteRoute, uploadRoute } from './custom-ids.js';
import { retryFilesRoute } from './intake-routes.js';
import { ACCENT, button, framed, MESSAGE_TEXT_LIMIT, row, text, thumbnailSection, type View, type ViewFile } from './layout.js';
import { clamp, plain, safe } from './safe.js';

export interface IntakeAnswer {
  readonly interactionId: string;
  readonly datasetId: string;
  /** The dataset as it is now; null when it is gone. */
  readonly dataset: Pick<Dataset, 'name' | 'images'> | null;
  readonly verdicts: readonly FileVerdict[];
  /** Files that are still being looked at; the answer is brought up to date. */
  readonly undecided: number;
  /** Files that may be taken in when they are tried again. */
  readonly retryable: number;
}

/** What an upload comes to so far: its own verdicts, and those from before when it tries some files again. */
export function intakeAnswerOf({ interactionId, upload, verdicts = [] }: Pick<StoredInteraction, 'interactionId' | 'verdicts'> & Required<Pick<StoredInteraction, 'upload'>>, dataset: Dataset | null): IntakeAnswer {
  const { pictures, captions } = filesToRetry(upload, verdicts);
  return {
    interactionId,
    datasetId: upload.datasetId,
    dataset,
    verdicts: [...(upload.earlier ?? []), ...verdicts],
    undecided: upload.files.length + upload.captionFiles.length - verdicts.length,
    retryable: pictures.length + captions.length,
  };
}

/** For the counts, the note and the name of the dataset, all above the files. */
const HEAD_ROOM = 500;
/** With what is around them, ten sections with their picture are as many components as a message may have. */
const THUMBNAILS = 10;

/** What became of each file of an upload, by number, name and picture: pictures first, then caption files. */
export function intakeView(t: Texts, answer: IntakeAnswer): View {
  const { datasetId, dataset, verdicts, undecided, retryable } = answer;
  const added = verdicts.filter(({ kind }) => kind === 'added' || kind === 'added-with-warnings').length;
  const refused = verdicts.filter(({ kind }) => kind === 'refused').length;
  const images = dataset?.images ?? [];
  const missingAt = images.findIndex((image) => image.caption === null);
  const isOver = undecided === 0;
  const { parts, files } = fileParts(t, verdicts, images);
  const view = framed(refused === 0 ? ACCENT.good : ACCENT.waiting, [
    text(
      `**${t.intake.added(added, refused)}**`,
      dataset === null ? t.intake.datasetGone : t.intake.dataset(dataset.name, images.length, images.filter((image) => image.caption === null).length),
      undecided > 0 ? t.intake.undecided(undecided) : null,
      isOver && retryable > 0 && dataset !== null ? t.intake.canBeRetried(retryable) : null,
    ),
    ...parts,
    dataset === null
      ? null
      : row(
          isOver && retryable > 0 ? button(t.intake.buttons.retry, retryFilesRoute.format({ interactionId: answer.interactionId }), 'primary') : null,
          images.length === 0 ? null : button(t.intake.buttons.captions, captionsRoute.format({ datasetId, at: Math.max(0, missingAt) })),
          button(t.intake.buttons.uploadMore, uploadRoute.format({ datasetId })),
          images.length === 0 ? null : button(t.intake.buttons.start, quoteRoute.format({ datasetId }), isOver && retryable === 0 ? 'primary' : 'secondary'),
        ),
  ]);
  return { ...view, files };
}

type Images = Dataset['images'];

/** Files that were taken in stand beside their picture; the others share a text. */
function fileParts(t: Texts, verdicts: readonly FileVerdict[], images: Images): { parts: APIComponentInContainer[]; files: ViewFile[] } {
  const ordered = [...verdicts].sort((a, b) => (a.role === b.role ? a.number - b.number : a.role === 'picture' ? -1 : 1));
  // Many files leave each less room; the number tells apart what a cut name does not.
  const nameLength = ordered.length > 10 ? 24 : 50;
  const lines = fitted(ordered.map((verdict) => verdictLine(t, verdict, nameLength)), MESSAGE_TEXT_LIMIT - HEAD_ROOM);

  const parts: APIComponentInContainer[] = [];
  const files: ViewFile[] = [];
  let bare: string[] = [];
  const flush = (): void => {
    if (bare.length > 0) parts.push(text(...bare));
    bare = [];
  };
  for (const [at, verdict] of ordered.entries()) {
    const line = lines[at] ?? '';
    const image = 'imageId' in verdict ? images.find(({ imageId }) => imageId === verdict.imageId) : undefined;
    if (image === undefined || files.length === THUMBNAILS) {
      bare.push(line);
      continue;
    }
    flush();
    const fileName = `picture-${verdict.number}.webp`;
    files.push({ name: fileName, sha256: image.previewSha256 });
    parts.push(thumbnailSection([line], { fileName, alt: t.intake.thumbnail(verdict.number, plain(verdict.fileName)) }));
  }
  flush();
  return { parts, files };
}

function verdictLine(t: Texts, verdict: FileVerdict, nameLength: number): string {
  const words = t.intake.verdict;
  const name = `${verdict.role === 'picture' ? `${verdict.number}\\. ` : '- '}**${safe(verdict.fileName, nameLength)}**`;
  switch (verdict.kind) {
    case 'added':
    case 'added-with-warnings': {
      const added = verdict.storedAs === verdict.fileName ? words.added : words.storedAs(safe(verdict.storedAs, nameLength));
      const warnings = verdict.kind === 'added' ? '' : words.warned(verdict.warnings.map(t.intake.warning));
      return `${name}: ${added}${warnings}${words.captionTrouble[verdict.caption]}`;
    }
    case 'captioned': {
      const of = safe(verdict.ofFileName, nameLength);
      return `${name}: ${verdict.replaced === true ? words.captionReplaced(of) : words.captionOf(of)}`;
    }
    case 'refused':
      return `${name}: ${words.refused(t.fileProblem(verdict.problem))}`;
    case 'skipped':
      return `${name}: ${words.systemFile}`;
  }
}

/** Lines that fit together: what short ones leave goes to the long ones, which are cut alike. */
function fitted(lines: readonly string[], limit: number): string[] {
  let left = limit - lines.length;
  let waiting = lines.length;
  let longest = 0;
  for (const { length } of [...lines].sort((a, b) => a.length - b.length)) {
    longest = Math.floor(left / waiting);
    if (length > longest) break;
    longest = length;
    left -= length;
    waiting -= 1;
  }
  return lines.map((line) => clamp(line, Math.max(1, longest)));
}
