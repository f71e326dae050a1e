import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { REST } from 'discord.js';
import { COMMAND_BODIES } from '../../bot/commands/index.js';
import { deployCommands } from '../../bot/deploy.js';
import { createComfyStandIn } from '../../sandbox/comfyui/stand-in.js';
import { environment } from '../../sandbox/config.js';
import { accessTo, type YardAccess } from '../../sandbox/demo/access.js';
import { APPLICATION_ID, USERS } from '../../sandbox/discord/people.js';
import { createDiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { freePort } from '../../sandbox/servers/free-port.js';
import { compiledCopy } from '../../sandbox/yard/compiled-copy.js';
import { nodeArgsOf } from '../../sandbox/yard/parts.js';
import { CANARIES } from './canaries.js';
import { openTestDatabase } from './database.js';
import { wrongdoings } from './discord-routes.js';
import { watchForLeaks, watchTexts } from './leak-watch.js';
import { endPart, startPart, type PartEnvironment, type PartOfTest } from './part-process.js';
import { testTemporalAddress } from './temporal.js';

const PARTS = ['yard', 'images', 'gpu', 'discord', 'bot', 'web'] as const;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export type PartName = (typeof PARTS)[number];

/** A yard whose parts are processes without a supervisor: nobody starts one again but the test. */
export interface PartsYard extends YardAccess {
  readonly env: PartEnvironment;
  readonly discordControlUrl: string;
  /** What Node is started with to be the part. */
  nodeArgs(name: PartName): readonly string[];
  part(name: PartName): PartOfTest;
  /** One more process of the same part, serving. */
  another(name: PartName): Promise<PartOfTest>;
  /** From here on this process is the part. */
  replace(name: PartName, by: PartOfTest): void;
  /** Starts the next process of a part that has ended; returns when it serves. */
  restart(name: PartName): Promise<void>;
}

export async function openPartsYard(settings: Readonly<Record<string, string>> = {}): Promise<PartsYard> {
  const dir = await mkdtemp(join(tmpdir(), 'trainyard-test-parts-'));
  const database = await openTestDatabase();
  const discord = await createDiscordStandIn();
  const node = await createComfyStandIn({ dir, name: 'node-a', stepMs: 1 });
  await deployCommands(new REST({ api: discord.apiUrl }).setToken(discord.token), APPLICATION_ID, COMMAND_BODIES);
  const prefix = `s${randomBytes(4).toString('hex')}/`;
  const port = await freePort();
  const env: PartEnvironment = {
    PATH: environment()['PATH'] ?? '',
    MONGODB_URI: database.uri,
    TEMPORAL_ADDRESS: testTemporalAddress(),
    TEMPORAL_CONFIG_FILE: join(ROOT, 'sandbox/yard/temporal-profile.toml'),
    TASK_QUEUE_PREFIX: prefix,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    ATTACHMENT_ORIGINS: discord.origin,
    COMFYUI_NODES: `node-a=${node.url}`,
    OPERATORS: `discord:${USERS.olga.id}`,
    ...CANARIES,
    WEB_PORT: String(port),
    CARD_EDIT_INTERVAL: '300ms', POLL_INTERVAL: '200ms', SUBMIT_RETRY_INTERVAL: '300ms', SETTLE_INTERVAL: '1h', LOG_LEVEL: 'trace',
    ...settings,
  };
  const programs = await compiledCopy(ROOT);
  const nodeArgs = (name: PartName): readonly string[] => nodeArgsOf(programs, name);
  const parts = new Map<PartName, PartOfTest>();
  const started: PartOfTest[] = [];
  const start = async (name: PartName): Promise<PartOfTest> => {
    const part = startPart(nodeArgs(name), env);
    started.push(part);
    await part.ready();
    return part;
  };
  const connection = await TemporalConnection.connect({ address: testTemporalAddress() });
  const client = new Client({ connection });
  const access = accessTo({
    mongo: database.connection, client, discordControlUrl: discord.controlUrl, webUrl: `http://127.0.0.1:${port}`, temporalUiUrl: undefined,
    nodes: [{ nodeId: 'node-a', url: node.url, controlUrl: node.controlUrl }],
  });
  const close = async (): Promise<void> => {
    const wrong = await wrongdoings(access.driver);
    const told = await watchTexts(access.driver);
    for (const part of started) await endPart(part);
    const printed = watchForLeaks('logs');
    for (const part of started) part.output.forEach(printed.see);
    await client.schedule.getHandle(`${prefix}settle-runs`).delete();
    await client.workflow.getHandle(`${prefix}keep-cards`).terminate('the test is over');
    await connection.close();
    await node.stop();
    await discord.stop();
    await database.close();
    await rm(dir, { recursive: true, force: true });
    await Promise.all([printed.close(), told.close()]);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  };
  await Promise.all(PARTS.map(async (name) => parts.set(name, await start(name))));
  await access.driver.waitForBot();
  return {
    ...access,
    env,
    discordControlUrl: discord.controlUrl,
    nodeArgs,
    part(name) {
      const part = parts.get(name);
      if (part === undefined) throw new Error(`Expected a part ${name}.`);
      return part;
    },
    another: start,
    replace: (name, by) => {
      parts.set(name, by);
    },
    async restart(name) {
      parts.set(name, await start(name));
      if (name === 'bot') await access.driver.waitForBot({ timeoutMs: 60_000 });
    },
    close,
  };
}
