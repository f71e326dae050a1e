import { setTimeout as delay } from 'node:timers/promises';
import { splitAccountId } from '../../domain/accounts.js';
import { textsFor } from '../../bot/texts/texts.js';
import { noticeView, type NoticeReaders } from '../../bot/views/notice.js';
import type { Blobs } from '../../models/blobs.js';
import type { DownloadLinks } from '../../models/download-links.js';
import type { PreferencesOfAccounts } from '../../models/preferences.js';
import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { isPublicCard, lookSince, postCard, postToOwner, type CardDependencies } from './cards.js';
import { isClosedForLong, isPlaceGone, isReplyRefused, isTooLarge, isUserUnreachable } from './discord-errors.js';
import type { NewMessage } from './messages.js';

export interface AnnounceDependencies extends CardDependencies {
  readonly runs: CardDependencies['runs'] & Pick<Runs, 'noticeDelivered'>;
  readonly downloadLinks: Pick<DownloadLinks, 'linkFor'>;
  readonly preferences: Pick<PreferencesOfAccounts, 'read'>;
  readonly blobs: Pick<Blobs, 'size'>;
  /** Files up to this size come along with a private notice. */
  readonly attachUpToBytes: number;
}

/** The keeper of the cards gets this long to show the end before the news of it goes out all the same. */
const CARD_WAIT_MS = 1_500;
const LOOK_AGAIN_MS = 100;

/** Tells a run's end in a new message: in reply to its card, else to its owner directly. */
export async function announceEnd(runId: string, deps: AnnounceDependencies, signal: AbortSignal): Promise<{ delivered: boolean }> {
  const ended = await deps.runs.read(runId);
  if (ended?.end === null || ended === null) return { delivered: false };
  if (ended.notice !== 'pending') return { delivered: true };
  // A refused run never had a card, and its notice is the answer to the press; only when that came too late is it told here.
  const row = ended.end.kind === 'refused' ? ended : await waitForFinalCard(ended, deps, signal);
  const { ping } = await deps.preferences.read(row.accountId);
  const told = (await tellBesideCard(row, ping, deps)) || (await tellOwner(row, ping, deps));
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

async function tellBesideCard(row: RunRow, ping: boolean, deps: AnnounceDependencies): Promise<boolean> {
  if (row.end?.kind === 'refused') return false;
  const { card, cardPlace } = row;
  const channelId = card?.channelId ?? (cardPlace.where === 'here' ? cardPlace.channelId : null);
  if (channelId === null) return false;
  const reply = card === null || card.lost ? {} : { repliesTo: card.messageId };
  try {
    await postNotice(row, ping, isPublicCard(row), deps, (message) => deps.messages.post(channelId, { ...message, ...reply }), (message) => deps.messages.post(channelId, message));
    return true;
  } catch (error) {
    if (isPlaceGone(error) || isUserUnreachable(error) || isClosedForLong(error)) return false;
    throw error;
  }
}

async function tellOwner(row: RunRow, ping: boolean, deps: AnnounceDependencies): Promise<boolean> {
  let told = true;
  const toOwner = async (message: NewMessage): Promise<void> => {
    told = (await postToOwner(row, message, deps.messages)) !== null;
  };
  await postNotice(row, ping, false, deps, toOwner, toOwner);
  return told;
}

type Post = (message: NewMessage) => Promise<unknown>;

/** Once as it should be; when the place does not take the file or the reply, without them. */
async function postNotice(row: RunRow, ping: boolean, isPublic: boolean, deps: AnnounceDependencies, post: Post, postPlain: Post): Promise<void> {
  const attached = !isPublic && (await fitsMessage(row, deps));
  try {
    await post(noticeOf(row, deps, ping, readersOf(row, deps, { isPublic, attached })));
  } catch (error) {
    if (!isTooLarge(error) && !isReplyRefused(error)) throw error;
    await postPlain(noticeOf(row, deps, ping, readersOf(row, deps, { isPublic, attached: attached && !isTooLarge(error) })));
  }
}

async function fitsMessage({ end, artifact }: RunRow, { blobs, attachUpToBytes }: AnnounceDependencies): Promise<boolean> {
  if (end?.kind !== 'succeeded' || artifact === null || artifact.sizeBytes > attachUpToBytes) return false;
  // Its owner may have deleted it since.
  return (await blobs.size(artifact.sha256)) !== null;
}

function readersOf(row: RunRow, { downloadLinks }: AnnounceDependencies, { isPublic, attached }: { readonly isPublic: boolean; readonly attached: boolean }): NoticeReaders {
  if (isPublic) return { kind: 'everybody' };
  return { kind: 'owner', link: row.status === 'succeeded' ? downloadLinks.linkFor(row.runId, new Date()) : null, attached };
}

function noticeOf(row: RunRow, { pointsHelp }: AnnounceDependencies, ping: boolean, readers: NoticeReaders): NewMessage {
  const { userId } = splitAccountId(row.accountId);
  const view = noticeView(textsFor(row.locale), row, { userId, readers, pointsHelp });
  return { view, name: `notice:${row.runId}`, ...(ping ? { pings: userId } : { silent: true }), ...lookSince(row.endedAt) };
}
