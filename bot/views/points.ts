import type { Entry } from '../../domain/ledger.js';
import type { Balance } from '../../domain/ledger-answers.js';
import { count, pointsText } from '../texts/en/words.js';
import { historyRoute } from './custom-ids.js';
import { ACCENT, button, framed, row, text, timestamp, type View } from './layout.js';
import { safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

export const HISTORY_PAGE = 15;

export function balanceView(t: Texts, { availablePoints, heldPoints, balancePoints }: Balance, pointsHelp: string | undefined): View {
  return framed(ACCENT.calm, [
    text(
      '## Your points',
      `**${pointsText(availablePoints)}** to spend`,
      heldPoints > 0 ? `${pointsText(heldPoints)} set aside for trainings under way, of ${count(balancePoints)} in all` : null,
      pointsHelp === undefined ? null : `-# ${safe(pointsHelp, 300)}`,
    ),
  ]);
}

/** Newest first; one entry more than a page holds says that there are older ones. */
export function historyView(t: Texts, entries: readonly Entry[]): View {
  const page = entries.slice(0, HISTORY_PAGE);
  const last = page.at(-1);
  if (last === undefined) return framed(ACCENT.calm, [text('## Your points', 'Nothing has happened yet.')]);
  return framed(ACCENT.calm, [
    text('## What happened to your points'),
    text(...page.map(entryLine)),
    row(entries.length > page.length ? button('Older entries', historyRoute.format({ beforeSeq: last.seq })) : null),
  ]);
}

function entryLine(entry: Entry): string {
  const run = entry.runId === undefined ? '' : ` · training \`${entry.runId.slice(0, 8)}\``;
  const reason = entry.reason === undefined ? '' : ` · ${safe(entry.reason, 80)}`;
  return `- ${timestamp(entry.at, 'f')} · ${movement(entry)}${run}${reason} · ${count(entry.balance - entry.held)} left`;
}

function movement({ kind, amount, direction, key }: Entry): string {
  switch (kind) {
    case 'grant':
      return `**+${count(amount)}** ${key.startsWith('welcome:') ? 'welcome' : key.startsWith('allowance:') ? 'allowance' : 'granted'}`;
    case 'hold':
      return `${count(amount)} set aside`;
    case 'refused':
      return `${count(amount)} asked for, not enough`;
    case 'capture':
      return `**−${count(amount)}** spent`;
    case 'release':
      return `${count(amount)} given back`;
    case 'adjust':
      return `**${direction === 'debit' ? '−' : '+'}${count(amount)}** corrected`;
  }
}

export function grantedView(t: Texts, userId: string, amountPoints: number, balance: Balance): View {
  return framed(ACCENT.good, [text(`Granted **${pointsText(amountPoints)}** to <@${userId}>, who now has ${pointsText(balance.availablePoints)} to spend.`)]);
}
