import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createMessages, type Messages, type Posted } from '../../../activities/discord/messages.js';
import { createDiscordRest } from '../../../activities/discord/rest.js';
import { saidView } from '../../../bot/views/answers.js';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../../sandbox/chaos/network/faults.js';
import { openFaultyWay, type FaultyWay } from '../../../sandbox/chaos/network/faulty-way.js';
import { createDiscordDriver } from '../../../sandbox/discord/driver/driver.js';
import { TRAINING_CHANNEL_ID, USERS } from '../../../sandbox/discord/people.js';
import { createDiscordStandIn, type DiscordStandIn } from '../../../sandbox/discord/stand-in.js';
import { eventually } from '../../support/eventually.js';
import { described, inTurns, noteRejections, outcomeOf, type Trial } from '../../support/network-trials.js';

/** The way from a worker to Discord fails in every way there is, under every call of its messages. */

const SHORT_MS = 1_000;
const LONG_MS = 20_000;
/** Four tries of the REST client, and the time of a busy machine. */
const LONGEST_MS = 60_000;
const SLOW_MS = 2_000;
const FAULTS_AT_ONCE = 8;
const SAID = 'said once';
/** In the shape of the stand-in's own: the route answers 404, which is an answer. */
const NO_INTERACTION = { applicationId: '1', token: 'none' };

/** An edit is rejected rather than queued when it meets a rate limit, and an old interaction is answered by nobody: both are told by Discord. */
const CALLS: Readonly<Record<string, (messages: Messages, context: { readonly posted: Posted }) => Promise<unknown>>> = {
  post: (messages) => messages.post(TRAINING_CHANNEL_ID, { view: saidView(SAID), name: SAID }),
  postToUser: (messages) => messages.postToUser(USERS.mira.id, { view: saidView('to a user'), name: 'to a user' }),
  edit: (messages, { posted }) => messages.edit(posted, saidView('edited'), new AbortController().signal),
  answer: (messages) => messages.answer(NO_INTERACTION, saidView('an answer')),
  remove: (messages) => messages.remove({ channelId: TRAINING_CHANNEL_ID, messageId: '1' }),
};
const TOLD_BY_DISCORD = new Set(['DiscordAPIError', 'RateLimitError']);

const rejections = noteRejections();
afterAll(() => { rejections.stop(); });

interface Line {
  readonly fault: FaultName;
  /** One a fault: Discord takes five messages in five seconds in a channel. */
  readonly standIn: DiscordStandIn;
  readonly way: FaultyWay;
  readonly messages: Messages;
  /** For the time after the fault: a busy machine is no fault. */
  readonly patient: Messages;
  readonly posted: Posted;
}

async function openLine(fault: FaultName): Promise<Line> {
  const standIn = await createDiscordStandIn();
  const { hostname, port, pathname } = new URL(standIn.apiUrl);
  const way = await openFaultyWay({ host: hostname, port: Number(port) });
  const through = (limitMs: number): Messages => {
    const rest = createDiscordRest({ token: standIn.token, apiUrl: `http://${way.host}:${way.port}${pathname}`, limits: { headersMs: limitMs, bodyMs: limitMs } });
    return createMessages(rest, { read: () => Promise.resolve(null) });
  };
  const direct = createMessages(createDiscordRest({ token: standIn.token, apiUrl: standIn.apiUrl }), { read: () => Promise.resolve(null) });
  const posted = await direct.post(TRAINING_CHANNEL_ID, { view: saidView('first'), name: 'first' });
  return { fault, standIn, way, messages: through(NETWORK_FAULTS[fault].harm === 'none' ? LONG_MS : SHORT_MS), patient: through(LONG_MS), posted };
}

function callAll(line: Line, repeated = (work: () => Promise<unknown>) => work): Promise<Trial[]> {
  const { fault, messages } = line;
  return Promise.all(Object.entries(CALLS).map(async ([call, work]) => ({ fault, call, outcome: await outcomeOf(repeated(() => work(messages, line)), LONGEST_MS) })));
}

/** Discord's own word against a call is an answer. */
async function untilAnswered(work: () => Promise<unknown>): Promise<unknown> {
  return eventually(async () => {
    const trial: Trial = { fault: '', call: '', outcome: await outcomeOf(work, LONGEST_MS) };
    if (trial.outcome.kind === 'error' && !answered(trial)) throw trial.outcome.error;
    return trial.outcome;
  }, LONGEST_MS, 200);
}

function nameOf({ outcome }: Trial): string {
  if (outcome.kind !== 'error' || typeof outcome.error !== 'object' || outcome.error === null || !('name' in outcome.error)) return '';
  // The REST client puts Discord's code behind it: `DiscordAPIError[10003]`.
  return String(outcome.error.name).replace(/\[.*/, '');
}
const answered = (trial: Trial): boolean => trial.outcome.kind === 'value' || TOLD_BY_DISCORD.has(nameOf(trial));

describe('the way from a worker to Discord', () => {
  it('has at least twenty faults', () => {
    expect(FAULT_NAMES.length).toBeGreaterThanOrEqual(20);
  });

  it('under every fault each call ends in time with a result or an error; after it each works, and no message is there twice', async () => {
    const rows = await inTurns(FAULT_NAMES, FAULTS_AT_ONCE, async (fault) => {
      const line = await openLine(fault);
      await line.way.inflict(NETWORK_FAULTS[fault]);
      const healed = NETWORK_FAULTS[fault].harm === 'slow' ? delay(SLOW_MS).then(() => line.way.lift()) : null;
      const during = await callAll(line);
      await (healed ?? line.way.lift());
      const after = await callAll({ ...line, messages: line.patient }, (work) => () => untilAnswered(work));
      const transcript = await createDiscordDriver(line.standIn.controlUrl).user('mira').transcript();
      await line.way.close();
      await line.standIn.stop();
      return { fault, during, after, times: transcript.split(SAID).length - 1 };
    });
    const during = rows.flatMap((row) => row.during);
    expect(during.filter(({ outcome }) => outcome.kind === 'hung').map(described)).toEqual([]);
    expect(during.filter((trial) => !answered(trial) && nameOf(trial) === '').map(described)).toEqual([]);
    expect(during.filter((trial) => NETWORK_FAULTS[trial.fault as FaultName].harm === 'none' && !answered(trial)).map(described)).toEqual([]);
    expect(during.filter((trial) => !answered(trial)).length).toBeGreaterThanOrEqual(20);
    expect(rows.flatMap(({ after }) => after).filter(({ outcome }) => outcome.kind !== 'value').map(described)).toEqual([]);
    expect(rows.filter(({ times }) => times !== 1).map(({ fault, times }) => `${fault}: ${times}`)).toEqual([]);
    expect(rejections.taken()).toEqual([]);
  }, 400_000);
});
