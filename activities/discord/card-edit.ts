import { RateLimitError } from 'discord.js';
import { isEndStatus } from '../../domain/runs.js';
import type { Runs } from '../../models/runs.js';
import type { Card, RunRow } from '../../models/runs-schema.js';
import type { View } from '../../bot/views/layout.js';
import { isMoveWished, moveCard, takeAwayRetired, type MoveDependencies } from './card-moves.js';
import { hashOf, isPublicCard, postCard, renderCard } from './cards.js';
import { isPlaceGone } from './discord-errors.js';
import type { EditPace } from './edit-pace.js';

export interface CardTimes {
  /** Least time between two edits of a card that only show progress. */
  readonly cardEditIntervalMs: number;
  /** The same for a card that is older than some minutes: nobody looks at it all the time. */
  readonly cardSlowIntervalMs: number;
}

export interface EditDependencies extends MoveDependencies, CardTimes {
  readonly runs: MoveDependencies['runs'] & Pick<Runs, 'cardRendered' | 'cardOvertaken' | 'cardLost'>;
}

/** What this process showed last of a run. */
export interface Shown {
  /** Status, attempt and end: a change of these is shown at once. */
  readonly state: string;
  readonly editedAt: number;
}

export interface KeptCards {
  readonly shown: Map<string, Shown>;
  readonly pace: EditPace;
  /** Runs whose owner takes no card anywhere; tried once by a keeper. */
  readonly unplaceable: Set<string>;
}

const YOUNG_MS = 10 * 60_000;
/** Discord counts edits of messages older than an hour apart; a little earlier is on the safe side. */
const OLD_MESSAGE_MS = 55 * 60_000;
/** A card that its run's own workflow could not post by then is the keeper's business. */
const LEFT_WITHOUT_CARD_MS = 3 * 60_000;

/** Brings the card of a run up to date: moved, posted, edited, or left alone. Returns when to look again, or null. */
export async function keepCard(runId: string, kept: KeptCards, deps: EditDependencies, signal: AbortSignal): Promise<number | null> {
  const read = await deps.runs.read(runId);
  const row = read === null ? null : await inItsPlace(read, kept, deps);
  if (row === null) {
    kept.shown.delete(runId);
    return null;
  }
  if (row.retiredCards.length > 0) await takeAwayRetired(row, deps);
  return row.card === null || row.card.lost ? null : editCard(row, row.card, kept, deps, signal);
}

async function inItsPlace(row: RunRow, { unplaceable }: KeptCards, deps: EditDependencies): Promise<RunRow | null> {
  if (row.card !== null) return isMoveWished(row) ? moveCard(row, deps) : row;
  const attempt = `${row.runId}:${row.cardMove}`;
  if (row.end !== null || row.status === 'checking' || unplaceable.has(attempt)) return null;
  if (row.cardMove === 0 && Date.now() - row.createdAt.getTime() < LEFT_WITHOUT_CARD_MS) return null;
  const posted = await postCard(row, deps);
  if (posted === null) unplaceable.add(attempt);
  return posted;
}

async function editCard(row: RunRow, card: Card, { shown, pace }: KeptCards, deps: EditDependencies, signal: AbortSignal): Promise<number | null> {
  const { runId } = row;
  const view = await renderCard(row, deps, isPublicCard(row));
  const shows = hashOf(view);
  const before = shown.get(runId);
  if (card.shows !== shows) {
    const now = Date.now();
    const isNews = before === undefined || before.state !== stateOf(row);
    const notBefore = Math.max(isNews ? 0 : before.editedAt + intervalMs(row, before, deps), pace.earliestAt(card.channelId, { isNews, isOldMessage: isOld(card, now) }, now));
    if (notBefore > now) return notBefore;
    pace.edited(card.channelId, now);
    const outcome = await tryEdit(runId, card, view, deps, signal);
    if (outcome === 'lost') {
      shown.delete(runId);
      return null;
    }
    if (outcome !== 'edited') {
      pace.heldBack(card.channelId, outcome);
      return outcome;
    }
  }
  if (isEndStatus(row.status)) shown.delete(runId);
  else shown.set(runId, { state: stateOf(row), editedAt: card.shows === shows && before !== undefined ? before.editedAt : Date.now() });
  if (card.renderedRevision < row.revision || card.shows !== shows) {
    const recorded = await deps.runs.cardRendered(runId, card.messageId, row.revision, shows);
    // This keeper was overtaken while it stood still, and its older picture came last. Both then show the same newest row, which ends it.
    if (recorded === null && card.shows !== shows) await deps.runs.cardOvertaken(runId, card.messageId, row.revision);
  }
  return null;
}

/** A number says when Discord will take the next edit of this channel. */
async function tryEdit(runId: string, card: Card, view: View, deps: EditDependencies, signal: AbortSignal): Promise<'edited' | 'lost' | number> {
  try {
    await deps.messages.edit(card, view, signal);
    return 'edited';
  } catch (error) {
    if (error instanceof RateLimitError) return Date.now() + error.retryAfter;
    if (!isPlaceGone(error)) throw error;
    await deps.runs.cardLost(runId, card.messageId);
    return 'lost';
  }
}

function stateOf({ status, attempt, end, cancelling }: RunRow): string {
  return [status, attempt, end?.kind ?? '', cancelling ?? ''].join(':');
}

function intervalMs({ createdAt, cardAskedAt }: RunRow, before: Shown, { cardEditIntervalMs, cardSlowIntervalMs }: CardTimes): number {
  const isWatched = cardAskedAt !== null && cardAskedAt.getTime() > before.editedAt;
  return isWatched || Date.now() - createdAt.getTime() <= YOUNG_MS ? cardEditIntervalMs : Math.max(cardEditIntervalMs, cardSlowIntervalMs);
}

function isOld({ messageId }: Card, nowMs: number): boolean {
  return nowMs - Number((BigInt(messageId) >> 22n) + 1_420_070_400_000n) > OLD_MESSAGE_MS;
}
