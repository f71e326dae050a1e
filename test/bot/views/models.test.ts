import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { en } from '../../../bot/texts/en.js';
import { modelDeleteConfirmView, modelDeletedView, modelDownloadView, modelListView, modelRenameForm, modelView, MODELS_PER_PAGE } from '../../../bot/views/models.js';
import { balanceView, grantedView, HISTORY_PAGE, historyView } from '../../../bot/views/points.js';
import type { Entry, EntryKind } from '../../../domain/ledger.js';
import { points } from '../../../domain/points.js';
import type { Lora } from '../../../models/loras.js';
import { allText, buttonsOf } from '../../support/components.js';
import { problemsOfModal, problemsOfView } from '../../support/discord-validation.js';
import { aRecipe } from '../../support/recipe.js';
import { anEndedRun } from '../../support/run-rows.js';

const NASTY = '**_~`|>#-@everyone<@1>[x](http://a.b)```'.repeat(3);
const AT = new Date('2026-03-01T12:30:00Z');

function lora(changes: Partial<Lora> = {}): Lora {
  return {
    loraId: randomUUID(), owner: 'discord:1', name: NASTY.slice(0, 40), fileName: `${'c'.repeat(40)}-sd15-lora-6f1d2c3b.safetensors`, sha256: 'b'.repeat(64), sizeBytes: 228_000_000, tensors: 1_382,
    triggerWord: 'tyrdcats', baseModel: 'Stable Diffusion XL 1.0', recipeId: 'sdxl-lora', settings: { steps: 10_000, learningRate: 0.000_001, rank: 128, resolutionPx: 1_536 }, createdAt: AT, ...changes,
  };
}

describe('models', () => {
  it.each([0, 1, 5, 20, 21, 25, 26, 200])('are listed within what Discord takes with %i of them, on every page', (count) => {
    const models = Array.from({ length: count }, () => lora());
    for (let page = 0; page <= Math.ceil(count / MODELS_PER_PAGE); page += 1) expect(problemsOfView(modelListView(en, models, page))).toEqual([]);
  });

  it('show a page that is there when the wished one is gone', () => {
    expect(allText(modelListView(en, Array.from({ length: 21 }, () => lora()), 99).components)).toContain('page 2 of 2');
  });

  it('are shown within what Discord takes, whatever their words hold, with and without the run that made them', () => {
    const run = anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 }, { datasetName: NASTY, claim: { attempt: 1, nodeId: NASTY, promptId: 'p', activityAttempt: 1 } });
    const captioned = { ...run, images: run.images.map((image) => ({ ...image, caption: NASTY.repeat(40) })) };
    for (const made of [null, run, captioned, { ...run, images: [], endedAt: null, claim: null, pricePoints: 0 }]) {
      for (const recipe of [undefined, aRecipe()]) {
        const view = modelView(en, { lora: lora({ triggerWord: NASTY, baseModel: NASTY }), run: made, recipe, isOwner: true, done: NASTY });
        expect(problemsOfView(view)).toEqual([]);
        expect(allText(view.components)).not.toMatch(/undefined|NaN|\[object/);
        // What it quotes cannot end the block that is there to be copied.
        expect(allText(view.components).split('\n```')).toHaveLength(3);
      }
    }
    expect(problemsOfView(modelDownloadView(en, lora(), { url: `https://yard.example/download/x?sig=${'a'.repeat(300)}`, expiresAt: AT }))).toEqual([]);
    expect(problemsOfView(modelDeleteConfirmView(en, lora()))).toEqual([]);
    expect(problemsOfView(modelDeletedView(en, NASTY))).toEqual([]);
    expect(problemsOfModal(modelRenameForm(en, randomUUID()))).toEqual([]);
  });

  it('recommend the strength of their recipe, and offer nothing to press to somebody else', () => {
    const view = modelView(en, { lora: lora(), run: null, recipe: aRecipe({ strength: 1.1 }), isOwner: false });
    expect(allText(view.components)).toContain('strength **1.1**');
    expect(allText(view.components)).toContain(':1.1>');
    expect(buttonsOf(view.components)).toEqual([]);
  });
});

describe('points', () => {
  const entry: Entry = { account: 'discord:1', seq: 7, key: 'grant:x', kind: 'grant', amount: points(100), balance: points(900), held: points(200), reason: NASTY, by: 'discord:42', prevHash: '', hash: '', at: AT, v: 1 };
  const KINDS = ['grant', 'hold', 'refused', 'capture', 'release', 'adjust'] as const satisfies readonly EntryKind[];
  const line = (changes: Partial<Entry>, names: ReadonlyMap<string, string> = new Map()): string => allText(historyView(en, [{ ...entry, ...changes }], names).components);

  it('tell who granted how much and why, and what is left', () => {
    expect(line({ reason: 'a prize' })).toContain('**+100** granted by <@42>: “a prize” · 700 left to spend');
    expect(line({ key: 'welcome:discord:1' })).toContain('welcome');
    expect(line({ key: 'allowance:discord:1:2026-W09' })).toContain('weekly allowance');
  });

  it.each(KINDS.filter((kind) => kind !== 'grant' && kind !== 'adjust'))('name the training and its dataset: %s', (kind) => {
    const { reason: _reason, by: _by, ...rest } = entry;
    const told = allText(historyView(en, [{ ...rest, kind, runId: '6f1d2c3b-x' }], new Map([['6f1d2c3b-x', 'Cats']])).components);
    expect(told).toContain('the training of **Cats** (`6f1d2c3b`)');
    expect(line({ kind, runId: '6f1d2c3b-x' })).toContain('training `6f1d2c3b`');
  });

  it('show a whole page of the longest entries without losing one', () => {
    const entries = Array.from({ length: HISTORY_PAGE + 1 }, (_, at): Entry => ({ ...entry, kind: KINDS[at % KINDS.length] ?? 'grant', runId: 'r', seq: 99 - at }));
    const view = historyView(en, entries, new Map([['r', NASTY.slice(0, 40)]]));
    expect(problemsOfView(view)).toEqual([]);
    expect(allText(view.components).split('\n')).toHaveLength(HISTORY_PAGE + 1);
    expect(buttonsOf(view.components)).toEqual(['Older entries']);
  });

  it('are taken by Discord: balance and grant', () => {
    const balance = { balancePoints: points(5_000), heldPoints: points(100), availablePoints: points(4_900) };
    for (const view of [balanceView(en, balance, NASTY), balanceView(en, balance, undefined), grantedView(en, { accountId: 'telegram:1', amountPoints: 1, reason: NASTY, balance }), historyView(en, [], new Map())]) {
      expect(problemsOfView(view)).toEqual([]);
    }
  });
});
