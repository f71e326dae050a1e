import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ButtonStyle, ComponentType, MessageFlags, Routes } from 'discord.js';
import * as fc from 'fast-check';
import { pino } from 'pino';
import { COMPONENTS } from '../../bot/components/index.js';
import { parseCustomId } from '../../bot/views/custom-ids.js';
import { GENERAL_CHANNEL_ID, TRAINING_CHANNEL_ID, USERS, type PersonName } from '../../sandbox/discord/people.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { textOf } from '../support/wire.js';

const lines: string[] = [];
let database: TestDatabase;
let bot: TestBot;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: 'bot-errors-', log: pino({ level: 'error' }, { write: (line: string) => void lines.push(line) }) });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

describe('an unexpected error', () => {
  it('gives the user a short reference and nothing of the error; the log has the same reference with the stack', async () => {
    // What no code of ours writes: a dataset without images.
    const datasets = database.connection.collection<{ _id: string; owner: string; name: string }>('datasets');
    await datasets.insertOne({ _id: randomUUID(), owner: `discord:${USERS.jonas.id}`, name: 'Broken' });
    const handle = await bot.driver.user('jonas').slash('train list');
    const message = await handle.message();
    await datasets.deleteMany({ name: 'Broken' });
    const text = allText(message.components);
    expect(message.ephemeral).toBe(true);
    const reference = /reference: `([0-9a-f]{8})`/.exec(text)?.[1] ?? '';
    expect(reference).toHaveLength(8);

    const logged = lines.map((line) => JSON.parse(line) as { reference?: string; interactionId?: string; err?: { message: string; stack: string } }).filter((line) => line.reference === reference);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ interactionId: handle.id, err: { message: expect.stringMatching(/\S/), stack: expect.stringContaining('    at ') } });
    for (const raw of [logged[0]?.err?.message ?? 'no error', '$size', 'Mongo', 'Error']) expect(text).not.toContain(raw);
  });
});

const BUTTONS_A_MESSAGE = 25;
const PLACES: readonly (readonly [PersonName, string | null])[] = [['mira', null], ['jonas', null], ['olga', null], ['mira', TRAINING_CHANNEL_ID], ['jonas', GENERAL_CHANNEL_ID]];

/** Whether its answer takes the place of the message with the button. */
function takesTheMessage(customId: string): boolean {
  const parsed = parseCustomId(customId);
  const component = parsed.kind === 'ours' ? COMPONENTS.get(parsed.route) : undefined;
  return parsed.kind === 'ours' && component?.ack === 'update' && component.bind(parsed.args) !== null;
}

/** Posts buttons of an earlier life of the bot, or of somebody who made them up, and has each pressed once. */
async function pressAll(customIds: readonly string[]): Promise<{ customId: string; handle: InteractionHandle }[]> {
  const alone = customIds.filter(takesTheMessage).map((customId) => [customId]);
  const many = customIds.filter((customId) => !takesTheMessage(customId));
  const together = Array.from({ length: Math.ceil(many.length / BUTTONS_A_MESSAGE) }, (_, at) => many.slice(at * BUTTONS_A_MESSAGE, (at + 1) * BUTTONS_A_MESSAGE));
  const pressed = await Promise.all([...alone, ...together].map((ids, at) => pressIn(ids, ...(PLACES[at % PLACES.length] ?? ['mira', null]))));
  return pressed.flat();
}

/** Several channels and direct messages, since Discord counts what is posted in each. */
async function pressIn(customIds: readonly string[], person: PersonName, channelId: string | null): Promise<{ customId: string; handle: InteractionHandle }[]> {
  const channel = channelId === null ? ((await bot.client.rest.post(Routes.userChannels(), { body: { recipient_id: USERS[person].id } })) as { id: string }) : { id: channelId };
  const rows = Array.from({ length: Math.ceil(customIds.length / 5) }, (_, row) => ({
    type: ComponentType.ActionRow,
    components: customIds.slice(row * 5, row * 5 + 5).map((customId, at) => ({ type: ComponentType.Button, style: ButtonStyle.Primary, label: `Press ${row * 5 + at}`, custom_id: customId })),
  }));
  const body = { flags: MessageFlags.IsComponentsV2, allowed_mentions: { parse: [] }, components: [{ type: ComponentType.TextDisplay, content: 'An old message' }, ...rows] };
  const message = (await bot.client.rest.post(Routes.channelMessages(channel.id), { body })) as { id: string };
  const pressed: { customId: string; handle: InteractionHandle }[] = [];
  for (const [at, customId] of customIds.entries()) pressed.push({ customId, handle: await bot.driver.user(person).click(message, `Press ${at}`) });
  return pressed;
}

/** Every press is answered with a sentence or a form, and none is met by an error of ours. */
async function expectKindAnswers(customIds: readonly string[]): Promise<void> {
  for (const { customId, handle } of await pressAll(customIds)) {
    const seen = await handle.waitFor((one) => one.failure !== undefined || one.modal !== undefined || textOf(one).trim() !== '', { what: `an answer to ${customId}` });
    expect([customId, seen.failure]).toEqual([customId, undefined]);
    expect([customId, textOf(seen)]).toEqual([customId, expect.not.stringMatching(/Something went wrong|undefined|NaN|\[object/)]);
  }
}

describe('a button that is old, forged or damaged', () => {
  it('is answered whatever it carries: every route with foreign ids, too many, too few and none', async () => {
    const ids = [...COMPONENTS.keys()].flatMap((route) => {
      const uuid = randomUUID();
      return [`v1:${route}`, `v1:${route}:${uuid}`, `v1:${route}:${uuid}:3`, `v1:${route}:${uuid}:${randomUUID()}:3`, `v1:${route}:${uuid}:1:1:1772000000`, `v1:${route}:$where:{}`];
    });
    const seen = new Set<string>();
    // An answer that takes the place of its message costs a message of its own: one of them a route.
    const isFirst = (id: string): boolean => !takesTheMessage(id) || (!seen.has(id.split(':')[1] ?? '') && seen.add(id.split(':')[1] ?? '').size > 0);
    await expectKindAnswers(ids.filter((id) => id.length <= 100 && isFirst(id)));
  }, 120_000);

  it('is answered whatever somebody made up', async () => {
    const word = fc.oneof(fc.constantFrom('v0', 'v1', 'v2', 'v999', '', 'train', ...COMPONENTS.keys()), fc.string({ minLength: 0, maxLength: 20 }), fc.uuid(), fc.nat().map(String));
    const forged = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(':')).filter((id) => id.trim() !== '' && id.length <= 100);
    await expectKindAnswers([...new Set(fc.sample(forged, { numRuns: 60, seed: 20_261_121 }))]);
  }, 60_000);

  it('made the bot do nothing that Discord would refuse, and left no error in the log but the one that was asked for', async () => {
    expect(await bot.driver.violations()).toEqual([]);
    expect(lines.map((line) => (JSON.parse(line) as { err?: { message: string } }).err?.message)).toHaveLength(1);
  });
});
