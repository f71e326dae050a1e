import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { en } from '../../../bot/texts/en.js';
import { refusalView, saidView, troubleView } from '../../../bot/views/answers.js';
import { cardView } from '../../../bot/views/card.js';
import { confirmView } from '../../../bot/views/confirm.js';
import { createForm, uploadForm } from '../../../bot/views/forms.js';
import { intakeView } from '../../../bot/views/intake.js';
import { downloadView, noticeView, pendingNoticesView } from '../../../bot/views/notice.js';
import { balanceView, grantedView, historyView } from '../../../bot/views/points.js';
import { acceptedView, cancelAcceptedView, cancelConfirmView, recentRunsView, runView } from '../../../bot/views/runs.js';
import type { Entry } from '../../../domain/ledger.js';
import { points } from '../../../domain/points.js';
import type { Quote, RunEnd, RunStatus } from '../../../domain/runs.js';
import type { FileVerdict } from '../../../domain/verdicts.js';
import { allText, buttonsOf } from '../../support/components.js';
import { problemsOfModal, problemsOfView } from '../../support/discord-validation.js';
import { FAILURES, REFUSALS } from '../../support/every-ending.js';
import { aRecipe } from '../../support/recipe.js';
import { anEndedRun, aRun } from '../../support/run-rows.js';

const NASTY = '**_~`|>#-@everyone<@1>[x](http://a.b)'.repeat(2);
const nastyName = NASTY.slice(0, 40);
const AT = new Date('2026-03-01T12:30:00Z');
const around = { ahead: 3, pointsHelp: 'Ask in #points.' };

const quote: Quote = {
  quoteId: randomUUID(), runId: randomUUID(), accountId: 'discord:1', datasetId: randomUUID(), datasetRevision: 1, recipeId: 'sd15-lora',
  settings: { steps: 1_500, learningRate: 0.000_5, rank: 16, resolutionPx: 512 }, triggerWord: 'tyrdcats', pricePoints: 1_900, imageCount: 12, locale: 'en-GB', cardPlace: { where: 'dm' }, expiresAt: AT,
};
const balance = { balancePoints: points(5_000), heldPoints: points(100), availablePoints: points(4_900) };

describe('a card', () => {
  const claim = { attempt: 1, nodeId: NASTY, promptId: 'p', activityAttempt: 1 };
  const progress = { phase: 'training', step: 420, totalSteps: 1_500 } as const;
  const timing = { progressAt: new Date('2026-03-01T12:10:00Z'), firstStepAt: new Date('2026-03-01T12:00:00Z') };
  const open: RunStatus[] = ['checking', 'queued', 'staging', 'training', 'collecting', 'ending'];

  it.each(open)('is one Discord takes while the run is %s, with and without progress, in every attempt', (status) => {
    for (const attempt of [1, 2, 3]) {
      for (const extra of [{}, { claim }, { claim, progress, ...timing }]) {
        const run = aRun({ status, attempt, datasetName: nastyName, lastFailure: attempt === 1 ? null : FAILURES.JobLost, ...extra });
        expect(problemsOfView(cardView(en, run, around))).toEqual([]);
      }
    }
  });

  it('shows steps, percent, a bar of text and when it will be done', () => {
    const text = allText(cardView(en, aRun({ status: 'training', claim, progress, ...timing }), around).components);
    expect(text).toContain('420 of 1,500 steps');
    expect(text).toContain('28 percent');
    expect(text).toContain('█████░░░░░░░░░░░░░░░');
    // 419 steps took 10 minutes, so 1,080 more take 1,547 s.
    expect(text).toContain(`<t:${Math.floor((timing.progressAt.getTime() + Math.round((600_000 / 419) * 1_080)) / 1000)}:R>`);
    expect(text).toContain(`Last sign of life <t:${timing.progressAt.getTime() / 1000}:R>`);
  });

  it('says which attempt it is and why', () => {
    const text = allText(cardView(en, aRun({ attempt: 2, lastFailure: FAILURES.OutOfMemory }), around).components);
    expect(text).toContain('Attempt 2 of 3');
    expect(text).toContain('too little memory');
    expect(text).toContain('About 3 runs ahead');
  });

  it('can be cancelled until its file is being checked, and never after', () => {
    const buttons = (status: RunStatus): string[] => buttonsOf(cardView(en, aRun({ status }), around).components);
    expect(buttons('training')).toEqual(['Cancel training']);
    expect(buttons('collecting')).toEqual([]);
    expect(buttonsOf(cardView(en, anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 }), around).components)).toEqual(['Download', 'Train again']);
  });
});

