import type { EndStatus } from '../../../domain/runs.js';
import type { SeenMessage } from '../../discord/user/view.js';
import type { Expectation } from './expectation.js';
import type { Testimony, Witnesses } from './witnesses.js';

/** What the owner must be able to read, whatever the views make of it otherwise. */
const WORDS: Record<EndStatus, RegExp> = { succeeded: /\bdone\b/i, failed: /\bfailed\b/i, cancelled: /\bcancelled\b/i, refused: /\bnot started\b/i };

/** One card, which shows the newest revision of its row and says how the run ended. A refused run has none. */
export function cardDisagreements({ textOf }: Witnesses, { row, messages }: Testimony, { end }: Expectation): string[] {
  const short = `run \`${row.runId.slice(0, 8)}\``;
  const cards = messages.filter((message) => !message.ephemeral && rawText(message).includes(short));
  if (end.kind === 'refused') return cards.length === 0 ? [] : [`expected no card, found ${cards.length}`];
  const card = cards[0];
  if (card === undefined || cards.length > 1) return [`expected one card, found ${cards.length}`];
  const found: string[] = [];
  if (card.id !== row.card?.messageId) found.push(`expected message ${row.card?.messageId ?? 'none'} as on record, found ${card.id}`);
  if (row.card?.renderedRevision !== row.revision) found.push(`expected revision ${row.revision} to be shown, found ${row.card?.renderedRevision ?? 'none'}`);
  if (!WORDS[end.kind].test(textOf(card))) found.push(`expected the card to say ${WORDS[end.kind].source}, found: ${textOf(card)}`);
  if (/Cancel training/.test(textOf(card))) found.push('the card of an ended run offers to cancel it');
  return found;
}

/** One new message that tells the end, to its owner alone by mention or in private; for a refusal it is the answer to the press. */
export function noticeDisagreements({ textOf }: Witnesses, { row, userId, messages }: Testimony, { end }: Expectation): string[] {
  if (end.kind === 'refused') {
    // The confirm screen itself becomes the answer, so it carries the id of the command that showed it.
    const answers = messages.filter((message) => message.ephemeral && isSinceEnd(message) && /no points were taken/i.test(rawText(message)));
    return answers.length === 1 ? [] : [`expected one private answer to the press, found ${answers.length}`];
  }
  const notices = messages.filter((message) => message.id !== row.card?.messageId && !message.ephemeral && rawText(message).includes(`<@${userId}>`) && isAboutRun(message));
  const notice = notices[0];
  if (notice === undefined || notices.length > 1) return [`expected one notice, found ${notices.length}`];
  return WORDS[end.kind].test(textOf(notice)) ? [] : [`expected the notice to say ${WORDS[end.kind].source}, found: ${textOf(notice)}`];

  function isAboutRun(message: SeenMessage): boolean {
    return message.replyTo === row.card?.messageId || isSinceEnd(message);
  }

  function isSinceEnd({ editedAt, createdAt }: SeenMessage): boolean {
    return row.endedAt !== null && (editedAt ?? createdAt) >= row.endedAt.getTime() - 1000;
  }
}

function rawText(message: SeenMessage): string {
  return `${message.content} ${JSON.stringify(message.components)}`;
}
