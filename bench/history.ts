import { openYardAccess } from '../sandbox/demo/access.js';
import { createPlayer, waitForRow } from '../sandbox/demo/player.js';
import type { Access } from '../sandbox/demo/player.js';
import { silentTranscript } from '../sandbox/demo/transcript.js';
import { USERS } from '../sandbox/discord/people.js';
import { trainRunIdOf } from '../domain/workflow-names.js';
import { drawNoise } from './pictures.js';
import { withYard } from './scene.js';
import type { Scene } from './scene.js';

export interface MeasuredTraining {
  readonly images: number;
  readonly captionLength: number;
  /** From the first step to the end of the run. */
  readonly trainedMs: number;
  readonly events: number;
  readonly bytes: number;
}

export interface MeasuredHistory {
  readonly short: MeasuredTraining;
  readonly long: MeasuredTraining;
  readonly large: MeasuredTraining;
}

interface Training {
  readonly name: string;
  readonly images: number;
  readonly captionLength: number;
  readonly trainingMs: number;
}

const RECIPE = 'sdxl-lora';
const STEPS = 1_500;
const SHORT_MS = 10_000;
const FEW = { images: 12, captionLength: 80 };
const MANY = { images: 40, captionLength: 2_000 };
/** All three trainings cost about 7,000. */
const PURSE_POINTS = 20_000;
/** Beside the training itself: the start, the checks of the images and the file, the notice. */
const MARGIN_MS = 180_000;

/** Three trainings, one after the other on one yard with the settings users get: what they leave in Temporal. */
export async function measureHistory(scene: Scene, longMs: number): Promise<MeasuredHistory> {
  return withYard(scene, 'history', {}, async (yard) => {
    const access = await openYardAccess(yard.state);
    try {
      const operator = createPlayer(access, 'olga', silentTranscript);
      await operator.slash('points grant', { user: USERS.mira.id, points: PURSE_POINTS, reason: 'for the benchmark' });
      const measure = (training: Training): Promise<MeasuredTraining> => {
        scene.say(`A training of ${Math.round(training.trainingMs / 1000)} s on ${training.images} images with captions of ${training.captionLength} characters.`);
        return measureTraining(access, training);
      };
      const short = await measure({ name: 'short', ...FEW, trainingMs: SHORT_MS });
      const large = await measure({ name: 'large', ...MANY, trainingMs: SHORT_MS });
      const long = await measure({ name: 'long', ...FEW, trainingMs: longMs });
      return { short, long, large };
    } finally {
      await access.close();
    }
  });
}

async function measureTraining(access: Access, { name, images, captionLength, trainingMs }: Training): Promise<MeasuredTraining> {
  for (const { control } of access.nodes) await control.setStepMs(trainingMs / STEPS);
  const player = createPlayer(access, 'mira', silentTranscript);
  const datasetId = await player.createDataset(`bench ${name}`);
  await player.uploadRest(datasetId, await drawNoise(images, captionLength));
  const runId = await player.confirm(await player.offer(datasetId, { recipe: RECIPE, steps: STEPS, card: 'here' }));
  const row = await waitForRow(access, runId, (seen) => !seen.open && seen.notice === 'delivered', { timeoutMs: trainingMs * 2 + MARGIN_MS, what: 'the end of the run and its notice' });
  if (row.status !== 'succeeded') throw new Error(`Expected the ${name} training to succeed, it ended as ${row.status}.`);
  // What was frozen is what is measured: an image refused on the way would make the history of many images that of fewer.
  if (row.images.length !== images) throw new Error(`Expected the ${name} training to be on ${images} images, it was on ${row.images.length}.`);

  const workflow = access.client.workflow.getHandle(trainRunIdOf(runId));
  await workflow.result();
  const { raw, historyLength } = await workflow.describe();
  const trainedMs = (row.endedAt?.getTime() ?? 0) - (row.firstStepAt?.getTime() ?? 0);
  return { images, captionLength, trainedMs, events: historyLength, bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0) };
}
