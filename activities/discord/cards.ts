import { createHash } from 'node:crypto';
import { splitAccountId } from '../../domain/accounts.js';
import type { CardPlace } from '../../domain/runs.js';
import { textsFor } from '../../bot/texts/texts.js';
import { cardView } from '../../bot/views/card.js';
import type { View } from '../../bot/views/layout.js';
import type { Nodes } from '../../models/nodes.js';
import { queueOutlookOf } from '../../models/queue-outlook.js';
import type { Runs } from '../../models/runs.js';
import type { Card, CardMessage, RunRow } from '../../models/runs-schema.js';
import { isPlaceGone, isUserUnreachable } from './discord-errors.js';
import type { Messages, NewMessage, PostedMessage } from './messages.js';

export interface CardDependencies {
  readonly runs: Pick<Runs, 'read' | 'setCard' | 'countWaiting' | 'runsOnNodes' | 'finishedPaces'>;
  readonly nodes: Pick<Nodes, 'seenSince'>;
  readonly messages: Messages;
  readonly pointsHelp: string | undefined;
}

/** What the card of a row shows now. */
export async function renderCard(row: RunRow, deps: CardDependencies, isPublic: boolean): Promise<View> {
  const now = new Date();
  const outlook = await queueOutlookOf(row, deps, now);
  return cardView(textsFor(row.locale), row, { ...outlook, now, pointsHelp: deps.pointsHelp, isPublic });
}

/** Names what a card shows, so that the same is not sent twice. */
export function hashOf(view: View): string {
  return createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 22);
}

/** Whether others than the owner read the card. */
export function isPublicCard({ card, cardPlace }: RunRow): boolean {
  return card?.isPublic ?? (cardPlace.where === 'here' && (card === null || card.channelId === cardPlace.channelId));
}

/** Where the card is, as a place that can be wished. */
export function placeOfCard(row: RunRow, { channelId }: CardMessage): CardPlace {
  return isPublicCard(row) ? { where: 'here', channelId } : { where: 'dm' };
}

/**
 * Posts the card of a row that has none: where its owner wished it, else to direct messages.
 * Idempotent: a message that is recorded stands, and a repeated post within minutes meets the first.
 * Null when the owner cannot be reached at all; the run goes on, and `/train status` shows it.
 */
export async function postCard(row: RunRow, deps: CardDependencies): Promise<RunRow | null> {
  const card = (await postAt(row.cardPlace, row, deps)) ?? (row.cardPlace.where === 'here' ? await postAt({ where: 'dm' }, row, deps) : null);
  if (card === null) return null;
  const recorded = await deps.runs.setCard(row.runId, card);
  // Somebody else's message became the card meanwhile, in another place: this one would look alive for ever.
  if (recorded?.card?.messageId !== card.messageId) await takeAway(card, deps.messages);
  return recorded;
}

/** A new message that shows the row, at this place and at no other; null when the place does not take it. */
export async function postAt(place: CardPlace, row: RunRow, deps: CardDependencies): Promise<Card | null> {
  const isPublic = place.where === 'here';
  const view = await renderCard(row, deps, isPublic);
  // Whoever started the run looks at Discord just now: nothing has to ring.
  const message: NewMessage = { view, name: `card:${row.runId}:${row.cardMove}`, silent: true, ...lookSince(row.cardMove === 0 ? row.createdAt : null) };
  const posted = place.where === 'here' ? await postInChannel(place.channelId, message, deps.messages) : await postToOwner(row, message, deps.messages);
  if (posted === null) return null;
  const { channelId, messageId } = posted;
  // A post that met an earlier one shows what was true then: its keeper brings it up to date.
  const shown = posted.shows === 'this' ? { shows: hashOf(view), renderedRevision: row.revision } : { shows: '', renderedRevision: 0 };
  return { channelId, messageId, isPublic, move: row.cardMove, ...shown, lost: false };
}

/** For so long Discord itself meets a repeated post with the first. */
const NAMES_REMEMBERED_MS = 60_000;

/** A post that comes late may be a repeated one, whose first was made by a worker that died before it could record it. */
export function lookSince(first: Date | null): Pick<NewMessage, 'lookSince'> {
  return first === null || Date.now() - first.getTime() < NAMES_REMEMBERED_MS ? {} : { lookSince: first };
}

async function postInChannel(channelId: string, message: NewMessage, messages: Messages): Promise<PostedMessage | null> {
  try {
    return await messages.post(channelId, message);
  } catch (error) {
    if (isPlaceGone(error)) return null;
    throw error;
  }
}

/** Null when the owner takes no direct messages from us. */
export async function postToOwner(row: Pick<RunRow, 'accountId'>, message: NewMessage, messages: Messages): Promise<PostedMessage | null> {
  try {
    return await messages.postToUser(splitAccountId(row.accountId).userId, message);
  } catch (error) {
    if (isUserUnreachable(error)) return null;
    throw error;
  }
}

/** Takes a message of ours away. One that is gone, or out of reach, is given up: it is not edited any more either. */
export async function takeAway(message: CardMessage, messages: Messages): Promise<void> {
  try {
    await messages.remove(message);
  } catch (error) {
    if (!isPlaceGone(error)) throw error;
  }
}
