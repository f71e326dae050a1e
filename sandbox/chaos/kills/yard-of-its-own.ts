import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../config.js';
import { openYardAccess, type YardAccess } from '../../demo/access.js';
import { drawPictures } from '../../demo/pictures/draw-pictures.js';
import { createPlayer } from '../../demo/player.js';
import { silentTranscript } from '../../demo/transcript.js';
import type { PersonName } from '../../discord/people.js';
import { createYard, type Yard } from '../../yard/yard.js';

/** A yard of real processes with servers of its own, in a folder that goes with it. */
export interface OwnYard {
  readonly yard: Yard;
  readonly access: YardAccess;
  close(): Promise<void>;
}

export const HEARTBEAT_MS = 5_000;
export const SHUTDOWN_GRACE_MS = 1_000;
export const WELCOME_POINTS = 10_000_000;

/** What takes minutes in a yard in use takes seconds here; the ratios stay. */
const SETTINGS = {
  HEARTBEAT_TIMEOUT: `${HEARTBEAT_MS}ms`, SHUTDOWN_GRACE: `${SHUTDOWN_GRACE_MS}ms`, WELCOME_POINTS: String(WELCOME_POINTS), MAX_OPEN_RUNS: '4',
  POLL_INTERVAL: '500ms', SUBMIT_RETRY_INTERVAL: '500ms', CARD_EDIT_INTERVAL: '1s', NODE_REPORT_INTERVAL: '2s', SETTLE_INTERVAL: '3s', SETTLE_GRACE: '3s',
  STAND_IN_STEP_MS: '6', STAND_IN_KEEP_TRUTH: '1', LOG_LEVEL: 'warn',
};
const GIVEN = ['DISCORD_TOKEN', 'DISCORD_TOKEN_FILE', 'COMFYUI_NODES', 'MONGODB_URI', 'MONGODB_URI_FILE', 'TEMPORAL_ADDRESS'] as const;

export async function openOwnYard(say: (line: string) => void, line: (label: string, text: string) => void): Promise<OwnYard> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-kills-'));
  const env = { ...environment(), ...Object.fromEntries(GIVEN.map((name) => [name, undefined])), ...SETTINGS };
  const yard = await createYard({ dataDir: folder, env, ports: 'free', say, line });
  try {
    const access = await openYardAccess(yard.state);
    return {
      yard,
      access,
      async close() {
        await access.close();
        await stop(yard, folder);
      },
    };
  } catch (error) {
    await stop(yard, folder);
    throw error;
  }
}

async function stop(yard: Yard, folder: string): Promise<void> {
  await yard.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

const PICTURES = 4;

/** Makes datasets for a person, picture by picture through the bot. */
export async function createDatasets(access: YardAccess, person: PersonName, count: number): Promise<readonly string[]> {
  const player = createPlayer(access, person, silentTranscript);
  const pictures = (await drawPictures()).slice(0, PICTURES);
  const ids: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const id = await player.createDataset(`${person} ${number}`);
    await player.uploadRest(id, pictures);
    ids.push(id);
  }
  return ids;
}
