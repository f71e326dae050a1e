import { openYardAccess } from '../sandbox/demo/access.js';
import { createPlayer } from '../sandbox/demo/player.js';
import type { Access, Player } from '../sandbox/demo/player.js';
import { silentTranscript } from '../sandbox/demo/transcript.js';
import { USERS } from '../sandbox/discord/people.js';
import { trainRunIdOf } from '../domain/workflow-names.js';
import { drawNoise } from './pictures.js';
import { withYard } from './scene.js';
import type { Scene } from './scene.js';

export interface MeasuredClicks {
  readonly pairs: number;
  /** Runs that came of them, and holds of points: one each per pair. */
  readonly runs: number;
  readonly holds: number;
  /** Presses that ended in "This interaction failed" or in no words at all. */
  readonly unanswered: number;
  readonly tookMs: number;
}

const PAIRS = 1_000;
const AT_ONCE = 20;
const IMAGES = 4;
const ANSWER_MS = 60_000;
const OPEN_MS = 60_000;

/**
 * A thousand double clicks through the real bot, workers, Temporal and MongoDB: each pair is two presses of one button at the same
 * time. Every lane has a dataset of its own; its run is ended before the next, since one dataset has one open run.
 */
export async function measureClicks(scene: Scene): Promise<MeasuredClicks> {
  return withYard(scene, 'clicks', { WELCOME_POINTS: '1000000000', MAX_OPEN_RUNS: '50', SETTLE_INTERVAL: '1h' }, async (yard) => {
    const access = await openYardAccess(yard.state);
    try {
      for (const { control } of access.nodes) await control.down(true);
      return await clickThrough(scene, access);
    } finally {
      await access.close();
    }
  });
}

async function clickThrough(scene: Scene, access: Access): Promise<MeasuredClicks> {
  const player = createPlayer(access, 'mira', silentTranscript);
  const lanes: Lane[] = [];
  const pictures = await drawNoise(IMAGES, 60);
  for (let lane = 0; lane < AT_ONCE; lane += 1) {
    const datasetId = await player.createDataset(`lane ${String(lane).padStart(2, '0')}`);
    await player.uploadRest(datasetId, pictures);
    // A channel for each lane: Discord takes five messages in five seconds in one.
    lanes.push({ datasetId, channel: await access.driver.change({ kind: 'create-channel', name: `lane-${lane}` }) });
  }
  const startedAt = performance.now();
  let begun = 0;
  let unanswered = 0;
  const runIds: string[] = [];
  await Promise.all(lanes.map(async (lane) => {
    while (begun < PAIRS) {
      begun += 1;
      if (begun % 100 === 0) scene.say(`Pair ${begun} of ${PAIRS}.`);
      const { runId, failed } = await doubleClick(access, player, lane);
      runIds.push(runId);
      unanswered += failed;
    }
  }));
  const tookMs = Math.round(performance.now() - startedAt);
  const runs = await access.mongo.collection('runs').countDocuments({ status: { $ne: 'refused' } });
  const holds = await access.mongo.collection('points_entries').countDocuments({ account: `discord:${USERS.mira.id}`, kind: 'hold' });
  return { pairs: new Set(runIds).size, runs, holds, unanswered, tookMs };
}

interface Lane {
  readonly datasetId: string;
  readonly channel: string;
}

async function doubleClick(access: Access, player: Player, { datasetId, channel }: Lane): Promise<{ runId: string; failed: number }> {
  const asked = await player.user.slash('train start', { id: datasetId, recipe: 'sd15-lora', steps: 100, card: 'here' }, { channel });
  const offer = await asked.message({ timeoutMs: ANSWER_MS });
  const runId = await player.runIdOf(offer);
  const handles = await Promise.all([player.user.click(offer, 'Start training'), player.user.click(offer, 'Start training')]);
  let failed = 0;
  for (const handle of handles) {
    const seen = await handle.waitFor((one) => one.failure !== undefined || one.updated !== undefined || one.messages.length > 0, { timeoutMs: ANSWER_MS });
    if (seen.failure !== undefined) failed += 1;
  }
  const holdKey = `hold:${runId}`;
  await access.driver.waitFor(async () => (await access.mongo.collection('points_entries').countDocuments({ key: holdKey })) > 0, { timeoutMs: OPEN_MS, what: 'the points to be held' });
  await access.client.workflow.getHandle(trainRunIdOf(runId)).cancel();
  await access.driver.waitFor(async () => (await access.mongo.collection('runs').countDocuments({ datasetId, open: true })) === 0, { timeoutMs: OPEN_MS, what: 'the run to end' });
  return { runId, failed };
}
