import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { secretsOf } from '../domain/secrets.js';
import { readSettings, type SettingsOutcome, type SettingValues } from '../domain/settings.js';

const NAMES = ['MONGODB_URI', 'WEB_HOST', 'WEB_PORT', 'PUBLIC_URL', 'DOWNLOAD_SECRET', 'DOWNLOAD_TTL', 'LOG_LEVEL', 'SHUTDOWN_GRACE', 'TEMPORAL_NAMESPACE', 'TASK_QUEUE_PREFIX'] as const;
const REQUIRED = ['MONGODB_URI', 'DOWNLOAD_SECRET'] as const;

export type WebConfig = SettingValues<(typeof NAMES)[number], (typeof REQUIRED)[number]>;

export function readWebConfig(env: Readonly<Record<string, string | undefined>>): SettingsOutcome<WebConfig> {
  return readSettings(env, NAMES, { required: REQUIRED, readFile: (path) => readFileSync(path, 'utf8') });
}

export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** What no log or error text may hold. */
export function webSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  const { apiKey } = loadClientConnectConfig().connectionOptions;
  return [...secretsOf(env, (path) => readFileSync(path, 'utf8')), ...(typeof apiKey === 'string' ? [apiKey] : [])];
}

/** Where the Temporal server is, from the environment or its own configuration file. */
export function temporalConnectionOptions(): Pick<ConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'> {
  const { address, tls, apiKey, metadata } = loadClientConnectConfig().connectionOptions;
  return {
    ...(address === undefined ? {} : { address }),
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** As the workers read it: Temporal's own configuration file comes before the setting. */
export function temporalNamespace({ TEMPORAL_NAMESPACE }: Pick<WebConfig, 'TEMPORAL_NAMESPACE'>): string {
  return loadClientConnectConfig().namespace ?? TEMPORAL_NAMESPACE;
}
