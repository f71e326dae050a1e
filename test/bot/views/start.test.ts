import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { en } from '../../../bot/texts/en.js';
import { refusalView, type WaysOn } from '../../../bot/views/answers.js';
import { confirmView, type Offer } from '../../../bot/views/confirm.js';
import { againRoute } from '../../../bot/views/custom-ids.js';
import { noticeView } from '../../../bot/views/notice.js';
import { settingsForm } from '../../../bot/views/start-forms.js';
import { againSettingsRoute, retypeFormRoute } from '../../../bot/views/start-routes.js';
import { points } from '../../../domain/points.js';
import type { Refusal } from '../../../domain/refusals.js';
import type { Quote } from '../../../domain/runs.js';
import { typedOf } from '../../../domain/typed-settings.js';
import { allText, buttonsOf } from '../../support/components.js';
import { problemsOfModal, problemsOfView } from '../../support/discord-validation.js';
import { REFUSALS } from '../../support/every-ending.js';
import { aRecipe } from '../../support/recipe.js';
import { anEndedRun } from '../../support/run-rows.js';

const NASTY = '**_~`|>#-@everyone<@1>[x](http://a.b)'.repeat(10);
const settings = { steps: 1_500, learningRate: 0.000_5, rank: 16, resolutionPx: 512 };
const quote: Quote = {
  quoteId: randomUUID(), runId: randomUUID(), accountId: 'discord:1', datasetId: randomUUID(), datasetRevision: 1, recipeId: 'sd15-lora', settings, triggerWord: 'w'.repeat(32),
  pricePoints: 1_900, imageCount: 12, locale: 'en-GB', cardPlace: { where: 'dm' }, expiresAt: new Date('2026-03-01T12:30:00Z'),
};
const balance = (available: number) => ({ balancePoints: points(5_000), heldPoints: points(100), availablePoints: points(available) });
const offer = (changes: Partial<Offer> = {}): Offer => ({
  quote, datasetName: 'Cats', recipe: aRecipe(), recipes: [aRecipe()], balance: balance(4_900), waiting: 3, nodes: 'free', expectedMs: 2_040_000, payableSteps: 1_500,
  cardMoved: false, canPostHere: true, lowered: null, pointsHelp: undefined, ...changes,
});
const text = (changes: Partial<Offer> = {}): string => allText(confirmView(en, offer(changes)).components);

describe('an offer', () => {
  it('says price, what stays, how long, how many are ahead, whether a node is free and where the card goes', () => {
    for (const said of ['1,900 points', '3,000 points stay', 'about 34 minutes', 'about 3 runs ahead', 'A node is free', 'direct messages', '1,500 steps (about 125 epochs)', 'Trigger word']) expect(text()).toContain(said);
  });

  it('says plainly that nothing is known of the time before a run has finished', () => {
    expect(text({ expectedMs: null })).toContain('not known yet');
  });

  it.each([[1, 'less than a minute '], [50_000, 'about 1 minute '], [5_400_000, 'about 90 minutes'], [3 * 3_600_000, 'about 3 hours']])('tells %d ms as %s', (expectedMs, said) => {
    expect(text({ expectedMs })).toContain(said);
  });

  it('that cannot be paid has no start to press, and says what could be paid', () => {
    const view = confirmView(en, offer({ balance: balance(1_700), payableSteps: 500 }));
    expect(JSON.stringify(view.components)).toContain('"disabled":true');
    expect(buttonsOf(view.components)).toEqual(['Start training', 'Fewer steps', 'Card here']);
    expect(allText(view.components)).toContain('200 points too few');
    expect(allText(view.components)).toContain('With 500 steps you could pay for it');
    expect(JSON.stringify(confirmView(en, offer()).components)).not.toContain('disabled');
  });

  it('names the setting that is easier than in the run that failed', () => {
    expect(text({ lowered: { name: 'resolutionPx', from: 768 } })).toContain('resolution 512 instead of 768');
  });

  it('offers the card elsewhere only where it can go there', () => {
    const buttons = (changes: Partial<Offer>): string[] => buttonsOf(confirmView(en, offer(changes)).components);
    expect(buttons({ canPostHere: false })).toEqual(['Start training', 'Change settings']);
    expect(buttons({ quote: { ...quote, cardPlace: { where: 'here', channelId: '1' } } })).toContain('Card in my DMs');
  });

  it('is one Discord takes, whatever is in it', () => {
    const recipes = Array.from({ length: 30 }, (_, at) => aRecipe({ id: `${'r'.repeat(29)}-${at}`, title: NASTY.slice(0, 60) }));
    const recipe = aRecipe({ title: NASTY, baseModel: { ...aRecipe().baseModel, title: NASTY } });
    for (const nodes of ['free', 'busy', 'none'] as const) {
      for (const available of [0, 1_899, 1_900]) {
        for (const all of [[recipe], [recipe, ...recipes]]) {
          const view = confirmView(en, offer({ datasetName: NASTY.slice(0, 40), recipe, recipes: all, nodes, balance: balance(available), payableSteps: null, cardMoved: true, pointsHelp: NASTY, lowered: { name: 'rank', from: 128 } }));
          expect(problemsOfView(view)).toEqual([]);
        }
      }
    }
  });

  it('that is free is shown without figures of points', () => {
    expect(text({ quote: { ...quote, pricePoints: 0 }, balance: balance(0) })).toContain('This is free');
  });
});

