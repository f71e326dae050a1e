import type { Connection } from 'mongoose';
import type { Recipe } from '../domain/recipes.js';
import { createBlobs } from '../models/blobs.js';
import { createDatasets } from '../models/datasets.js';
import { createDownloadLinks } from '../models/download-links.js';
import { createInteractions } from '../models/interactions.js';
import { createLoras } from '../models/loras.js';
import { createNodes } from '../models/nodes.js';
import { createPointsLedger } from '../models/points-ledger.js';
import { createPreferences } from '../models/preferences.js';
import { createQuotes } from '../models/quotes.js';
import { createRuns } from '../models/runs.js';
import type { BotConfig } from './config.js';
import type { Log } from './log.js';
import type { Services, Yard } from './services.js';

export interface ServiceParts {
  readonly connection: Connection;
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly yard: Yard;
  readonly config: ServiceConfig;
  readonly log: Log;
}

export type ServiceConfig = Pick<
  BotConfig,
  | 'OPERATORS' | 'HOME_GUILD_ID' | 'OPERATOR_ROLE_ID' | 'WELCOME_POINTS' | 'PRICE_FACTOR' | 'POINTS_HELP' | 'QUOTE_TTL' | 'DATASET_IMAGE_LIMIT'
  | 'PUBLIC_URL' | 'WEB_HOST' | 'WEB_PORT' | 'DOWNLOAD_SECRET' | 'DOWNLOAD_TTL'
>;

export interface OpenedServices {
  readonly services: Services;
  /** The unique indexes carry promises; they are made before the bot writes anything. */
  ensureIndexes(): Promise<void>;
}

/** Everything the commands use, over one connection. */
export function openServices({ connection, recipes, yard, config, log }: ServiceParts): OpenedServices {
  const models = {
    blobs: createBlobs(connection),
    datasets: createDatasets(connection),
    runs: createRuns(connection),
    quotes: createQuotes(connection),
    points: createPointsLedger(connection),
    loras: createLoras(connection),
    preferences: createPreferences(connection),
    interactions: createInteractions(connection),
    nodes: createNodes(connection),
  };
  return {
    services: {
      ...models,
      recipes,
      yard,
      downloadLinks: createDownloadLinks({
        baseUrl: config.PUBLIC_URL ?? `http://${config.WEB_HOST}:${config.WEB_PORT}`,
        secret: config.DOWNLOAD_SECRET,
        ttlMs: config.DOWNLOAD_TTL,
      }),
      settings: {
        operators: config.OPERATORS,
        homeGuildId: config.HOME_GUILD_ID,
        operatorRoleId: config.OPERATOR_ROLE_ID,
        welcomePoints: config.WELCOME_POINTS,
        priceFactor: config.PRICE_FACTOR,
        pointsHelp: config.POINTS_HELP,
        quoteTtlMs: config.QUOTE_TTL,
        imagesPerDataset: config.DATASET_IMAGE_LIMIT,
      },
      log,
      hasDatabase: () => connection.db !== undefined,
      now: () => new Date(),
    },
    ensureIndexes: async () => {
      for (const model of Object.values(models)) await model.ensureIndexes();
    },
  };
}
