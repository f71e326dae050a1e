import { readFileSync } from 'node:fs';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { secretsOf } from '../domain/secrets.js';
import { parentWatched, readSettings } from '../domain/settings.js';
import type { SettingValues } from '../domain/settings.js';

export const ROLES = ['yard', 'images', 'gpu', 'discord'] as const;
export type Role = (typeof ROLES)[number];

const NAMES = [
  'MONGODB_URI', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TASK_QUEUE_PREFIX', 'LOG_LEVEL',
  'DISCORD_TOKEN', 'DISCORD_API_URL', 'OPS_CHANNEL_ID', 'TEMPORAL_UI_URL', 'ATTACHMENT_ORIGINS', 'UPLOAD_MAX_BYTES', 'DATASET_IMAGE_LIMIT',
  'COMFYUI_NODES', 'COMFYUI_HEADERS', 'SD15_BASE_MODEL', 'SDXL_BASE_MODEL',
  'PRICE_FACTOR', 'MAX_OPEN_RUNS', 'POINTS_HELP', 'PUBLIC_URL', 'WEB_HOST', 'WEB_PORT', 'DOWNLOAD_SECRET', 'DOWNLOAD_TTL',
  'HEARTBEAT_TIMEOUT', 'QUEUE_WAIT_LIMIT', 'TRAINING_LIMIT', 'FIRST_STEP_LIMIT', 'STALL_LIMIT', 'NODE_QUEUE_UNSERVED_LIMIT',
  'SUBMIT_RETRY_INTERVAL', 'POLL_INTERVAL', 'NODE_REPORT_INTERVAL', 'SETTLE_INTERVAL', 'SETTLE_GRACE', 'CARD_EDIT_INTERVAL', 'CARD_SLOW_INTERVAL', 'ATTACH_MAX_BYTES',
  'ANNOUNCE_LIMIT', 'LOST_AFTER_READS', 'SHUTDOWN_GRACE',
] as const;

const REQUIRED = {
  yard: ['MONGODB_URI'],
  images: ['MONGODB_URI'],
  gpu: ['MONGODB_URI', 'COMFYUI_NODES'],
  discord: ['MONGODB_URI', 'DISCORD_TOKEN'],
} as const satisfies Record<Role, readonly (typeof NAMES)[number][]>;

export type WorkerSettings = SettingValues<(typeof NAMES)[number], 'MONGODB_URI'>;

export interface WorkerConfig {
  readonly role: Role;
  readonly settings: WorkerSettings;
  /** Address, TLS and API key of the Temporal server, from the environment or its own configuration file. */
  readonly temporal: ClientConnectConfig;
  /** Ends the process when its standard input closes: set by the supervisor of `npm start`, so that nothing outlives it. */
  readonly watchParent: boolean;
  /** What no log, payload or error text may hold. */
  readonly secrets: readonly string[];
}

/** Reads a worker's configuration, with all problems at once; a secret is never part of a problem. */
export function readWorkerConfig(role: Role, env: NodeJS.ProcessEnv = process.env): WorkerConfig | { readonly problems: readonly string[] } {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const read = readSettings(env, NAMES, { required: REQUIRED[role], readFile });
  if (read.kind === 'problems') return { problems: read.problems };
  const temporal = loadClientConnectConfig({ overrideEnvVars: given(env) });
  const { apiKey } = temporal.connectionOptions;
  const secrets = [...secretsOf(env, readFile), ...(typeof apiKey === 'string' ? [apiKey] : [])];
  return { role, settings: read.values, temporal, watchParent: parentWatched(env), secrets };
}

function given(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
