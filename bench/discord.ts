import { openYardAccess } from '../sandbox/demo/access.js';
import { createPlayer } from '../sandbox/demo/player.js';
import type { Access } from '../sandbox/demo/player.js';
import { silentTranscript } from '../sandbox/demo/transcript.js';
import type { PersonName } from '../sandbox/discord/people.js';
import { measureAcks } from './discord-acks.js';
import type { MeasuredAcks } from './discord-acks.js';
import { measureEtas } from './discord-etas.js';
import type { MeasuredEtas } from './discord-etas.js';
import { measureNotices } from './discord-notices.js';
import type { MeasuredNotices } from './discord-notices.js';
import { PEOPLE } from './discord-people.js';
import type { Datasets } from './discord-people.js';
import { drawNoise } from './pictures.js';
import { withYard } from './scene.js';
import type { Scene } from './scene.js';

export interface MeasuredDiscord {
  readonly ackMs: MeasuredAcks;
  readonly noticeMs: MeasuredNotices;
  readonly etaError: MeasuredEtas;
}

const IMAGES = 4;
const CAPTION_LENGTH = 60;

/** A yard with the settings users get, but for points enough and runs enough at once. */
export async function measureDiscord(scene: Scene): Promise<MeasuredDiscord> {
  return withYard(scene, 'discord', { WELCOME_POINTS: '1000000', MAX_OPEN_RUNS: '20' }, async (yard) => {
    const access = await openYardAccess(yard.state);
    try {
      const datasets = await datasetOfEach(access);
      scene.say('200 interactions in 2 s.');
      const ackMs = await measureAcks(access, datasets);
      scene.say('Runs, from the end on the node to the notice.');
      const noticeMs = await measureNotices(access, datasets);
      scene.say('Runs on nodes of different speed.');
      const etaError = await measureEtas(access, datasets);
      return { ackMs, noticeMs, etaError };
    } finally {
      await access.close();
    }
  });
}

async function datasetOfEach(access: Access): Promise<Datasets> {
  const datasets = new Map<PersonName, string>();
  for (const name of PEOPLE) {
    const player = createPlayer(access, name, silentTranscript);
    const datasetId = await player.createDataset(`bench of ${name}`);
    await player.uploadRest(datasetId, await drawNoise(IMAGES, CAPTION_LENGTH));
    datasets.set(name, datasetId);
  }
  return datasets;
}
