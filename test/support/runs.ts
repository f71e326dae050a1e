import { createPlayer, waitForRow } from '../../sandbox/demo/player.js';
import type { Player } from '../../sandbox/demo/player.js';
import type { OptionInput } from '../../sandbox/discord/driver/user.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import { captionedPictures } from './captioned-pictures.js';
import type { TestYard } from './yard.js';

let datasets = 0;

export interface StartedRun {
  readonly runId: string;
  readonly datasetId: string;
  readonly player: Player;
}

export interface StartOptions {
  readonly as?: PersonName;
  readonly options?: Readonly<Record<string, OptionInput>>;
}

/** A dataset of four captioned pictures, uploaded through the form. */
export async function uploadedDataset(yard: TestYard, as: PersonName = 'mira'): Promise<{ player: Player; datasetId: string }> {
  const player = createPlayer(yard, as, silentTranscript);
  datasets += 1;
  const datasetId = await player.createDataset(`set ${datasets} of ${as}`);
  await player.uploadRest(datasetId, await captionedPictures(4, datasets * 10));
  return { player, datasetId };
}

/** A run of 400 steps of a fresh dataset, started by its owner's press. */
export async function startRun(yard: TestYard, { as = 'mira', options = {} }: StartOptions = {}): Promise<StartedRun> {
  const { player, datasetId } = await uploadedDataset(yard, as);
  const runId = await player.confirm(await player.offer(datasetId, { recipe: 'sd15-lora', steps: 400, card: 'here', ...options }));
  return { runId, datasetId, player };
}

export const HELD_AT = 200;

/** A run whose training is held in the middle on its node; `release()` of the nodes lets it go on. */
export async function startHeldRun(yard: TestYard, start: StartOptions = {}): Promise<StartedRun> {
  for (const { control } of yard.nodes) await control.hold(HELD_AT);
  const started = await startRun(yard, start);
  await waitForHeldSteps(yard, started.runId);
  return started;
}

/**
 * Until the row of a run that is held on its node tells of steps. Those that were done before anybody listened are told by the next one
 * only, so the run may stand a few steps further on.
 */
export async function waitForHeldSteps(yard: TestYard, runId: string): Promise<void> {
  let heldAt = HELD_AT;
  await waitForRow(yard, runId, async ({ progress, claim }) => {
    if ((progress?.step ?? 0) > 0) return true;
    const node = yard.nodes.find(({ nodeId }) => nodeId === claim?.nodeId);
    if (node === undefined) return false;
    heldAt += 1;
    await node.control.hold(Math.min(heldAt, 2 * HELD_AT - 10));
    return false;
  }, { timeoutMs: 120_000, what: 'the first steps' });
}

export async function letNodesGo(yard: TestYard): Promise<void> {
  for (const { control } of yard.nodes) await control.release();
}
