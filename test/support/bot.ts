import { Client as TemporalClient, Connection as TemporalConnection } from '@temporalio/client';
import type { Client } from 'discord.js';
import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import { COMMAND_BODIES, COMMANDS, MESSAGE_COMMANDS } from '../../bot/commands/index.js';
import { COMPONENTS } from '../../bot/components/index.js';
import { deployCommands } from '../../bot/deploy.js';
import { createGateway, listen, login, type GatewayOptions } from '../../bot/gateway.js';
import { openServices, type ServiceConfig } from '../../bot/open-services.js';
import { createRouter } from '../../bot/router.js';
import type { Services } from '../../bot/services.js';
import { createRedaction, secretsOf } from '../../domain/secrets.js';
import { createProcessLog } from '../../workers/process-log.js';
import { createYard } from '../../bot/yard.js';
import type { Recipe } from '../../domain/recipes.js';
import { createDiscordDriver, type DiscordDriver } from '../../sandbox/discord/driver/driver.js';
import { createDiscordStandIn, type DiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { CANARIES } from './canaries.js';
import { watchForLeaks, watchTexts } from './leak-watch.js';
import { aRecipe } from './recipe.js';
import { testTemporalAddress } from './temporal.js';

export interface TestBot {
  readonly standIn: DiscordStandIn;
  readonly driver: DiscordDriver;
  readonly services: Services;
  readonly client: Client;
  /** Resolves when no interaction is being handled. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

export interface TestBotOptions {
  readonly database: Connection;
  readonly recipes?: readonly Recipe[];
  readonly config?: Partial<ServiceConfig>;
  /** The connection leads nowhere. */
  readonly databaseDown?: boolean;
  /** Another address than the one of this run's server, for a Temporal that is down. */
  readonly temporalAddress?: string;
  readonly log?: Logger;
  /** One that stands already, with the way to its REST when that is not the direct one. It is stopped with the bot. */
  readonly discord?: { readonly standIn: DiscordStandIn; readonly apiUrl: string; readonly limits?: GatewayOptions['limits'] };
  /** Its tasks wait on queues of this prefix: suites share a server. */
  readonly prefix: string;
}

const CONFIG: ServiceConfig = {
  OPERATORS: [],
  HOME_GUILD_ID: undefined,
  OPERATOR_ROLE_ID: undefined,
  WELCOME_POINTS: 5_000,
  PRICE_FACTOR: 1,
  POINTS_HELP: undefined,
  QUOTE_TTL: 900_000,
  DATASET_IMAGE_LIMIT: 100,
  PUBLIC_URL: undefined,
  WEB_HOST: '127.0.0.1',
  WEB_PORT: 8080,
  DOWNLOAD_SECRET: CANARIES.DOWNLOAD_SECRET,
  DOWNLOAD_TTL: 3_600_000,
};

/** The real bot in this process, on the stand-in of Discord, the given database and this run's Temporal server. No workers. */
export async function startTestBot({ database, recipes = [aRecipe()], config, temporalAddress = testTemporalAddress(), databaseDown = false, log: own, discord, prefix }: TestBotOptions): Promise<TestBot> {
  const standIn = discord?.standIn ?? await createDiscordStandIn();
  const logged = watchForLeaks('logs');
  const log = own ?? createProcessLog('bot', 'trace', createRedaction([...secretsOf(CANARIES), standIn.token]), { write: logged.see });
  const temporal = TemporalConnection.lazy({ address: temporalAddress, connectTimeout: '1 second' });
  const yard = createYard(new TemporalClient({ connection: temporal, namespace: 'default' }), prefix);
  const opened = openServices({ connection: database, recipes: new Map(recipes.map((recipe) => [recipe.id, recipe])), yard, config: { ...CONFIG, ...config }, log });
  if (!databaseDown) await opened.ensureIndexes();
  const client = createGateway({ apiUrl: discord?.apiUrl ?? standIn.apiUrl, limits: discord?.limits, log, onUnauthorized: () => undefined });
  const listening = listen(client, createRouter({ services: opened.services, commands: COMMANDS, messageCommands: MESSAGE_COMMANDS, components: COMPONENTS }), log);
  const ready = await login(client, standIn.token);
  await deployCommands(ready.rest, ready.application.id, COMMAND_BODIES);
  const driver = createDiscordDriver(standIn.controlUrl);
  return {
    standIn,
    driver,
    services: opened.services,
    client,
    drained: () => listening.drained(),
    close: async () => {
      const told = await watchTexts(driver);
      await client.destroy();
      await temporal.close();
      await standIn.stop();
      await Promise.all([logged.close(), told.close()]);
    },
  };
}

