import type { Picture } from '../../demo/player.js';
import { createExecutioner, type Executioner } from './executioner.js';
import { prepareDataset } from './plays.js';
import { openPointsYard, type PointsYard } from './points-yard.js';

/** A yard, its executioner, and the people with their datasets. */
export interface PointsSeat {
  readonly yard: PointsYard;
  readonly executioner: Executioner;
  readonly pictures: readonly Picture[];
  readonly people: readonly { readonly person: 'mira' | 'jonas'; readonly datasetId: string }[];
  close(): Promise<void>;
}

const PREPARE_MS = 120_000;

export async function openSeat(pictures: readonly Picture[], say: (line: string) => void): Promise<PointsSeat> {
  const executioner = createExecutioner();
  const yard = await openPointsYard({ watchOf: (caller, target) => executioner.watchOf(caller, target), line: (label, text) => { if (/ error | fatal /.test(text)) say(`    ${label}: ${text.slice(0, 400)}`); } });
  try {
    const over = AbortSignal.timeout(PREPARE_MS);
    const people = [];
    for (const person of ['mira', 'jonas'] as const) people.push({ person, datasetId: await prepareDataset({ access: yard.access, person, pictures, over }) });
    return { yard, executioner, pictures, people, close: () => yard.close() };
  } catch (error) {
    await yard.close();
    throw error;
  }
}