describe('the end of a run', () => {
  const ends: RunEnd[] = [
    { kind: 'succeeded', capturedPoints: 1_900 },
    { kind: 'succeeded', capturedPoints: 0 },
    ...Object.values(REFUSALS).map((refusal) => ({ kind: 'refused', refusal }) as const),
    ...Object.values(FAILURES).map((failure) => ({ kind: 'failed', failure, releasedPoints: 1_900 }) as const),
    { kind: 'cancelled', by: 'owner', capturedPoints: 532, releasedPoints: 1_368 },
    { kind: 'cancelled', by: 'operator', capturedPoints: 0, releasedPoints: 1_900 },
  ];
  const link = { url: `https://yard.example/download/x?sig=${'a'.repeat(300)}`, expiresAt: AT };

  it.each(ends.map((end) => [end.kind === 'refused' ? end.refusal.code : end.kind === 'failed' ? end.failure.type : end.kind, end] as const))(
    'is told in words Discord takes, in card, notice and answer: %s',
    (_name, end) => {
      const run = anEndedRun(end, { datasetName: nastyName });
      expect(problemsOfView(cardView(en, run, around))).toEqual([]);
      expect(problemsOfView(noticeView(en, run, { userId: '1', link, pointsHelp: undefined }))).toEqual([]);
      expect(problemsOfView(noticeView(en, run, { userId: '1', link: null, pointsHelp: undefined }))).toEqual([]);
      expect(problemsOfView(runView(en, run, around))).toEqual([]);
      expect(problemsOfView(pendingNoticesView(en, Array.from({ length: 10 }, () => ({ ...run, runId: randomUUID() })), { pointsHelp: undefined }))).toEqual([]);
    },
  );

  it('tells what was spent and what came back', () => {
    const text = allText(noticeView(en, anEndedRun({ kind: 'cancelled', by: 'owner', capturedPoints: 532, releasedPoints: 1_368 }), { userId: '1', link: null, pointsHelp: undefined }).components);
    expect(text).toContain('532 points spent');
    expect(text).toContain('1,368 points came back');
    const failed = allText(noticeView(en, anEndedRun({ kind: 'failed', failure: FAILURES.JobLost, releasedPoints: 1_900 }), { userId: '1', link: null, pointsHelp: undefined }).components);
    expect(failed).toContain('All 1,900 points came back');
  });

  it('gives the link itself only where nobody else reads along', () => {
    const run = anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 });
    expect(JSON.stringify(noticeView(en, run, { userId: '1', link, pointsHelp: undefined }))).toContain(link.url);
    expect(JSON.stringify(noticeView(en, run, { userId: '1', link: null, pointsHelp: undefined }))).not.toContain('http');
  });
});

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

  it('ask before a cancel with the figure of now', () => {
    const shown = { runId: randomUUID(), points: 532, attempt: 1, atSeconds: 1_772_000_000 };
    const owner = cancelConfirmView(en, { run: aRun(), shown, byOperator: false, again: true });
    expect(problemsOfView(owner)).toEqual([]);
    expect(allText(owner.components)).toContain('532 points');
    expect(allText(owner.components)).toContain('1,368 points');
    expect(allText(cancelConfirmView(en, { run: aRun(), shown: { ...shown, points: 0 }, byOperator: true, again: false }).components)).toContain('all 1,900 points go back');
  });

  it('are taken by Discord: the small ones', () => {
    const entry = { account: 'discord:1', seq: 7, key: 'grant:x', amount: points(1), balance: points(9), held: points(0), reason: NASTY, prevHash: '', hash: '', at: AT, v: 1 } as const;
    const kinds = ['grant', 'hold', 'refused', 'capture', 'release', 'adjust'] as const;
    const history: Entry[] = Array.from({ length: 16 }, (_, at) => ({ ...entry, kind: kinds[at % 6] ?? 'grant', seq: 16 - at }));
    const row = aRun({ card: { channelId: '1', messageId: '2', renderedRevision: 1, lost: false } });
    const views = [
      saidView('A', 'B'), troubleView('A'), balanceView(en, balance, NASTY), historyView(en, history, new Map()), historyView(en, [], new Map()), grantedView(en, { accountId: 'discord:1', amountPoints: 5, reason: NASTY, balance }),
      recentRunsView(en, []), recentRunsView(en, Array.from({ length: 10 }, () => aRun({ runId: randomUUID(), datasetName: nastyName }))), acceptedView(en, row, '1'), acceptedView(en, aRun(), null),
      cancelAcceptedView(en, nastyName), downloadView(en, 'cats.safetensors', 1, { url: 'https://a.b/c', expiresAt: AT }),
    ];
    for (const view of views) expect(problemsOfView(view)).toEqual([]);
    expect(problemsOfModal(createForm(en))).toEqual([]);
    expect(problemsOfModal(uploadForm(en, randomUUID()))).toEqual([]);
  });
});

