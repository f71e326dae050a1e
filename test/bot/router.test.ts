import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ButtonStyle, ComponentType, Routes } from 'discord.js';
import { createConnection } from 'mongoose';
import { COMMANDS, MESSAGE_COMMANDS } from '../../bot/commands/index.js';
import { referenceOf } from '../../bot/reference.js';
import { TRAINING_CHANNEL_ID, USERS } from '../../sandbox/discord/people.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let bot: TestBot;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: 'bot-router-' });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');

/** A button of an earlier life of the bot, or of somebody who made it up. */
async function buttonWith(customId: string): Promise<{ id: string }> {
  const button = { type: ComponentType.Button, style: ButtonStyle.Primary, label: 'Press', custom_id: customId };
  const message = await bot.client.rest.post(Routes.channelMessages(TRAINING_CHANNEL_ID), {
    body: { content: 'old', allowed_mentions: { parse: [] }, components: [{ type: ComponentType.ActionRow, components: [button] }] },
  });
  return message as { id: string };
}

async function answerTo(customId: string): Promise<string> {
  const handle = await mira().click(await buttonWith(customId), 'Press');
  const message = await handle.message();
  expect(message.ephemeral).toBe(true);
  return allText(message.components);
}

describe('complaint 3: an interaction that fails because work came before the acknowledgement', () => {
  it('is acknowledged in time for every command at once while the database does not answer, and the bot goes on', async () => {
    // Nobody listens there, so every read waits until it is given up.
    const connection = createConnection();
    const slow = await startTestBot({ database: connection, databaseDown: true, prefix: 'bot-slow-' });
    try {
      const user = slow.driver.user('mira');
      const given = { id: 'Cats', image: '1', name: 'x', user: USERS.mira.id, points: 1, reason: 'x' } as const;
      const paths = (await commandsOf(slow)).map(({ path, required }) => ({ path, options: Object.fromEntries(Object.entries(given).filter(([name]) => required.includes(name))) }));
      expect(paths.length).toBeGreaterThan(20);
      const handles = await Promise.all(paths.map(({ path, options }) => user.slash(path, options)));
      for (const handle of handles) {
        const seen = await handle.waitFor((one) => one.acknowledgedAt !== undefined || one.failure !== undefined);
        expect([seen.label, seen.failure]).toEqual([seen.label, undefined]);
        expect((seen.acknowledgedAt ?? Infinity) - seen.createdAt).toBeLessThan(3_000);
      }
      expect((await handles[0]?.message({ timeoutMs: 15_000 }))?.ephemeral).toBe(true);
    } finally {
      await slow.close();
      await connection.close();
    }
  }, 30_000);
});

/** The chat commands that Discord knows of, with the options each needs. */
async function commandsOf({ driver }: TestBot): Promise<{ path: string; required: string[] }[]> {
  const all = Object.values(await driver.commands()).flat().filter(({ type }) => type === 1);
  return all.flatMap(({ name, options }) => {
    const subcommands = options.filter(({ type }) => type === 1);
    const needs = (list: typeof options): string[] => list.filter(({ required }) => required === true).map((option) => option.name);
    return subcommands.length === 0 ? [{ path: name, required: needs(options) }] : subcommands.map((sub) => ({ path: `${name} ${sub.name}`, required: needs(sub.options ?? []) }));
  });
}

describe('the router', () => {
  it('answers buttons it does not know, of other versions and damaged ones, privately and kindly', async () => {
    expect(await answerTo('v0:start:x')).toContain('older version');
    expect(await answerTo('v1:no-such-route:x')).toContain('older version');
    expect(await answerTo('train:create')).toContain('not known here');
    expect(await answerTo('v1:cancel:a:b')).toContain('damaged');
  });

  it('does not take the id in a button for a right', async () => {
    for (const route of ['cancel-ask', 'download', 'again', 'quote']) expect(await answerTo(`v1:${route}:${randomUUID()}`)).toMatch(/not one of your/);
  });

  it('answers every act with exactly one acknowledgement', async () => {
    await (await mira().slash('train list')).message();
    await (await mira().slash('points balance')).message();
    const callbacks = (await bot.driver.calls()).filter(({ path }) => path.endsWith('/callback'));
    const perInteraction = new Map<string, number>();
    for (const { path } of callbacks) perInteraction.set(path, (perInteraction.get(path) ?? 0) + 1);
    expect([...perInteraction.values()].every((count) => count === 1)).toBe(true);
    expect(callbacks.length).toBeGreaterThan(6);
    expect(await bot.driver.violations()).toEqual([]);
  });

  it('tells of an unexpected error with a reference and nothing else', async () => {
    // What no code of ours writes: a dataset without images.
    const broken = { _id: randomUUID(), owner: `discord:${USERS.jonas.id}`, name: 'Broken' };
    await database.connection.collection<{ _id: string }>('datasets').insertOne(broken);
    const handle = await bot.driver.user('jonas').slash('train list');
    const text = allText((await handle.message()).components);
    expect(text).toContain(`reference: \`${referenceOf(handle.id)}\``);
    expect(text).not.toMatch(/size|Mongo|Error/);
  });

  it('has a callback for each command that Discord knows of', async () => {
    const registered = Object.values(await bot.driver.commands()).flat();
    expect(registered.map(({ name }) => name).sort()).toEqual([...COMMANDS.keys(), ...MESSAGE_COMMANDS.keys()].sort());
    for (const { name, options } of registered) {
      const handled = [...(COMMANDS.get(name)?.keys() ?? [])];
      if (handled.some((subcommand) => subcommand !== '')) expect(options.map((option) => option.name)).toEqual(handled);
    }
  });
});
