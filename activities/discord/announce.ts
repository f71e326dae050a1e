import { setTimeout as delay } from 'node:timers/promises';
import { splitAccountId } from '../../domain/accounts.js';
import { textsFor } from '../../bot/texts/texts.js';
import { noticeView } from '../../bot/views/notice.js';
import type { DownloadLinks } from '../../models/download-links.js';
import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { postCard, postToOwner, type CardDependencies } from './cards.js';
import { isPlaceGone, isUserUnreachable } from './discord-errors.js';
import type { NewMessage } from './messages.js';

export interface AnnounceDependencies extends CardDependencies {
  readonly runs: Pick<Runs, 'read' | 'setCard' | 'countWaiting' | 'noticeDelivered'>;
  readonly downloadLinks: Pick<DownloadLinks, 'linkFor'>;
}

/** The keeper of the cards gets this long to show the end before the news of it goes out all the same. */
const CARD_WAIT_MS = 20_000;
const LOOK_AGAIN_MS = 250;

/** Tells a run's end in a new message: in reply to its card, else to its owner directly. */
export async function announceEnd(runId: string, deps: AnnounceDependencies, signal: AbortSignal): Promise<{ delivered: boolean }> {
  const ended = await deps.runs.read(runId);
  if (ended?.end === null || ended === null) return { delivered: false };
  if (ended.notice !== 'pending') return { delivered: true };
  // A refused run never had a card, and its notice is the answer to the press; only when that came too late is it told here.
  const row = ended.end.kind === 'refused' ? ended : await waitForFinalCard(ended, deps, signal);
  const told = (await tellBesideCard(row, deps)) || (await tellOwner(row, deps));
  if (told) await deps.runs.noticeDelivered(runId);
  return { delivered: told };
}

/** The row once its card shows the end, or when there is no card that could. */
async function waitForFinalCard(first: RunRow, deps: AnnounceDependencies, signal: AbortSignal): Promise<RunRow> {
  let row = first;
  for (let waitedMs = 0; waitedMs < CARD_WAIT_MS; waitedMs += LOOK_AGAIN_MS) {
    if (row.card === null) return (await postCard(row, deps)) ?? row;
    if (row.card.lost || row.card.renderedRevision >= row.revision) return row;
    await delay(LOOK_AGAIN_MS, undefined, { signal });
    row = (await deps.runs.read(row.runId)) ?? row;
  }
  return row;
}

/** In the channel everybody sees the notice, so it carries a button that gives the link to the owner alone. */
async function tellBesideCard(row: RunRow, deps: AnnounceDependencies): Promise<boolean> {
  if (row.end?.kind === 'refused') return false;
  const { card, cardPlace } = row;
  const channelId = card?.channelId ?? (cardPlace.where === 'here' ? cardPlace.channelId : null);
  if (channelId === null) return false;
  const isPublic = cardPlace.where === 'here' && cardPlace.channelId === channelId;
  const repliesTo = card === null || card.lost ? {} : { repliesTo: card.messageId };
  try {
    await deps.messages.post(channelId, { ...noticeOf(row, deps, !isPublic), ...repliesTo });
    return true;
  } catch (error) {
    if (isPlaceGone(error) || isUserUnreachable(error)) return false;
    throw error;
  }
}

async function tellOwner(row: RunRow, deps: AnnounceDependencies): Promise<boolean> {
  return (await postToOwner(row, noticeOf(row, deps, true), deps.messages)) !== null;
}

function noticeOf(row: RunRow, { downloadLinks, pointsHelp }: AnnounceDependencies, isPrivate: boolean): NewMessage {
  const { userId } = splitAccountId(row.accountId);
  const link = isPrivate && row.status === 'succeeded' ? downloadLinks.linkFor(row.runId, new Date()) : null;
  return { view: noticeView(textsFor(row.locale), row, { userId, link, pointsHelp }), name: `notice:${row.runId}`, pings: userId };
}
