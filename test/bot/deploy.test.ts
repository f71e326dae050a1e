import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { REST, Routes } from 'discord.js';
import { diffCommands } from '../../bot/command-diff.js';
import { commandBodies, COMMAND_BODIES } from '../../bot/commands/index.js';
import { runDeployment } from '../../bot/deploy-cli.js';
import { createDiscordDriver, type DiscordDriver } from '../../sandbox/discord/driver/driver.js';
import { APPLICATION_ID, GUILD_ID } from '../../sandbox/discord/people.js';
import { createDiscordStandIn, type DiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { pseudoTexts } from '../support/pseudo-texts.js';

let standIn: DiscordStandIn;
let driver: DiscordDriver;
let rest: REST;

// A stand-in for each: Discord lets commands be written five times in 20 s.
beforeEach(async () => {
  standIn = await createDiscordStandIn();
  driver = createDiscordDriver(standIn.controlUrl);
  rest = new REST({ api: standIn.apiUrl }).setToken(standIn.token);
});

afterEach(() => standIn.stop());

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

async function deploy(args: readonly string[] = [], env: Record<string, string> = { DISCORD_TOKEN: standIn.token, DISCORD_API_URL: standIn.apiUrl }): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await runDeployment(args, env, { out: (lines) => out.push(lines), err: (lines) => err.push(lines) });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}

async function writes(): Promise<string[]> {
  return (await driver.calls()).filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
}

describe('npm run deploy-commands', () => {
  it('defect 9: says what it adds and registers it; the second time it has nothing to change and writes nothing', async () => {
    const first = await deploy();
    expect(first).toMatchObject({ exitCode: 0, err: '' });
    for (const { name } of COMMAND_BODIES) expect(first.out).toContain(`+ ${name}`);
    expect(first.out).toContain(`Registered ${COMMAND_BODIES.length} commands everywhere.`);
    expect(await writes()).toHaveLength(1);
    await driver.reset();
    expect(await deploy()).toMatchObject({ exitCode: 0, out: `Nothing to change: the ${COMMAND_BODIES.length} commands are registered everywhere.` });
    expect(await writes()).toEqual([]);
  });

  it('names what changed by command and field, and leaves the ids of the other commands as they were', async () => {
    const [first, second, ...others] = COMMAND_BODIES;
    if (first === undefined || second === undefined) throw new Error('Expected two commands.');
    await rest.put(Routes.applicationCommands(APPLICATION_ID), { body: [{ ...first, description: 'Old words' }, ...others, { name: 'gone', description: 'Not ours any more' }] });
    const before = (await driver.commands())['global'] ?? [];
    await driver.reset();
    const { out } = await deploy();
    expect(out).toContain(`~ ${first.name}: description "Old words" -> `);
    expect(out).toContain(`+ ${second.name}`);
    expect(out).toContain('- gone');
    expect(out.split('\n')).toHaveLength(4);
    const after = (await driver.commands())['global'] ?? [];
    for (const { name, id } of before.filter((command) => command.name !== 'gone')) expect(after.find((command) => command.name === name)?.id).toBe(id);
  });

  it('only says so in a dry run', async () => {
    const { exitCode, out } = await deploy(['--dry-run']);
    expect(exitCode).toBe(0);
    expect(out).toContain('+ train');
    expect(out).toContain('Nothing was changed');
    expect(await writes()).toEqual([]);
  });

  it('registers in one server when asked to', async () => {
    expect((await deploy(['--guild', GUILD_ID])).out).toContain(`in server ${GUILD_ID}`);
    const commands = await driver.commands();
    expect(commands[GUILD_ID]?.map(({ name }) => name)).toEqual(COMMAND_BODIES.map(({ name }) => name));
    expect(commands['global'] ?? []).toEqual([]);
  });

  it.each([
    ['no token', [], {}, 'DISCORD_TOKEN'],
    ['an unknown wish', ['--gild', '1'], undefined, '--guild <id>'],
    ['a server that is no id', ['--guild', 'cats'], undefined, '--guild <id>'],
  ] as const)('ends with 78 and says what is wrong: %s', async (_what, args, env, sentence) => {
    const { exitCode, err } = await deploy(args, env);
    expect(exitCode).toBe(78);
    expect(err).toContain(sentence);
  });

  it('ends with 1 and Discord’s reason when Discord refuses, and tells no secret', async () => {
    const foreign = await deploy(['--guild', '1180430915223559999']);
    expect(foreign).toMatchObject({ exitCode: 1 });
    expect(foreign.err).toContain('Discord refused: Missing Access (HTTP 403, code 50001)');
    const badToken = await deploy([], { DISCORD_TOKEN: 'bm9ib2R5.secret.y', DISCORD_API_URL: standIn.apiUrl });
    expect(badToken.exitCode).toBe(1);
    expect(badToken.err).not.toContain('secret');
    expect((await deploy([], { DISCORD_TOKEN: standIn.token, DISCORD_API_URL: 'http://127.0.0.1:9/api' })).exitCode).toBe(1);
  }, 30_000);
});

describe('the difference of commands', () => {
  const command = { name: 'a', description: 'A', options: [{ type: 3, name: 'x', description: 'X', required: true }, { type: 3, name: 'y', description: 'Y' }] };

  it('is none for what Discord fills in or gives back in another order', () => {
    const back = { id: '1', version: '2', application_id: '3', type: 1, nsfw: false, name_localizations: null, dm_permission: true, ...command, options: command.options.map((option) => ({ required: false, ...option })) };
    expect(diffCommands([back], [command])).toEqual([]);
  });

  it.each([
    ['another word', { ...command, description: 'B' }, [{ path: 'a', field: 'description' }]],
    ['an option that is required now', { ...command, options: command.options.map((option) => ({ ...option, required: true })) }, [{ path: 'a y', field: 'required' }]],
    ['another order of options', { ...command, options: [...command.options].reverse() }, [{ path: 'a', field: 'order of options' }]],
    ['an option less', { ...command, options: command.options.slice(0, 1) }, [{ kind: 'removed', path: 'a y' }]],
    ['another language', { ...command, description_localizations: { de: 'Ä' } }, [{ path: 'a', field: 'description_localizations' }]],
    ['an option of another type', { ...command, options: [command.options[0], { type: 4, name: 'y', description: 'Y' }] }, [{ kind: 'added', path: 'a y' }, { kind: 'removed', path: 'a y' }]],
  ])('is found: %s', (_what, wanted, changes) => {
    expect(diffCommands([command], [wanted])).toMatchObject(changes);
  });
});

describe('a second language', () => {
  it('reaches every description and choice of every command without a change to any', () => {
    const bodies = commandBodies({ de: pseudoTexts('⟦', '⟧') });
    const missing: string[] = [];
    const look = (item: object, path: string): void => {
      const said = item as { name: string; description?: string; description_localizations?: Record<string, string>; name_localizations?: Record<string, string>; options?: object[]; choices?: object[] };
      const words = said.description === undefined ? said.name_localizations : said.description_localizations;
      if (words?.['de']?.startsWith('⟦') !== true) missing.push(`${path} ${said.name}`);
      for (const inside of [...(said.options ?? []), ...(said.choices ?? [])]) look(inside, `${path} ${said.name}`);
    };
    for (const body of bodies) look(body, '');
    expect(missing).toEqual([]);
  });
});
