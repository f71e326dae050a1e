import { textsFor } from '../../bot/texts/texts.js';
import { operatorNewsView, type WebUi } from '../../bot/views/troubles.js';
import type { TroubleMessage, TroubleRow, Troubles } from '../../models/troubles.js';
import { lookSince, takeAway } from './cards.js';
import { isClosedForLong, isPlaceGone } from './discord-errors.js';
import type { Messages } from './messages.js';

export interface OperatorsChannel {
  readonly troubles: Pick<Troubles, 'untold' | 'trying' | 'refused' | 'posted' | 'told'>;
  readonly messages: Messages;
  /** Undefined: nobody is told, and the log says so. */
  readonly opsChannelId: string | undefined;
  readonly webUi: WebUi;
  readonly log: { warn(message: string, fields: Record<string, unknown>): void };
}

/** As many as a channel takes without a wait. The next sweeps tell the rest: after a bad deploy every run may be stuck. */
const MESSAGES_A_SWEEP = 5;
/** Operators of one yard may speak several languages; their channel speaks this one. */
const LOCALE = 'en';

/** Brings the operators' channel up to date with what is on record. Safe to repeat, also after a crash between a post and its record. */
export async function tellOperators(deps: OperatorsChannel, signal: AbortSignal): Promise<{ told: number }> {
  let told = 0;
  let refused = false;
  for (const row of await deps.troubles.untold(MESSAGES_A_SWEEP)) {
    signal.throwIfAborted();
    // A channel that takes one message no more takes none: it is asked again by the next sweep.
    const outcome: Outcome = refused && row.message === null ? await unheard(row, deps, 'the channel takes no messages') : await tell(row, deps, signal);
    if (outcome === 'later') break;
    if (outcome === 'told') told += 1;
    refused ||= outcome === 'refused';
  }
  return { told };
}

type Outcome = 'told' | 'unheard' | 'refused' | 'later';

async function tell(row: TroubleRow, deps: OperatorsChannel, signal: AbortSignal): Promise<Outcome> {
  if (row.message !== null) return edit(row, row.message, deps, signal);
  if (deps.opsChannelId === undefined) return unheard(row, deps, 'OPS_CHANNEL_ID is not set');
  // It came and went without a word: news of its end would puzzle.
  if (row.over !== null && row.triedAt === null) return unheard(row, deps, 'it was over before anybody could be told');
  return post(row, deps.opsChannelId, deps, signal);
}

async function post(row: TroubleRow, channelId: string, deps: OperatorsChannel, signal: AbortSignal): Promise<Outcome> {
  const { troubles, messages } = deps;
  await troubles.trying(row, new Date());
  try {
    const name = `trouble:${row.key}:${row.foundAt.toISOString()}`;
    const posted = await messages.post(channelId, { view: viewOf(row, deps), name, ...lookSince(row.triedAt) });
    const recorded = await troubles.posted(row, { channelId, messageId: posted.messageId });
    if (recorded !== null && recorded.messageId !== posted.messageId) await takeAway(posted, messages);
    else if (posted.shows === 'earlier') return await edit(row, posted, deps, signal);
    await troubles.told(row);
    return 'told';
  } catch (error) {
    if (isClosedForLong(error)) return 'later';
    if (!isPlaceGone(error)) throw error;
    await troubles.refused(row);
    await unheard(row, deps, String(error));
    return 'refused';
  }
}

async function edit(row: TroubleRow, { channelId, messageId }: TroubleMessage, deps: OperatorsChannel, signal: AbortSignal): Promise<Outcome> {
  try {
    await deps.messages.edit({ channelId, messageId }, viewOf(row, deps), signal);
  } catch (error) {
    if (isClosedForLong(error)) return 'later';
    if (!isPlaceGone(error)) throw error;
    return unheard(row, deps, String(error));
  }
  await deps.troubles.told(row);
  return 'told';
}

/** One line in the log for each change that nobody could be told of. */
async function unheard(row: TroubleRow, { troubles, log, opsChannelId }: OperatorsChannel, why: string): Promise<Outcome> {
  if (row.due) log.warn('operators could not be told of a trouble', { key: row.key, over: row.over !== null, why, opsChannelId });
  await troubles.told(row);
  return 'unheard';
}

function viewOf(row: TroubleRow, { webUi }: OperatorsChannel): ReturnType<typeof operatorNewsView> {
  return operatorNewsView(textsFor(LOCALE), row, webUi);
}