describe('the settings form', () => {
  const form = (typed = typedOf(settings, 'ohwx')) => settingsForm(en, retypeFormRoute.format({ interactionId: '1'.repeat(20) }), typed, aRecipe());

  it('has every setting filled in, and says what the recipe takes', () => {
    expect(problemsOfModal(form())).toEqual([]);
    for (const value of ['1500', '0.0005', '16', '512', 'ohwx']) expect(JSON.stringify(form())).toContain(`"value":"${value}"`);
    expect(JSON.stringify(form())).toContain('100 to 5,000, or for example 12 epochs');
  });

  it('is one Discord takes with nothing, with far too much, and without its recipe', () => {
    const all = (value: string) => ({ steps: value, learningRate: value, rank: value, resolutionPx: value, triggerWord: value });
    for (const value of ['', 'x', NASTY]) expect(problemsOfModal(form(all(value)))).toEqual([]);
    expect(problemsOfModal(settingsForm(en, againSettingsRoute.format({ runId: randomUUID() }), all(''), undefined))).toEqual([]);
    const fine = aRecipe({ settings: { steps: { min: 1, max: 1e9, default: 1e8, integer: true }, learningRate: { min: 0.000_000_01, max: 0.123_456_789, default: 0.012_345_678_9, integer: false }, rank: aRecipe().settings.rank, resolutionPx: aRecipe().settings.resolutionPx } });
    expect(problemsOfModal(settingsForm(en, againSettingsRoute.format({ runId: randomUUID() }), all(''), fine))).toEqual([]);
  });
});

const runId = randomUUID();
const ways: WaysOn = { datasetId: randomUUID(), runId, newOffer: againRoute.format({ runId }), settingsForm: againSettingsRoute.format({ runId }) };
const ABOUT_STARTING = [
  'recipe-unknown', 'settings-invalid', 'image-count', 'captions-missing', 'images-unfit', 'quote-expired', 'dataset-changed', 'price-changed', 'already-running', 'too-many-runs',
  'not-enough-points', 'run-settled',
];

describe('a refusal', () => {
  it.each(Object.values(REFUSALS).map((refusal) => [refusal.code, refusal] as const))('says why not and what to do, and tells of points only where they matter: %s', (code, refusal) => {
    for (const known of [{}, ways]) {
      const view = refusalView(en, refusal, { pointsHelp: undefined }, known);
      const said = allText(view.components);
      expect(problemsOfView(view)).toEqual([]);
      expect(said.split('\n').length).toBeGreaterThanOrEqual(2);
      expect(said).not.toMatch(/undefined|NaN|\[object/);
      expect(said.includes('points were taken')).toBe(ABOUT_STARTING.includes(code));
    }
  });

  it.each<[Refusal['code'], string[]]>([
    ['quote-expired', ['New offer']],
    ['dataset-changed', ['New offer']],
    ['price-changed', ['New offer']],
    ['run-settled', ['New offer']],
    ['recipe-unknown', ['New offer']],
    ['settings-invalid', ['Change settings']],
    ['not-enough-points', ['Fewer steps']],
    ['image-count', ['Open dataset']],
    ['captions-missing', ['Use the trigger word alone for the missing 100', 'Captions']],
    ['images-unfit', ['Open dataset', 'New offer']],
    ['already-running', ['Show it']],
    ['dataset-busy', ['Show it']],
    ['too-many-runs', ['Show them']],
    ['too-late', ['Show it']],
    ['operators-only', []],
    ['name-taken', []],
  ])('%s leads on to %j', (code, buttons) => {
    expect(buttonsOf(refusalView(en, REFUSALS[code], { pointsHelp: undefined }, ways).components)).toEqual(buttons);
  });

  it('of a dataset that is too small leads to the upload', () => {
    const tooFew = { ...REFUSALS['image-count'], found: 3 };
    expect(buttonsOf(refusalView(en, tooFew, { pointsHelp: undefined }, ways).components)).toEqual(['Upload']);
  });

  it('that is told in a message of its own, since the press cannot be answered any more, leads on too', () => {
    for (const readers of [{ kind: 'everybody' }, { kind: 'owner', link: null, attached: false }] as const) {
      const run = anEndedRun({ kind: 'refused', refusal: REFUSALS['price-changed'] });
      expect(buttonsOf(noticeView(en, run, { userId: '1', readers, pointsHelp: undefined }).components)).toEqual(expect.arrayContaining(['Train again', 'Other settings']));
    }
  });

  it('tells how to get points in the operator’s words', () => {
    expect(allText(refusalView(en, REFUSALS['not-enough-points'], { pointsHelp: 'Ask in #points.' }).components)).toContain('Ask in #points.');
  });
});
