import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { en } from '../../../bot/texts/en.js';
import { refusalView, saidView, troubleView } from '../../../bot/views/answers.js';
import { confirmView } from '../../../bot/views/confirm.js';
import { balanceView, grantedView, historyView } from '../../../bot/views/points.js';
import type { Entry } from '../../../domain/ledger.js';
import { points } from '../../../domain/points.js';
import type { Quote } from '../../../domain/runs.js';
import { allText, buttonsOf } from '../../support/components.js';
import { problemsOfView } from '../../support/discord-validation.js';
import { REFUSALS } from '../../support/every-ending.js';
import { aRecipe } from '../../support/recipe.js';

const NASTY = '**_~`|>#-@everyone<@1>[x](http://a.b)'.repeat(2);
const nastyName = NASTY.slice(0, 40);
const AT = new Date('2026-03-01T12:30:00Z');

const quote: Quote = {
  quoteId: randomUUID(), runId: randomUUID(), accountId: 'discord:1', datasetId: randomUUID(), datasetRevision: 1, recipeId: 'sd15-lora',
  settings: { steps: 1_500, learningRate: 0.000_5, rank: 16, resolutionPx: 512 }, triggerWord: 'tyrdcats', pricePoints: 1_900, imageCount: 12, locale: 'en-GB', cardPlace: { where: 'dm' }, expiresAt: AT,
};
const balance = { balancePoints: points(5_000), heldPoints: points(100), availablePoints: points(4_900) };

describe('questions and answers', () => {
  it.each(Object.values(REFUSALS).map((refusal) => [refusal.code, refusal] as const))('say why not, what to do, and what became of points: %s', (_code, refusal) => {
    const view = refusalView(en, refusal, { pointsHelp: undefined });
    expect(problemsOfView(view)).toEqual([]);
    expect(allText(view.components).split('\n').length).toBeGreaterThanOrEqual(3);
    expect(allText(view.components)).not.toMatch(/undefined|NaN|\[object/);
  });

  it('tell how to get points in the operator’s words', () => {
    expect(allText(refusalView(en, REFUSALS['not-enough-points'], { pointsHelp: 'Ask in #points.' }).components)).toContain('Ask in #points.');
  });

  it.each(['free', 'busy', 'none'] as const)('show an offer when nodes are %s, with and without enough points', (nodes) => {
    for (const availablePoints of [0, 1_900, 5_000]) {
      const view = confirmView(en, { quote, datasetName: nastyName, recipe: aRecipe(), balance: { ...balance, availablePoints: points(availablePoints) }, waiting: 7, nodes, cardMoved: true, pointsHelp: NASTY });
      expect(problemsOfView(view)).toEqual([]);
      expect(buttonsOf(view.components)).toEqual(['Start training']);
    }
  });

  it('show a free offer without figures of points', () => {
    const view = confirmView(en, { quote: { ...quote, pricePoints: 0 }, datasetName: 'a', recipe: aRecipe(), balance, waiting: 0, nodes: 'free', cardMoved: false, pointsHelp: undefined });
    expect(allText(view.components)).toContain('This is free');
  });

  it('are taken by Discord: the small ones', () => {
    const entry = { account: 'discord:1', seq: 7, key: 'grant:x', amount: points(1), balance: points(9), held: points(0), reason: NASTY, prevHash: '', hash: '', at: AT, v: 1 } as const;
    const kinds = ['grant', 'hold', 'refused', 'capture', 'release', 'adjust'] as const;
    const history: Entry[] = Array.from({ length: 16 }, (_, at) => ({ ...entry, kind: kinds[at % 6] ?? 'grant', seq: 16 - at }));
    const views = [
      saidView('A', 'B'), troubleView('A'), balanceView(en, balance, NASTY), historyView(en, history, new Map()), historyView(en, [], new Map()), grantedView(en, { accountId: 'discord:1', amountPoints: 5, reason: NASTY, balance }),
    ];
    for (const view of views) expect(problemsOfView(view)).toEqual([]);
  });
});
