import { splitAccountId, type AccountId } from '../../domain/accounts.js';
import type { Entry } from '../../domain/ledger.js';
import type { Balance } from '../../domain/ledger-answers.js';
import type { Texts } from '../texts/texts.js';
import { historyRoute } from './custom-ids.js';
import { ACCENT, button, framed, row, text, timestamp, type View } from './layout.js';
import { safe } from './safe.js';

export const HISTORY_PAGE = 10;
/** Where the history begins: with the newest entry. */
const NEWEST = 1e15;

export function balanceView(t: Texts, { availablePoints, heldPoints, balancePoints }: Balance, pointsHelp: string | undefined): View {
  return framed(ACCENT.calm, [
    text(
      t.points.heading,
      t.points.toSpend(availablePoints),
      heldPoints > 0 ? t.points.setAside(heldPoints, balancePoints) : null,
      pointsHelp === undefined ? null : `-# ${safe(pointsHelp, 300)}`,
    ),
    row(button(t.points.history, historyRoute.format({ beforeSeq: NEWEST }))),
  ]);
}

/**
 * Newest first, with what was left after each; one entry more than a page holds says that there are older ones.
 * `datasetNames` are those of the runs, by run id.
 */
export function historyView(t: Texts, entries: readonly Entry[], datasetNames: ReadonlyMap<string, string>): View {
  const page = entries.slice(0, HISTORY_PAGE);
  const last = page.at(-1);
  if (last === undefined) return framed(ACCENT.calm, [text(t.points.historyHeading, t.points.nothing)]);
  return framed(ACCENT.calm, [
    text(t.points.historyHeading),
    text(...page.map((entry) => entryLine(t, entry, datasetNames))),
    row(entries.length > page.length ? button(t.points.older, historyRoute.format({ beforeSeq: last.seq })) : null),
  ]);
}

function entryLine(t: Texts, entry: Entry, datasetNames: ReadonlyMap<string, string>): string {
  const reason = entry.reason === undefined ? '' : t.points.reason(safe(entry.reason, 80));
  return `- ${timestamp(entry.at, 'f')} · ${movement(t, entry, datasetNames)}${reason} · ${t.points.left(entry.balance - entry.held)}`;
}

function movement(t: Texts, { kind, amount, direction, key, by, runId = '' }: Entry, datasetNames: ReadonlyMap<string, string>): string {
  const name = datasetNames.get(runId);
  const training = t.points.training(name === undefined ? null : safe(name, 40), runId.slice(0, 8));
  switch (kind) {
    case 'grant':
      if (key.startsWith('welcome:')) return t.points.welcome(amount);
      return key.startsWith('allowance:') ? t.points.allowance(amount) : t.points.granted(amount, by === undefined ? null : mentionOf(by));
    case 'hold':
      return t.points.hold(amount, training);
    case 'refused':
      return t.points.notEnough(amount, training);
    case 'capture':
      return t.points.spent(amount, training);
    case 'release':
      return t.points.givenBack(amount, training);
    case 'adjust':
      return direction === 'debit' ? t.points.debited(amount) : t.points.credited(amount);
  }
}

/** Shows a name; whether that pings is decided by the message's allowed mentions, and none of these allows any. */
function mentionOf(accountId: AccountId): string {
  const { platform, userId } = splitAccountId(accountId);
  return platform === 'discord' ? `<@${userId}>` : safe(accountId, 80);
}

export interface Granted {
  readonly accountId: AccountId;
  readonly amountPoints: number;
  readonly reason: string;
  readonly balance: Balance;
}

export function grantedView(t: Texts, { accountId, amountPoints, reason, balance }: Granted): View {
  return framed(ACCENT.good, [text(t.points.grantedTo(amountPoints, mentionOf(accountId), safe(reason, 100), balance.availablePoints))]);
}
