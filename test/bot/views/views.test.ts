import { describe, expect, it } from '@jest/globals';
import { en } from '../../../bot/texts/en.js';
import { saidView, troubleView } from '../../../bot/views/answers.js';
import { balanceView, grantedView, historyView } from '../../../bot/views/points.js';
import type { Entry } from '../../../domain/ledger.js';
import { points } from '../../../domain/points.js';
import { problemsOfView } from '../../support/discord-validation.js';

const NASTY = '**_~`|>#-@everyone<@1>[x](http://a.b)'.repeat(2);
const AT = new Date('2026-03-01T12:30:00Z');

const balance = { balancePoints: points(5_000), heldPoints: points(100), availablePoints: points(4_900) };

describe('answers', () => {
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
