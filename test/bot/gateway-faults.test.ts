import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Events } from 'discord.js';
import { pino } from 'pino';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../sandbox/chaos/network/faults.js';
import { openFaultyWay, type FaultyWay } from '../../sandbox/chaos/network/faulty-way.js';
import { createDiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { described, inTurns, noteRejections, outcomeOf } from '../support/network-trials.js';
import { hears } from '../support/wire.js';

/** The way to Discord's gateway fails in every way there is, under a connection that stands and those that follow it. */

const HEARTBEAT_MS = 1_000;
/** Two beats and a half: a silence is noticed in it. */
const FAULT_MS = 2_500;
const LONGEST_MS = 90_000;
const FAULTS_AT_ONCE = 12;

// What discord.js cannot read it rejects with in promises of its own; the bot's process notes them and lives on.
const rejections = noteRejections();
let database: TestDatabase;
beforeAll(async () => { database = await openTestDatabase(); });
afterAll(async () => {
  rejections.stop();
  await database.close();
});

async function openLine(): Promise<{ readonly way: FaultyWay; readonly bot: TestBot }> {
  const target = { host: '127.0.0.1', port: 0 };
  const way = await openFaultyWay(target);
  // Only what Discord names is reached through the way: its gateway.
  const standIn = await createDiscordStandIn({ origin: `http://${way.host}:${way.port}`, heartbeatIntervalMs: HEARTBEAT_MS });
  target.port = Number(new URL(standIn.controlUrl).port);
  const bot = await startTestBot({ database: database.connection, prefix: `bot-gateway-${randomUUID()}-`, log: pino({ level: 'silent' }), discord: { standIn, apiUrl: standIn.apiUrl } });
  return { way, bot };
}

describe('the way to the gateway of Discord', () => {
  it('may fail in every way: the bot is back by itself, and what it is asked then it answers once', async () => {
    const rows = await inTurns<FaultName, { readonly fault: string; readonly outcome: Awaited<ReturnType<typeof outcomeOf>>; readonly answers: number; readonly most: number; readonly isLost: boolean }>(FAULT_NAMES, FAULTS_AT_ONCE, async (fault) => {
      const { way, bot } = await openLine();
      const mira = bot.driver.user('mira');
      let isLost = false;
      bot.client.once(Events.ShardReconnecting, () => { isLost = true; });
      await way.inflict(NETWORK_FAULTS[fault]);
      await Promise.all([delay(FAULT_MS), mira.slash('points balance')]);
      await way.lift();
      let id = '';
      const outcome = await outcomeOf(() => eventually(async () => {
        const handle = await mira.slash('points balance');
        ({ id } = handle);
        await hears(handle, /to spend/);
      }, LONGEST_MS, 200), LONGEST_MS);
      await bot.drained();
      const callbacks = (await bot.driver.calls()).filter(({ path }) => path.startsWith('/interactions/'));
      const answers = callbacks.filter(({ path }) => path.includes(id)).length;
      const most = Math.max(...(await mira.interactions()).map(({ messages }) => messages.length));
      await bot.close();
      await way.close();
      return { fault, outcome, answers, most, isLost };
    });
    expect(rows.filter(({ isLost }) => isLost).length).toBeGreaterThanOrEqual(20);
    expect(rows.filter(({ outcome }) => outcome.kind !== 'value').map(({ fault, outcome }) => described({ fault, call: 'next command', outcome }))).toEqual([]);
    expect(rows.filter(({ answers, most }) => answers !== 1 || most > 1).map(({ fault, answers, most }) => `${fault}: ${answers} callbacks, ${most} messages`)).toEqual([]);
  }, 500_000);
});
