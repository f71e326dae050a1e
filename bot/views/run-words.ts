import type { RunEnd } from '../../domain/runs.js';
import type { Help, Sentence } from '../texts/en/refusals.js';
import { pointsText } from '../texts/en/words.js';
import type { Texts } from '../texts/texts.js';

/** How a run ended, in words: what, what to do about it, what became of the points. */
export function endSentence(t: Texts, end: RunEnd, help: Help): Sentence {
  switch (end.kind) {
    case 'succeeded':
      return {
        what: 'The model is trained and checked.',
        hint: 'Fetch it with **Download**.',
        points: end.capturedPoints === 0 ? 'It was free.' : `${pointsText(end.capturedPoints)} spent.`,
      };
    case 'refused':
      return t.refusal(end.refusal, help);
    case 'failed':
      return { ...t.failure(end.failure), points: returned(end.releasedPoints) };
    case 'cancelled':
      return {
        what: end.by === 'owner' ? 'You cancelled this training.' : 'An operator cancelled this training.',
        hint: 'The dataset is unchanged; start it again whenever you like.',
        points: end.capturedPoints === 0 ? returned(end.releasedPoints) : `${pointsText(end.capturedPoints)} spent for the steps done; ${pointsText(end.releasedPoints)} came back.`,
      };
  }
}

function returned(releasedPoints: number): string {
  return releasedPoints === 0 ? 'No points were spent.' : `All ${pointsText(releasedPoints)} came back.`;
}
