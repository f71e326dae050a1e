import type { RunRow } from '../../models/runs-schema.js';
import type { Help } from '../texts/en/refusals.js';
import { sizeText } from '../texts/en/words.js';
import { downloadRoute } from './custom-ids.js';
import { ACCENT, button, framed, line, linkButton, row, text, timestamp, type View } from './layout.js';
import { endSentence } from './run-words.js';
import { clamp, plain, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

export type EndedRun = Pick<RunRow, 'runId' | 'datasetName' | 'status' | 'artifact' | 'end'>;

export interface NoticeOptions extends Help {
  /** Whom it is for; the sender decides whether that pings. */
  readonly userId: string;
  /** A signed link: whoever sees it can fetch the file, so it goes into messages that only the owner sees. */
  readonly link: { readonly url: string; readonly expiresAt: Date } | null;
}

/** The new message that tells a run's end. */
export function noticeView(t: Texts, run: EndedRun, { userId, link, pointsHelp }: NoticeOptions): View {
  const succeeded = run.status === 'succeeded';
  return framed(succeeded ? ACCENT.good : run.status === 'failed' ? ACCENT.bad : ACCENT.waiting, [
    text(`<@${userId}> ${endLines(t, run, { pointsHelp })}`),
    succeeded && link !== null ? text(`-# The link works until ${timestamp(link.expiresAt, 'f')}; **New link** makes another one for you alone.`) : null,
    succeeded
      ? row(
          ...(link === null
            ? [button('Download', downloadRoute.format({ loraId: run.runId }), 'primary')]
            : [linkButton('Download', link.url), button('New link', downloadRoute.format({ loraId: run.runId }))]),
        )
      : null,
  ]);
}

function endLines(t: Texts, run: EndedRun, help: Help): string {
  const head = `**${safe(run.datasetName === '' ? 'Training' : run.datasetName, 40)}: ${t.status[run.status].toLowerCase()}**`;
  if (run.end === null) return head;
  const { what, hint, points } = endSentence(t, run.end, help);
  const file = run.artifact === null || run.status !== 'succeeded' ? [] : [`\`${plain(run.artifact.fileName)}\`, ${sizeText(run.artifact.sizeBytes)}`];
  return [head, what, ...file, hint, points].join('\n');
}

/** Longest story of one run where several share a message. */
const STORY_LIMIT = 700;
const MOST_STORIES = 5;

/** Ends that could not be delivered when they happened. */
export function pendingNoticesView(t: Texts, rows: readonly EndedRun[], help: Help): View {
  const stories = rows.slice(0, MOST_STORIES).map((run) => text(clamp(endLines(t, run, help), STORY_LIMIT)));
  const downloads = rows.filter((run) => run.status === 'succeeded').slice(0, MOST_STORIES);
  const more = rows.length - stories.length;
  return framed(ACCENT.calm, [
    text('## While you could not be reached'),
    ...stories.flatMap((story, at) => (at === 0 ? [story] : [line(), story])),
    more > 0 ? text(`-# And ${more} more: look at \`/train status\`.`) : null,
    row(...downloads.map((run) => button(`Download ${plain(run.datasetName)}`, downloadRoute.format({ loraId: run.runId }), 'primary'))),
  ]);
}

/** A fresh link, for the owner's eyes only. */
export function downloadView(t: Texts, fileName: string, sizeBytes: number, link: { readonly url: string; readonly expiresAt: Date }): View {
  return framed(ACCENT.good, [
    text(`\`${plain(fileName)}\` · ${sizeText(sizeBytes)}`, `-# The link works until ${timestamp(link.expiresAt, 'f')}. Whoever has it can fetch the file.`),
    row(linkButton('Download', link.url)),
  ]);
}
