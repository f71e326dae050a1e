import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../config.js';
import { openYardAccess } from '../../demo/access.js';
import type { YardAccess } from '../../demo/access.js';
import type { PartSpec } from '../../yard/part.js';
import { createYard } from '../../yard/yard.js';
import type { Yard } from '../../yard/yard.js';
import type { Watch } from '../wire/hop.js';
import { openHops } from './hops-of-a-part.js';
import type { Hops } from './hops-of-a-part.js';

/** A yard of real processes with servers of its own, whose every call to the outside can be stopped at. */
export interface PointsYard {
  readonly yard: Yard;
  readonly access: YardAccess;
  close(): Promise<void>;
}

export interface PointsYardOptions {
  readonly watchOf: (caller: string, target: string) => Watch;
  readonly settings?: Readonly<Record<string, string>>;
  readonly line: (label: string, text: string) => void;
}

/** The parts whose calls are ours; the rest are what they call. */
export const CALLERS = ['yard', 'images', 'gpu', 'discord', 'bot', 'web'] as const;
export type Caller = (typeof CALLERS)[number];

export const HEARTBEAT_MS = 2_000;
/** How long a step waits for the worker of its node before somebody looks whether there is one. */
export const UNSERVED_MS = 20_000;
/** Points enough for every case there is. */
export const WELCOME_POINTS = 100_000_000;

/** What takes minutes in a yard in use takes seconds here; the order of the limits stays. */
const SETTINGS = {
  HEARTBEAT_TIMEOUT: `${HEARTBEAT_MS}ms`, NODE_QUEUE_UNSERVED_LIMIT: `${UNSERVED_MS}ms`, SHUTDOWN_GRACE: '1s', WELCOME_POINTS: String(WELCOME_POINTS), MAX_OPEN_RUNS: '50',
  POLL_INTERVAL: '200ms', SUBMIT_RETRY_INTERVAL: '300ms', CARD_EDIT_INTERVAL: '300ms', NODE_REPORT_INTERVAL: '1s', SETTLE_INTERVAL: '2s', SETTLE_GRACE: '3s',
  STAND_IN_STEP_MS: '5', STAND_IN_KEEP_TRUTH: '1', LOG_LEVEL: 'warn',
};
const GIVEN = ['DISCORD_TOKEN', 'DISCORD_TOKEN_FILE', 'COMFYUI_NODES', 'MONGODB_URI', 'MONGODB_URI_FILE', 'TEMPORAL_ADDRESS', 'ATTACHMENT_ORIGINS'] as const;

export async function openPointsYard({ watchOf, settings = {}, line }: PointsYardOptions): Promise<PointsYard> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-points-'));
  const hops = await openHops(watchOf);
  const closeAround = async (): Promise<void> => {
    await hops.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const env = { ...environment(), ...Object.fromEntries(GIVEN.map((name) => [name, undefined])), ...SETTINGS, ...settings, STAND_IN_ORIGIN: hops.discordOrigin };
    const yard = await createYard({ dataDir: folder, env, ports: 'free', say: () => undefined, line, startedAs: (spec) => startedAs(spec, hops) });
    const access = await openYardAccess(yard.state);
    return {
      yard,
      access,
      async close() {
        await access.close();
        yard.end();
        await yard.stop();
        await closeAround();
      },
    };
  } catch (error) {
    await closeAround();
    throw error;
  }
}

async function startedAs(spec: PartSpec, hops: Hops): Promise<PartSpec> {
  if (spec.name === 'discord-stand-in') hops.discordListensAt(Number(spec.env['STAND_IN_PORT']));
  const isCaller = (CALLERS as readonly string[]).includes(spec.name);
  return { ...spec, ...(isCaller ? { env: await hops.around(spec.name, spec.env) } : {}) };
}
