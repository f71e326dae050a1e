import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { en } from '../../../bot/texts/en.js';
import { cardView, type CardSurroundings } from '../../../bot/views/card.js';
import { noticeView, pendingNoticesView, type NoticeReaders } from '../../../bot/views/notice.js';
import { acceptedView, cancelAcceptedView, cancelConfirmView, cardMovesView, recentRunsView, runView } from '../../../bot/views/runs.js';
import type { RunEnd, RunStatus } from '../../../domain/runs.js';
import { allText, buttonsOf } from '../../support/components.js';
import { problemsOfView } from '../../support/discord-validation.js';
import { FAILURES, REFUSALS } from '../../support/every-ending.js';
import { anEndedRun, aRun } from '../../support/run-rows.js';

const NASTY = '**_~`|>#-@everyone<@1>[x](http://a.b)'.repeat(2);
const nastyName = NASTY.slice(0, 40);
const AT = new Date('2026-03-01T12:30:00Z');
const around: CardSurroundings = { now: new Date('2026-03-01T12:11:00Z'), ahead: 3, startsAt: AT, hasNode: false, pointsHelp: 'Ask in #points.', isPublic: false };
const link = { url: `https://yard.example/download/x?sig=${'a'.repeat(300)}`, expiresAt: AT };
const everybody: NoticeReaders = { kind: 'everybody' };
const owner: NoticeReaders = { kind: 'owner', link, attached: false };
const claim = { attempt: 1, nodeId: NASTY, promptId: 'p', activityAttempt: 1 };
const progress = { phase: 'training', step: 420, totalSteps: 1_500 } as const;
const timing = { progressAt: new Date('2026-03-01T12:10:00Z'), firstStepAt: new Date('2026-03-01T12:00:00Z'), firstStep: 1 };
const training = aRun({ status: 'training', claim, progress, ...timing });

const ends: RunEnd[] = [
  { kind: 'succeeded', capturedPoints: 1_900 },
  { kind: 'succeeded', capturedPoints: 0 },
  ...Object.values(REFUSALS).map((refusal) => ({ kind: 'refused', refusal }) as const),
  ...Object.values(FAILURES).map((failure) => ({ kind: 'failed', failure, releasedPoints: 1_900 }) as const),
  { kind: 'cancelled', by: 'owner', capturedPoints: 532, releasedPoints: 1_368 },
  { kind: 'cancelled', by: 'operator', capturedPoints: 0, releasedPoints: 1_900 },
];
const named = ends.map((end) => [end.kind === 'refused' ? end.refusal.code : end.kind === 'failed' ? end.failure.type : end.kind, end] as const);

function cardText(changes: Parameters<typeof aRun>[0], surroundings: Partial<CardSurroundings> = {}): string {
  return allText(cardView(en, aRun(changes), { ...around, ...surroundings }).components);
}

