import type { RunRow } from '../../models/runs-schema.js';
import type { Help } from '../texts/en/refusals.js';
import { againButtons } from './card.js';
import { downloadRoute } from './custom-ids.js';
import { ACCENT, button, fileToSave, framed, line, linkButton, row, text, timestamp, type View } from './layout.js';
import { modelRoute } from './model-routes.js';
import { showRunRoute } from './run-routes.js';
import { endSentence } from './run-words.js';
import { clamp, plain, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

export type EndedRun = Pick<RunRow, 'runId' | 'datasetName' | 'status' | 'artifact' | 'end'>;

export interface Link {
  readonly url: string;
  readonly expiresAt: Date;
}

/**
 * Who reads the notice. In a channel everybody does, so it holds neither points nor a link nor the file: its buttons give them to
 * the owner alone. A link is signed: whoever sees it can fetch the file.
 */
export type NoticeReaders =
  | { readonly kind: 'everybody' }
  | { readonly kind: 'owner'; readonly link: Link | null; /** The file itself comes along. */ readonly attached: boolean };

export interface NoticeOptions extends Help {
  /** Whom it is for; the sender decides whether that pings. */
  readonly userId: string;
  readonly readers: NoticeReaders;
}

/** The new message that tells a run's end. */
export function noticeView(t: Texts, run: EndedRun, { userId, readers, pointsHelp }: NoticeOptions): View {
  const succeeded = run.status === 'succeeded';
  const link = readers.kind === 'owner' && succeeded ? readers.link : null;
  const attached = readers.kind === 'owner' && readers.attached && succeeded ? run.artifact : null;
  const view = framed(succeeded ? ACCENT.good : run.status === 'failed' ? ACCENT.bad : ACCENT.waiting, [
    text(`<@${userId}> ${endLines(t, run, { pointsHelp }, readers.kind === 'owner')}`),
    attached === null ? null : fileToSave(attached.fileName),
    text(attached === null ? null : `-# ${t.runs.notice.attached}`, link === null ? null : `-# ${t.runs.notice.linkHolds(timestamp(link.expiresAt, 'f'))}`),
    row(...buttonsOf(t, run, link, readers)),
  ]);
  return attached === null ? view : { ...view, files: [{ name: attached.fileName, sha256: attached.sha256 }] };
}

function buttonsOf(t: Texts, { runId, status }: EndedRun, link: Link | null, readers: NoticeReaders): ReturnType<typeof button | typeof linkButton>[] {
  const { buttons } = t.runs;
  const details = readers.kind === 'everybody' ? [button(buttons.details, showRunRoute.format({ runId }))] : [];
  // A refused run too leads on to an offer, whose own refusal says in buttons what to change.
  if (status !== 'succeeded') return [...againButtons(t, runId), ...details];
  const file =
    link === null
      ? [button(buttons.download, downloadRoute.format({ loraId: runId }), 'primary')]
      : [linkButton(buttons.download, link.url), button(buttons.newLink, downloadRoute.format({ loraId: runId }))];
  return [...file, button(buttons.model, modelRoute.format({ loraId: runId })), ...details];
}

function endLines(t: Texts, run: EndedRun, help: Help, withPoints: boolean): string {
  const head = t.runs.notice.head(run.datasetName === '' ? t.runs.notice.nameless : safe(run.datasetName, 40), t.status[run.status]);
  if (run.end === null) return head;
  const { what, hint, points } = endSentence(t, run.end, help);
  const file = run.artifact === null || run.status !== 'succeeded' ? [] : [t.runs.notice.file(plain(run.artifact.fileName), run.artifact.sizeBytes)];
  return [head, what, ...file, hint, ...(withPoints ? [points] : [])].join('\n');
}

/** Longest story of one run where several share a message. */
const STORY_LIMIT = 700;
/** The others wait for the command after: a message has no room for all. */
export const STORIES_AT_ONCE = 5;

/** Ends that could not be delivered when they happened. */
export function pendingNoticesView(t: Texts, rows: readonly EndedRun[], help: Help): View {
  const stories = rows.slice(0, STORIES_AT_ONCE).map((run) => text(clamp(endLines(t, run, help, true), STORY_LIMIT)));
  const downloads = rows.filter((run) => run.status === 'succeeded').slice(0, STORIES_AT_ONCE);
  const more = rows.length - stories.length;
  return framed(ACCENT.calm, [
    text(t.runs.notice.missedHeading),
    ...stories.flatMap((story, at) => (at === 0 ? [story] : [line(), story])),
    more > 0 ? text(`-# ${t.runs.notice.more(more)}`) : null,
    row(...downloads.map((run) => button(t.runs.buttons.downloadOf(plain(run.datasetName)), downloadRoute.format({ loraId: run.runId }), 'primary'))),
  ]);
}
