import { createPlayer, waitForRow } from '../sandbox/demo/player.js';
import type { Access } from '../sandbox/demo/player.js';
import { silentTranscript } from '../sandbox/demo/transcript.js';
import type { PersonName } from '../sandbox/discord/people.js';
import { datasetOf, PEOPLE } from './discord-people.js';
import type { Datasets } from './discord-people.js';
import { spreadOf } from './figures.js';
import type { Spread } from './figures.js';

/** From the end of a job on its node to the notice in front of its owner. */
export interface MeasuredNotices extends Spread {
  readonly runs: number;
}

const RUNS = 21;
/** At this pace the node's own report is what the row knows: a run of half a second would end before anybody looked. */
const STEP_MS = 10;
const STEPS = 200;

/** Short runs one after the other for each person, so that nobody's channel meets Discord's limit of messages. */
export async function measureNotices(access: Access, datasets: Datasets): Promise<MeasuredNotices> {
  for (const { control } of access.nodes) await control.setStepMs(STEP_MS);
  const lanes = await Promise.all(PEOPLE.map(async (name) => {
    const figures: number[] = [];
    while (figures.length < RUNS / PEOPLE.length) figures.push(await noticeMsOfOne(access, name, datasetOf(datasets, name)));
    return figures;
  }));
  const all = lanes.flat();
  return { runs: all.length, ...spreadOf(all) };
}

async function noticeMsOfOne(access: Access, name: PersonName, datasetId: string): Promise<number> {
  const player = createPlayer(access, name, silentTranscript);
  await untilNothingRuns(access, datasetId);
  const runId = await player.confirm(await player.offer(datasetId, { recipe: 'sd15-lora', steps: STEPS, card: 'dm' }));
  const { card } = await waitForRow(access, runId, ({ notice }) => notice === 'delivered', { what: 'the notice of a run' });
  const jobs = (await Promise.all(access.nodes.map(({ control }) => control.jobs()))).flat();
  const endedAt = jobs.find((job) => job.runId === runId && job.state === 'completed')?.endedAt;
  const notice = (await player.user.visibleMessages({ dm: true })).find(({ replyTo }) => replyTo !== undefined && replyTo === card?.messageId);
  if (endedAt === null || endedAt === undefined || notice === undefined) throw new Error(`Expected run ${runId} to have a job that ended well and a notice in reply to its card.`);
  return notice.createdAt - endedAt;
}

/** The presses of a measurement before may have started a run of this dataset. */
async function untilNothingRuns(access: Access, datasetId: string): Promise<void> {
  await access.driver.waitFor(async () => (await access.mongo.collection('runs').countDocuments({ datasetId, open: true })) === 0, { timeoutMs: 60_000, what: 'the run before to end' });
}