describe('the answer to an upload', () => {
  const refused: FileVerdict = { role: 'picture', number: 2, fileName: NASTY, kind: 'refused', problem: { code: 'IMG_DUPLICATE', ofFileName: NASTY } };
  const verdicts: FileVerdict[] = [
    { role: 'caption', number: 1, fileName: 'cat.txt', kind: 'captioned', ofFileName: 'cat.png' },
    refused,
    { role: 'picture', number: 1, fileName: 'cat.png', kind: 'added-with-warnings', imageId: 'x', caption: 'set', warnings: [{ code: 'small', widthPx: 300, heightPx: 300 }] },
    { role: 'picture', number: 3, fileName: '._cat.png', kind: 'skipped', code: 'IMG_SYSTEM_FILE' },
  ];

  it('names every file by number and name, pictures first, with what became of it', () => {
    const view = intakeView(en, { datasetId: randomUUID(), datasetName: 'Cats', verdicts, undecided: 0, images: 5, captionsMissing: 1 });
    expect(problemsOfView(view)).toEqual([]);
    const text = allText(view.components);
    expect(text).toContain('1 image added, 1 file not taken');
    expect(text.indexOf('1\\. **cat.png**: added, but it is small (300 × 300)')).toBeLessThan(text.indexOf('2\\. '));
    expect(text.indexOf('2\\. ')).toBeLessThan(text.indexOf('**cat.txt**: is the caption of cat.png'));
    expect(text).toContain('Cats has 5 images; 1 caption missing.');
  });

  it.each([0, 1, 10, 20, 60])('keeps within what Discord takes for %i refused files with nasty names', (count) => {
    const many = Array.from({ length: count }, (_, at): FileVerdict => ({ ...refused, number: at + 1 }));
    expect(problemsOfView(intakeView(en, { datasetId: randomUUID(), datasetName: nastyName, verdicts: many, undecided: 3, images: 100, captionsMissing: 0 }))).toEqual([]);
    expect(problemsOfView(intakeView(en, { datasetId: randomUUID(), datasetName: null, verdicts: many, undecided: 0, images: 0, captionsMissing: 0 }))).toEqual([]);
  });
});
