import { CAPTION_MAX_LENGTH } from '../../domain/datasets.js';
import type { FileVerdict } from '../../domain/verdicts.js';
import { count, counted } from '../texts/en/words.js';
import { uploadRoute, viewRoute } from './custom-ids.js';
import { warningWords } from './datasets.js';
import { ACCENT, button, framed, MESSAGE_TEXT_LIMIT, row, text, type View } from './layout.js';
import { clamp, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

export interface IntakeAnswer {
  readonly datasetId: string;
  /** Null when the dataset is gone. */
  readonly datasetName: string | null;
  readonly verdicts: readonly FileVerdict[];
  /** Files that are still being looked at; the answer is brought up to date. */
  readonly undecided: number;
  /** How many images the dataset has now, and how many of them have no caption. */
  readonly images: number;
  readonly captionsMissing: number;
}

const HEAD_ROOM = 500;

/** What became of each file of an upload, by number and name: pictures first, then caption files. */
export function intakeView(t: Texts, { datasetId, datasetName, verdicts, undecided, images, captionsMissing }: IntakeAnswer): View {
  const ordered = [...verdicts].sort((a, b) => (a.role === b.role ? a.number - b.number : a.role === 'picture' ? -1 : 1));
  const added = verdicts.filter(({ kind }) => kind === 'added' || kind === 'added-with-warnings').length;
  const refused = verdicts.filter(({ kind }) => kind === 'refused').length;
  const perFile = Math.floor((MESSAGE_TEXT_LIMIT - HEAD_ROOM) / Math.max(1, ordered.length)) - 1;
  return framed(refused === 0 ? ACCENT.good : ACCENT.waiting, [
    text(
      `**${counted(added, 'image')} added${refused === 0 ? '' : `, ${counted(refused, 'file')} not taken`}**`,
      datasetName === null
        ? 'The dataset is not there any more.'
        : `${safe(datasetName, 40)} has ${counted(images, 'image')}${images === 0 ? '' : captionsMissing === 0 ? ', all with a caption' : `; ${counted(captionsMissing, 'caption')} missing`}.`,
    ),
    undecided > 0 ? text(`${counted(undecided, 'file is', 'files are')} still being checked.`) : null,
    ordered.length === 0 ? null : text(...ordered.map((verdict) => clamp(verdictLine(t, verdict), perFile))),
    datasetName === null ? null : row(button('Show the dataset', viewRoute.format({ datasetId })), button('Add images', uploadRoute.format({ datasetId }))),
  ]);
}

const CAPTION_WORDS = {
  set: '',
  none: '',
  'refused-empty': '; its caption was empty: write one with `/train caption`',
  'refused-too-long': `; its caption had more than ${count(CAPTION_MAX_LENGTH)} characters and was left out: write a shorter one with \`/train caption\``,
} as const;

function verdictLine(t: Texts, verdict: FileVerdict): string {
  const name = `${verdict.role === 'picture' ? `${verdict.number}\\. ` : '- '}**${safe(verdict.fileName, 50)}**`;
  switch (verdict.kind) {
    case 'added':
      return `${name}: added${CAPTION_WORDS[verdict.caption]}`;
    case 'added-with-warnings':
      return `${name}: added, but it ${verdict.warnings.map((warning) => warningPhrase(t, warning)).join(' and ')}${CAPTION_WORDS[verdict.caption]}`;
    case 'captioned':
      return `${name}: is the caption of ${safe(verdict.ofFileName, 50)}`;
    case 'refused':
      return `${name}: not taken. ${t.fileProblem(verdict.problem)}`;
    case 'skipped':
      return `${name}: left out, it is no picture of yours but a file of your system`;
  }
}

type Warning = Extract<FileVerdict, { kind: 'added-with-warnings' }>['warnings'][number];

function warningPhrase(t: Texts, warning: Warning): string {
  const words = warningWords(t, warning);
  return words.startsWith('looks') ? words : `is ${words}`;
}
