import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { placeOfCard, postAt, postCard, type CardDependencies } from './cards.js';
import { isPlaceGone } from './discord-errors.js';

export interface MoveDependencies extends CardDependencies {
  readonly runs: CardDependencies['runs'] & Pick<Runs, 'replaceCard' | 'cardStays' | 'cardTakenAway'>;
}

export function isMoveWished({ card, cardMove, end }: RunRow): boolean {
  return end === null && card !== null && cardMove !== (card.move ?? 0);
}

/**
 * Posts the card anew where it is wished, records it in the place of the old one, and takes the old message away.
 * Each step may be repeated by whoever comes next: the post by its name, the record by what it replaces, the rest by the record.
 * Where the new place does not take it, the card stays.
 */
export async function moveCard(row: RunRow, deps: MoveDependencies): Promise<RunRow | null> {
  const { runId, card, cardMove } = row;
  if (card === null) return postCard(row, deps);
  const moved = await postAt(row.cardPlace, row, deps);
  if (moved === null) {
    await deps.runs.cardStays(runId, card, cardMove, placeOfCard(row, card));
    return deps.runs.read(runId);
  }
  const replaced = await deps.runs.replaceCard(runId, card, moved);
  if (replaced !== null) return replaced;
  const now = await deps.runs.read(runId);
  if (now?.card?.messageId !== moved.messageId) await deps.messages.remove(moved);
  return now;
}

/** Takes the messages away that were the card before. One that is out of reach is given up: it is not edited any more either. */
export async function takeAwayRetired({ runId, retiredCards }: RunRow, { runs, messages }: MoveDependencies): Promise<void> {
  for (const retired of retiredCards) {
    try {
      await messages.remove(retired);
    } catch (error) {
      if (!isPlaceGone(error)) throw error;
    }
    await runs.cardTakenAway(runId, retired.messageId);
  }
}
