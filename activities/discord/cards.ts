import { splitAccountId } from '../../domain/accounts.js';
import { textsFor } from '../../bot/texts/texts.js';
import { cardView } from '../../bot/views/card.js';
import type { View } from '../../bot/views/layout.js';
import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { isPlaceGone, isUserUnreachable } from './discord-errors.js';
import type { Messages, NewMessage, Posted } from './messages.js';

export interface CardDependencies {
  readonly runs: Pick<Runs, 'read' | 'setCard' | 'countWaiting'>;
  readonly messages: Messages;
  readonly pointsHelp: string | undefined;
}

/** What the card of a row shows now. */
export async function renderCard(row: RunRow, { runs, pointsHelp }: CardDependencies): Promise<View> {
  const ahead = row.open && row.status === 'queued' ? await runs.countWaiting(row.queue, row.createdAt) : null;
  return cardView(textsFor(row.locale), row, { ahead, pointsHelp });
}

/**
 * Posts the card of a row that has none: where its owner wished it, else to direct messages.
 * Idempotent: a message that is recorded stands, and a repeated post within minutes meets the first.
 * Null when the owner cannot be reached at all; the run goes on, and `/train status` shows it.
 */
export async function postCard(row: RunRow, deps: CardDependencies): Promise<RunRow | null> {
  const posted = await postWhereWished(row, { view: await renderCard(row, deps), name: `card:${row.runId}` }, deps.messages);
  if (posted === null) return null;
  return deps.runs.setCard(row.runId, { ...posted, renderedRevision: row.revision, lost: false });
}

/** In the channel that was chosen while the bot may post there, else in direct messages; null when neither takes it. */
async function postWhereWished(row: RunRow, message: NewMessage, messages: Messages): Promise<Posted | null> {
  if (row.cardPlace.where === 'here') {
    try {
      return await messages.post(row.cardPlace.channelId, message);
    } catch (error) {
      if (!isPlaceGone(error)) throw error;
    }
  }
  return postToOwner(row, message, messages);
}

/** Null when the owner takes no direct messages from us. */
export async function postToOwner(row: Pick<RunRow, 'accountId'>, message: NewMessage, messages: Messages): Promise<Posted | null> {
  try {
    return await messages.postToUser(splitAccountId(row.accountId).userId, message);
  } catch (error) {
    if (isUserUnreachable(error)) return null;
    throw error;
  }
}
