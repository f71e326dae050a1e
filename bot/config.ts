import { readFileSync } from 'node:fs';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ConnectionOptions } from '@temporalio/client';
import { secretsOf } from '../domain/secrets.js';
import { readSettings, type SettingsOutcome, type SettingValues } from '../domain/settings.js';

const NAMES = [
  'MONGODB_URI',
  'TASK_QUEUE_PREFIX',
  'DISCORD_TOKEN',
  'DISCORD_API_URL',
  'OPERATORS',
  'HOME_GUILD_ID',
  'OPERATOR_ROLE_ID',
  'WELCOME_POINTS',
  'PRICE_FACTOR',
  'POINTS_HELP',
  'QUOTE_TTL',
  'DATASET_IMAGE_LIMIT',
  'PUBLIC_URL',
  'WEB_HOST',
  'WEB_PORT',
  'DOWNLOAD_SECRET',
  'DOWNLOAD_TTL',
  'LOG_LEVEL',
  'SHUTDOWN_GRACE',
] as const;
const REQUIRED = ['MONGODB_URI', 'DISCORD_TOKEN', 'DOWNLOAD_SECRET'] as const;

export type BotConfig = SettingValues<(typeof NAMES)[number], (typeof REQUIRED)[number]>;

export function readBotConfig(env: Readonly<Record<string, string | undefined>>): SettingsOutcome<BotConfig> {
  return readSettings(env, NAMES, { required: REQUIRED, readFile: (path) => readFileSync(path, 'utf8') });
}

/** What no log or error text may hold. */
export function botSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  const { apiKey } = loadClientConnectConfig().connectionOptions;
  return [...secretsOf(env, (path) => readFileSync(path, 'utf8')), ...(typeof apiKey === 'string' ? [apiKey] : [])];
}

const DEPLOY_NAMES = ['DISCORD_TOKEN', 'DISCORD_API_URL'] as const;

export type DeployConfig = SettingValues<(typeof DEPLOY_NAMES)[number], 'DISCORD_TOKEN'>;

export function readDeployConfig(env: Readonly<Record<string, string | undefined>>): SettingsOutcome<DeployConfig> {
  return readSettings(env, DEPLOY_NAMES, { required: ['DISCORD_TOKEN'], readFile: (path) => readFileSync(path, 'utf8') });
}

export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

export interface TemporalConfig {
  readonly connectionOptions: Pick<ConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'>;
  readonly namespace: string;
}

/** Address, TLS and API key of the Temporal server, from the environment or its own configuration file. */
export function readTemporalConfig(): TemporalConfig {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const { address, tls, apiKey, metadata } = connectionOptions;
  return {
    connectionOptions: {
      ...(address === undefined ? {} : { address }),
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    },
    namespace: namespace ?? 'default',
  };
}
