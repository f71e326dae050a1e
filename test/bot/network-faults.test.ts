import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Events, type Interaction } from 'discord.js';
import { pino } from 'pino';
import { followUpPrivately, replyOnce, type AnswerableInteraction } from '../../bot/reply.js';
import { saidView } from '../../bot/views/answers.js';
import { createRoute } from '../../bot/views/custom-ids.js';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../sandbox/chaos/network/faults.js';
import { openFaultyWay, type FaultyWay } from '../../sandbox/chaos/network/faulty-way.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import { createDiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { described, inTurns, noteRejections, outcomeOf, type Trial } from '../support/network-trials.js';
import { answerTo, hears } from '../support/wire.js';

/** The way from the bot to Discord's REST fails in every way there is, under each of its calls. */

const SHORT_MS = 700;
const LONG_MS = 20_000;
const LONGEST_MS = 60_000;
const FAULTS_AT_ONCE = 12;
const SAID = 'said beside';

const rejections = noteRejections();
let database: TestDatabase;
beforeAll(async () => { database = await openTestDatabase(); });
afterAll(async () => {
  rejections.stop();
  await database.close();
});

interface Line {
  readonly fault: FaultName;
  readonly way: FaultyWay;
  readonly bot: TestBot;
  /** What came to the bot, in its order. */
  readonly heard: Interaction[];
}

async function openLine(fault: FaultName): Promise<Line> {
  const standIn = await createDiscordStandIn();
  const { hostname, port, pathname } = new URL(standIn.apiUrl);
  const way = await openFaultyWay({ host: hostname, port: Number(port) });
  const limitMs = NETWORK_FAULTS[fault].harm === 'none' ? LONG_MS : SHORT_MS;
  const discord = { standIn, apiUrl: `http://${way.host}:${way.port}${pathname}`, limits: { headersMs: limitMs, bodyMs: limitMs } };
  const bot = await startTestBot({ database: database.connection, prefix: `bot-faults-${randomUUID()}-`, log: pino({ level: 'silent' }), discord });
  const heard: Interaction[] = [];
  bot.client.on(Events.InteractionCreate, (interaction) => heard.push(interaction));
  return { fault, way, bot, heard };
}

/** People act while the way fails: an acknowledgement of each kind, a form, suggestions, an answer that changes, one more beside it. */
async function callAll({ fault, way, bot, heard }: Line): Promise<{ readonly trials: Trial[]; readonly handles: InteractionHandle[] }> {
  const [mira, jonas] = [bot.driver.user('mira'), bot.driver.user('jonas')];
  await answerTo(mira, 'points balance');
  await answerTo(mira, 'points balance');
  const settings = await answerTo(mira, 'settings');
  const list = await answerTo(mira, 'train list');
  await bot.drained();
  const [changed, beside] = heard.filter((one): one is Interaction & AnswerableInteraction => one.isRepliable());
  if (changed === undefined || beside === undefined) throw new Error('Expected two answered commands.');
  const already = heard.length;
  await way.inflict(NETWORK_FAULTS[fault]);
  const trial = async (call: string, work: () => Promise<unknown>): Promise<Trial> => ({ fault, call, outcome: await outcomeOf(work, LONGEST_MS) });
  const suggested = trial('suggestions', () => jonas.autocomplete('settings', 'recipe', 'a'));
  const edited = trial('changed answer', () => replyOnce(changed, saidView('changed'), bot.services));
  const followed = trial('answer beside', () => followUpPrivately(beside, saidView(SAID), bot.services));
  const handles = [await mira.slash('points balance'), await mira.click(settings, buttonsOf(settings.components)[0] ?? ''), await mira.click(list, createRoute.format({}))];
  await eventually(() => { expect(heard.length).toBe(already + 4); }, LONG_MS);
  const handled = trial('handling', () => bot.drained());
  const seen = handles.map((handle) => trial('answer', async () => {
    const response = await handle.response({ timeoutMs: LONG_MS });
    if (response.kind === 'failure') throw new Error(response.text);
  }));
  return { trials: await Promise.all([edited, followed, handled, suggested, ...(NETWORK_FAULTS[fault].harm === 'none' ? seen : [])]), handles };
}

/** Suggestions end on the screen of whoever typed: it is told of their failure. */
const isDefect = ({ outcome, fault }: Trial): boolean => outcome.kind === 'hung' || (NETWORK_FAULTS[fault as FaultName].harm === 'none' && outcome.kind === 'error');

describe('the way from the bot to Discord', () => {
  it('under every fault each call ends in time, nothing is answered twice, and after it the next command is answered', async () => {
    const rows = await inTurns(FAULT_NAMES, FAULTS_AT_ONCE, async (fault) => {
      const line = await openLine(fault);
      const { driver } = line.bot;
      const { trials, handles } = await callAll(line);
      await line.way.lift();
      const next = await outcomeOf(async () => hears(await driver.user('mira').slash('points balance'), /to spend/), LONGEST_MS);
      const views = await Promise.all(handles.map((handle) => handle.view()));
      const said = (await driver.user('mira').transcript()).split(SAID).length - 1;
      const violations = await driver.violations();
      await line.bot.close();
      await line.way.close();
      return { fault, trials, next: { fault, call: 'next command', outcome: next }, most: Math.max(said, ...views.map(({ messages }) => messages.length)), violations };
    });
    const trials = rows.flatMap((row) => row.trials);
    expect(trials.filter(isDefect).map(described)).toEqual([]);
    expect(trials.filter(({ outcome }) => outcome.kind === 'error').length).toBeGreaterThanOrEqual(40);
    expect(rows.map(({ next }) => next).filter(({ outcome }) => outcome.kind !== 'value').map(described)).toEqual([]);
    expect(rows.filter(({ most }) => most > 1).map(({ fault, most }) => `${fault}: ${most}`)).toEqual([]);
    expect(rows.flatMap(({ violations }) => violations)).toEqual([]);
    expect(rejections.taken()).toEqual([]);
  }, 400_000);
});
