import type { RunEnd } from '../../domain/runs.js';
import type { Help, Sentence } from '../texts/en/refusals.js';
import type { Texts } from '../texts/texts.js';

/** How a run ended, in words: what, what to do about it, what became of the points. */
export function endSentence(t: Texts, end: RunEnd, help: Help): Sentence {
  const words = t.runs.end;
  switch (end.kind) {
    case 'succeeded':
      return { what: words.succeeded, hint: words.fetchIt, points: end.capturedPoints === 0 ? words.free : words.spent(end.capturedPoints) };
    case 'refused':
      return t.refusal(end.refusal, help);
    case 'failed':
      return { ...t.failure(end.failure), points: returned(t, end.releasedPoints) };
    case 'cancelled':
      return {
        what: words.cancelledBy[end.by],
        hint: words.startAgain,
        points: end.capturedPoints === 0 ? returned(t, end.releasedPoints) : words.partlySpent(end.capturedPoints, end.releasedPoints),
      };
  }
}

function returned(t: Texts, releasedPoints: number): string {
  return releasedPoints === 0 ? t.runs.end.nothingSpent : t.runs.end.allBack(releasedPoints);
}