describe('a card', () => {
  const open: RunStatus[] = ['checking', 'queued', 'staging', 'training', 'collecting', 'ending'];

  it.each(open)('is one Discord takes while the run is %s: with and without progress, in every attempt, cancelled or not, in public or not', (status) => {
    for (const attempt of [1, 2, 3]) {
      for (const extra of [{}, { claim }, { claim, progress, ...timing }, { cancelling: 'owner' } as const]) {
        const run = aRun({ status, attempt, datasetName: nastyName, lastFailure: attempt === 1 ? null : FAILURES.JobLost, ...extra });
        for (const isPublic of [true, false]) expect(problemsOfView(cardView(en, run, { ...around, isPublic }))).toEqual([]);
        expect(problemsOfView(runView(en, { ...run, card: { channelId: '1', messageId: '2', renderedRevision: 1, lost: false } }, around, { canMoveHere: true, guildId: '1' }))).toEqual([]);
      }
    }
  });

  it('complaint 10: shows steps, percent, pace, when it will be done and that it lives, and how to cancel it', () => {
    const view = cardView(en, training, around);
    const text = allText(view.components);
    expect(text).toContain('420 of 1,500 steps');
    expect(text).toContain('28 percent');
    expect(text).toContain('█████░░░░░░░░░░░░░░░');
    expect(text).toContain('1.4 s per step');
    // 419 steps took 10 minutes, so 1,080 more take 1,547 s.
    const end = Math.floor((timing.progressAt.getTime() + Math.round((600_000 / 419) * 1_080)) / 1000);
    expect(text).toContain(`Done <t:${end}:R>, at <t:${end}:t>`);
    expect(text).toContain(`Last sign of life <t:${timing.progressAt.getTime() / 1000}:R>`);
    expect(buttonsOf(view.components)).toEqual(['Refresh', 'Cancel training']);
  });

  it('tells the pace of a fast node in steps per minute', () => {
    const fast = { ...timing, firstStepAt: new Date('2026-03-01T12:09:00Z') };
    expect(cardText({ status: 'training', claim, progress, ...fast })).toContain('419 steps per minute');
  });

  it('does not promise a time that has passed, and an end at any moment only after most of the steps', () => {
    const late = (step: number): string =>
      cardText({ status: 'training', claim, progress: { ...progress, step, totalSteps: 1_500 }, ...timing }, { now: new Date('2026-03-01T14:00:00Z') });
    expect(late(420)).not.toMatch(/Done/);
    expect(late(1_400)).toContain('Done any moment now');
    expect(late(1_400)).not.toContain('Done <t:');
  });

  it('says in words that a training has been silent for more than five minutes, and not before', () => {
    const silent = (now: string): string => cardText({ status: 'training', claim, progress, ...timing }, { now: new Date(now) });
    expect(silent('2026-03-01T12:15:00Z')).not.toContain('No sign of life');
    expect(silent('2026-03-01T12:15:01Z')).toContain(`No sign of life for more than 5 minutes**; the last one was <t:${timing.progressAt.getTime() / 1000}:R>`);
  });

  it('complaint 10: says how many runs are ahead, about when it starts, and that no node is there', () => {
    const text = cardText({});
    expect(text).toContain('About 3 runs ahead');
    expect(text).toContain(`Starts about <t:${AT.getTime() / 1000}:R>`);
    expect(text).toContain('No node can run it just now');
    const next = cardText({}, { ahead: 0, startsAt: null, hasNode: true });
    expect(next).toContain('Next in line');
    expect(next).not.toContain('Starts about');
  });

  it('says which attempt it is, what it costs, and why it starts over', () => {
    const text = cardText({ attempt: 2, lastFailure: FAILURES.NodeGone });
    expect(text).toContain('Attempt 2 of 3 at no extra cost, starting over because: Node shed went away');
  });

  it('says cancelling once the run has accepted that, and never before its end that it is cancelled', () => {
    const view = cardView(en, { ...training, cancelling: 'owner' }, around);
    expect(allText(view.components)).toContain('**Cancelling**');
    expect(allText(view.components)).not.toContain('Cancelled');
    expect(buttonsOf(view.components)).toEqual(['Refresh']);
    const ended = anEndedRun({ kind: 'cancelled', by: 'owner', capturedPoints: 0, releasedPoints: 1_900 }, { cancelling: 'owner' });
    expect(allText(cardView(en, ended, around).components)).toContain('**Cancelled**');
  });

  it('can be cancelled until its file is being kept, and never after', () => {
    const buttons = (status: RunStatus): string[] => buttonsOf(cardView(en, aRun({ status }), around).components);
    for (const status of ['checking', 'queued', 'staging', 'training'] as const) expect(buttons(status)).toContain('Cancel training');
    for (const status of ['collecting', 'ending'] as const) expect(buttons(status)).toEqual(['Refresh']);
  });

  it('offers what is left to do once it has ended', () => {
    const done = cardView(en, anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 }), around);
    expect(buttonsOf(done.components)).toEqual(['Download', 'Model', 'Train again', 'Other settings']);
    expect(allText(done.components)).toContain('1,900 points spent');
    const failed = cardView(en, anEndedRun({ kind: 'failed', failure: FAILURES.JobLost, releasedPoints: 1_900 }), around);
    expect(buttonsOf(failed.components)).toEqual(['Train again', 'Other settings']);
    expect(allText(failed.components)).toContain('All 1,900 points came back');
  });

  it.each(named)('keeps the points of its owner out of a channel that others read: %s', (_name, end) => {
    const text = allText(cardView(en, anEndedRun(end), { ...around, isPublic: true }).components);
    if (end.kind !== 'refused') expect(text).not.toMatch(/\d points/);
    expect(text).toContain('only its owner sees');
  });
});

describe('the private answer about a run', () => {
  it('moves the card here only where that is possible, and knows how often it had moved', () => {
    expect(buttonsOf(runView(en, training, around, { canMoveHere: false, guildId: null }).components)).toEqual(['Refresh', 'Cancel training']);
    const view = runView(en, { ...training, cardMove: 4 }, around, { canMoveHere: true, guildId: null });
    expect(buttonsOf(view.components)).toEqual(['Refresh', 'Cancel training', 'Move card here']);
    expect(JSON.stringify(view)).toContain(`v1:move-card:${training.runId}:4`);
  });

  it('leads to the live card, in the channel or in direct messages', () => {
    const card = { channelId: '77', messageId: '88', renderedRevision: 1, lost: false };
    const shown = (isPublic: boolean): string => allText(runView(en, { ...training, card: { ...card, isPublic } }, around, { canMoveHere: true, guildId: '5' }).components);
    expect(shown(true)).toContain('https://discord.com/channels/5/77/88');
    expect(shown(false)).toContain('https://discord.com/channels/@me/77/88');
  });

  it('tells the points although the card in the channel does not', () => {
    const ended = anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 });
    expect(allText(runView(en, ended, { ...around, isPublic: true }, { canMoveHere: true, guildId: '5' }).components)).toContain('1,900 points spent');
  });
});

