import { describe, expect, it } from '@jest/globals';
import { en } from '../../../bot/texts/en.js';
import { refusalView } from '../../../bot/views/answers.js';
import { cardView } from '../../../bot/views/card.js';
import { noticeView, pendingNoticesView } from '../../../bot/views/notice.js';
import { runView } from '../../../bot/views/runs.js';
import type { RefusalCode } from '../../../domain/refusals.js';
import { allText } from '../../support/components.js';
import { FAILURES, REFUSALS } from '../../support/every-ending.js';
import { anEndedRun } from '../../support/run-rows.js';

const help = { pointsHelp: undefined };
const around = { now: new Date('2026-03-01T13:00:00Z'), ahead: null, startsAt: null, hasNode: null, isPublic: false, ...help };

/** Said between the press that starts a run and its hold, where the price was on the screen. */
const COSTLY: readonly RefusalCode[] = ['quote-expired', 'dataset-changed', 'price-changed', 'already-running', 'too-many-runs', 'not-enough-points', 'run-settled', 'image-count', 'captions-missing', 'images-unfit', 'too-late'];

/** Long lists may be cut at their end, never the beginning of a sentence. */
function expectTold(where: string, text: string, sentences: readonly string[]): void {
  for (const sentence of sentences) expect([where, text]).toEqual([where, expect.stringContaining(sentence.slice(0, 60))]);
}

describe('every refusal', () => {
  it.each(Object.values(REFUSALS).map((refusal) => [refusal.code, refusal] as const))('%s: says what, what to do, and what became of points, in the answer and at the end of a run', (_code, refusal) => {
    const { what, hint, points } = en.refusal(refusal, help);
    // Where nothing costs points, nothing is said of them.
    const told = [what, hint, ...(points === null ? [] : [points])];
    for (const sentence of told) expect(sentence).toMatch(/\S+ \S+/);
    if (COSTLY.includes(refusal.code)) expect(points).toMatch(/points/i);
    expectTold('answer', allText(refusalView(en, refusal, help).components), told);
    const run = anEndedRun({ kind: 'refused', refusal });
    expectTold('card', allText(cardView(en, run, around).components), told);
  });
});

describe('a setting out of bounds', () => {
  const rule = { default: 1_500, min: 100, max: 10_000, integer: true };
  const told = (typed?: string): string => {
    const problem = { kind: 'bounds', name: 'steps', value: 60, rule, ...(typed === undefined ? {} : { typed }) } as const;
    return allText(refusalView(en, { code: 'settings-invalid', problems: [problem] }, help).components);
  };

  it('is told as it was typed, and what that comes to', () => {
    expect(told('12 epochs')).toContain('you asked for 12 epochs, which is 60 steps here.');
    expect(told()).toContain('you asked for 60.');
  });
});

describe('a cancel that comes too late', () => {
  it('is not told of an end, or of settled points, while the model of the training is still being checked', () => {
    const { what, hint, points } = en.refusal({ code: 'too-late', status: 'collecting' }, { pointsHelp: undefined });
    expect([what, hint, points].join(' ')).not.toMatch(/has ended\.|were settled|how it ended/);
    expect(en.refusal({ code: 'too-late', status: 'failed' }, { pointsHelp: undefined }).what).toContain('has ended');
  });
});

describe('every failure', () => {
  it.each(Object.values(FAILURES).map((failure) => [failure.type, failure] as const))('%s: says what, what to do, and what became of points, wherever the owner is told; points are nobody else’s business', (_type, failure) => {
    const { what, hint } = en.failure(failure);
    for (const releasedPoints of [1_900, 0]) {
      const run = anEndedRun({ kind: 'failed', failure, releasedPoints });
      const told = [what, hint, releasedPoints === 0 ? 'No points were spent' : 'All 1,900 points came back'];
      expectTold('card', allText(cardView(en, run, around).components), told);
      expectTold('private answer', allText(runView(en, run, around, { canMoveHere: true, guildId: null }).components), told);
      expectTold('notice to all', allText(noticeView(en, run, { userId: '1', readers: { kind: 'everybody' }, ...help }).components), [what, hint]);
      expectTold('notice to the owner', allText(noticeView(en, run, { userId: '1', readers: { kind: 'owner', link: null, attached: false }, ...help }).components), told);
      expectTold('pending notice', allText(pendingNoticesView(en, [run], help).components), [what]);
    }
  });
});
