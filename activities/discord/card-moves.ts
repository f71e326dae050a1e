import type { Runs } from '../../models/runs.js';
import type { Card, RunRow } from '../../models/runs-schema.js';
import { placeOfCard, postAt, postCard, takeAway, type CardDependencies } from './cards.js';

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
  return recordMove(runId, card, moved, deps);
}

/** Another keeper may have been at it meanwhile. The later move stands, whoever made it, and what it replaces goes away. */
async function recordMove(runId: string, card: Card, moved: Card, deps: MoveDependencies): Promise<RunRow | null> {
  for (let previous = card; ; ) {
    const replaced = await deps.runs.replaceCard(runId, previous, moved);
    if (replaced !== null) return replaced;
    const now = await deps.runs.read(runId);
    if (now?.card?.messageId === moved.messageId) return now;
    if (now === null || now.card === null || (now.card.move ?? 0) >= (moved.move ?? 0)) {
      await takeAway(moved, deps.messages);
      return now;
    }
    previous = now.card;
  }
}

/** Takes the messages away that were the card before. */
export async function takeAwayRetired({ runId, retiredCards }: RunRow, { runs, messages }: MoveDependencies): Promise<void> {
  for (const retired of retiredCards) {
    await takeAway(retired, messages);
    await runs.cardTakenAway(runId, retired.messageId);
  }
}