describe('the end of a run', () => {
  it.each(named)('is told in words Discord takes, in card, notice and answer: %s', (_name, end) => {
    const run = anEndedRun(end, { datasetName: nastyName });
    const readers: NoticeReaders[] = [everybody, owner, { kind: 'owner', link: null, attached: false }, { kind: 'owner', link, attached: true }];
    for (const isPublic of [true, false]) expect(problemsOfView(cardView(en, run, { ...around, isPublic }))).toEqual([]);
    for (const one of readers) expect(problemsOfView(noticeView(en, run, { userId: '1', readers: one, pointsHelp: undefined }))).toEqual([]);
    expect(problemsOfView(runView(en, run, around, { canMoveHere: true, guildId: null }))).toEqual([]);
    for (const count of [1, 5, 10]) {
      expect(problemsOfView(pendingNoticesView(en, Array.from({ length: count }, () => ({ ...run, runId: randomUUID() })), { pointsHelp: undefined }))).toEqual([]);
    }
  });

  const told = (end: RunEnd, readers: NoticeReaders = owner): string => allText(noticeView(en, anEndedRun(end), { userId: '1', readers, pointsHelp: undefined }).components);

  it('tells its owner what was spent and what came back, and nobody else', () => {
    const cancelled: RunEnd = { kind: 'cancelled', by: 'owner', capturedPoints: 532, releasedPoints: 1_368 };
    expect(told(cancelled)).toContain('532 points spent for the steps done; 1,368 points came back');
    expect(told(cancelled, everybody)).not.toMatch(/points/);
    expect(told({ kind: 'failed', failure: FAILURES.JobLost, releasedPoints: 1_900 })).toContain('All 1,900 points came back');
  });

  it('gives link and file only where nobody else reads along', () => {
    const run = anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 });
    const view = (readers: NoticeReaders): ReturnType<typeof noticeView> => noticeView(en, run, { userId: '1', readers, pointsHelp: undefined });
    expect(JSON.stringify(view({ kind: 'owner', link, attached: true }))).toContain(link.url);
    expect(view({ kind: 'owner', link, attached: true }).files).toEqual([{ name: run.artifact?.fileName, sha256: run.artifact?.sha256 }]);
    expect(JSON.stringify(view(everybody))).not.toMatch(/http|attachment:/);
    expect(view(everybody).files).toBeUndefined();
    expect(buttonsOf(view(everybody).components)).toEqual(['Download', 'Model', 'Details']);
  });
});

describe('questions and answers about runs', () => {
  it('ask before a cancel with the figure of now', () => {
    const shown = { runId: randomUUID(), points: 532, attempt: 1, atSeconds: 1_772_000_000 };
    const asked = cancelConfirmView(en, { run: aRun(), shown, byOperator: false, again: true });
    expect(problemsOfView(asked)).toEqual([]);
    expect(allText(asked.components)).toContain('**532 points** are charged for the steps done; **1,368 points** come back');
    expect(allText(cancelConfirmView(en, { run: aRun(), shown: { ...shown, points: 0 }, byOperator: true, again: false }).components)).toContain('all 1,900 points go back');
    expect(allText(cancelConfirmView(en, { run: aRun({ pricePoints: 0 }), shown: { ...shown, points: 0 }, byOperator: false, again: false }).components)).toContain('nothing is charged');
  });

  it('are taken by Discord', () => {
    const row = aRun({ card: { channelId: '1', messageId: '2', renderedRevision: 1, lost: false }, datasetName: nastyName });
    const many = Array.from({ length: 10 }, () => aRun({ runId: randomUUID(), datasetName: nastyName, progress }));
    const views = [
      recentRunsView(en, []), recentRunsView(en, many.slice(0, 1)), recentRunsView(en, many), acceptedView(en, row, '1'), acceptedView(en, aRun(), null), acceptedView(en, aRun({ pricePoints: 0 }), null),
      cancelAcceptedView(en, nastyName), cardMovesView(en, nastyName, 'here'), cardMovesView(en, nastyName, 'dm'),
    ];
    for (const view of views) expect(problemsOfView(view)).toEqual([]);
  });
});
