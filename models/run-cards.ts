import type { Model, UpdateQuery } from 'mongoose';
import type { CancelledBy, CardPlace } from '../domain/runs.js';
import type { Card, RunDocument, RunRow } from './runs-schema.js';

export interface RunCardParts {
  readonly Run: Model<RunDocument>;
  readonly read: (runId: string) => Promise<RunRow | null>;
  /** One atomic write, guarded by the filter; null when nothing matched. */
  readonly change: (filter: Record<string, unknown>, update: UpdateQuery<RunDocument>) => Promise<RunRow | null>;
}

/** What a row knows of its live message. There is one live card a run: each change of which that is names the one before. */
export function runCards({ Run, read, change }: RunCardParts) {
  return {
    /** Records the card message once; a second one is answered with the first. */
    async setCard(runId: string, card: Card): Promise<RunRow | null> {
      return (await change({ _id: runId, card: null }, { $set: { card } })) ?? (await read(runId));
    },

    /** Makes another message the card and keeps the one before in mind until it is taken away. Null when `previous` is not the card any more. */
    replaceCard: (runId: string, previous: Card, card: Card): Promise<RunRow | null> =>
      change(
        { _id: runId, 'card.messageId': previous.messageId },
        { $set: { card }, $push: { retiredCards: { channelId: previous.channelId, messageId: previous.messageId } } },
      ),

    cardTakenAway: (runId: string, messageId: string): Promise<RunRow | null> => change({ _id: runId }, { $pull: { retiredCards: { messageId } } }),

    /**
     * Wishes the card at another place, or anew at the same. `move` is the number of moves that whoever wishes it knows of:
     * of two presses of one button the second one changes nothing. Null then, and for a run that has ended.
     */
    moveCard: (runId: string, place: CardPlace, move: number): Promise<RunRow | null> =>
      change({ _id: runId, open: true, cardMove: known(move) }, { $set: { cardPlace: place, cardMove: move + 1 }, $inc: { revision: 1 } }),

    /** The place that was wished does not take the card: it stays where it is. */
    cardStays: (runId: string, card: Card, move: number, place: CardPlace): Promise<RunRow | null> =>
      change({ _id: runId, 'card.messageId': card.messageId, cardMove: known(move) }, { $set: { 'card.move': move, cardPlace: place } }),

    /** Somebody looks at the card just now: it need not wait for its next turn. */
    askForCard: (runId: string, now: Date): Promise<RunRow | null> => change({ _id: runId, open: true }, { $set: { cardAskedAt: now } }),

    /** A cancel was accepted: from here on the run is on its way to its end, and its card says so. */
    cancelAccepted: (runId: string, by: CancelledBy): Promise<RunRow | null> => change({ _id: runId, open: true, cancelling: null }, { $set: { cancelling: by }, $inc: { revision: 1 } }),

    /** Records what the card shows now; an older picture never replaces a newer one. */
    cardRendered: (runId: string, messageId: string, renderedRevision: number, shows?: string): Promise<RunRow | null> =>
      change(
        { _id: runId, 'card.messageId': messageId, 'card.renderedRevision': shows === undefined ? { $lt: renderedRevision } : { $lte: renderedRevision } },
        { $set: { 'card.renderedRevision': renderedRevision, ...(shows === undefined ? {} : { 'card.shows': shows }) } },
      ),

    /** An older picture was sent after the one on record and may stand over it: what the card shows is unknown, so that it is edited again. */
    cardOvertaken: (runId: string, messageId: string, sentRevision: number): Promise<RunRow | null> =>
      change(
        { _id: runId, 'card.messageId': messageId, 'card.renderedRevision': { $gt: sentRevision } },
        { $set: { 'card.renderedRevision': 0, 'card.shows': '' } },
      ),

    cardLost: (runId: string, messageId: string): Promise<RunRow | null> => change({ _id: runId, 'card.messageId': messageId }, { $set: { 'card.lost': true } }),

    /** Runs whose card may have to change: the open ones, and those ended since `endedSince` whose card does not show its end. */
    async cardsToLookAt(endedSince: Date): Promise<string[]> {
      const stale = { $expr: { $lt: ['$card.renderedRevision', '$revision'] } };
      const open = { open: true, status: { $ne: 'checking' as const }, $or: [{ card: null }, { 'card.lost': false }, { cardMove: { $gt: 0 } }] };
      const ended = { open: false, endedAt: { $gt: endedSince }, $or: [{ 'card.lost': false, ...stale }, { 'retiredCards.0': { $exists: true } }] };
      const found = await Run.find({ $or: [open, ended] }, { _id: 1 }).limit(2_000).lean<{ _id: string }[]>();
      return found.map(({ _id }) => _id);
    },
  };
}

/** Rows written before cards could move have no number of moves. */
function known(move: number): unknown {
  return move === 0 ? { $in: [0, null] } : move;
}
