import { createPlayer, waitForRow } from '../../sandbox/demo/player.js';
import type { Access, Player } from '../../sandbox/demo/player.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import type { Place } from '../../sandbox/discord/driver/user.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import type { SeenMessage } from '../../sandbox/discord/user/view.js';
import type { RunRow } from '../../models/runs-schema.js';
import { captioned, seedDataset } from './seeds.js';

const STEPS = 400;
const HELD_AT = 200;

export interface Talk {
  readonly player: Player;
  readonly runId: string;
  readonly datasetId: string;
  readonly datasetName: string;
}

export interface TalkOptions {
  readonly as?: PersonName;
  /** Where the person types. */
  readonly place?: Place;
  readonly card?: 'here' | 'dm';
  /** Keeps the training in its middle until the nodes are released. */
  readonly held?: boolean;
}

let made = 0;

export interface Offered {
  readonly player: Player;
  readonly offer: SeenMessage;
  readonly runId: string;
  readonly datasetId: string;
  readonly datasetName: string;
}

/** A dataset that is there already and the confirm screen of its training. */
export async function offered(access: Access, { as = 'mira', place = {}, card = 'here' }: TalkOptions = {}): Promise<Offered> {
  const player = createPlayer(access, as, silentTranscript);
  made += 1;
  const datasetName = `Talk ${made} of ${as}`;
  const datasetId = await seedDataset(access.mongo, { owner: as, name: datasetName, images: captioned(4) });
  const handle = await player.user.slash('train start', { id: datasetId, recipe: 'sd15-lora', steps: STEPS, card }, place);
  const offer = await handle.message({ timeoutMs: 30_000 });
  return { player, offer, runId: await player.runIdOf(offer), datasetId, datasetName };
}

/** A run that was started by its owner's press; with `held` its training waits in the middle and has a card. */
export async function startedTalk(access: Access, options: TalkOptions = {}): Promise<Talk> {
  const { player, offer, ...talk } = await offered(access, options);
  if (options.held === true) for (const { control } of access.nodes) await control.hold(HELD_AT);
  await player.user.click(offer, 'Start training');
  if (options.held === true) await waitForRow(access, talk.runId, (row) => (row.progress?.step ?? 0) > 0, { timeoutMs: 60_000, what: 'the first steps' });
  return { player, ...talk };
}

export async function letGo(access: Access): Promise<void> {
  for (const { control } of access.nodes) await control.release();
}

/** The row once the run has ended and its owner was told, or could not be. */
export async function ended(access: Access, runId: string, notice: 'delivered' | 'pending' = 'delivered'): Promise<RunRow> {
  const row = await waitForRow(access, runId, (seen) => !seen.open && seen.notice === notice, { timeoutMs: 60_000, what: `the end of the run, its notice ${notice}` });
  // Of a workflow that failed or was cancelled only that it is over matters here.
  if (notice === 'pending') await access.client.workflow.getHandle(`train-run:${runId}`).result().catch(() => undefined);
  return row;
}

/** Every message this person sees about a run: its card and its notice, wherever they are, private answers left out. */
export async function messagesAbout(access: Access, as: PersonName, datasetName: string): Promise<SeenMessage[]> {
  const all = await access.driver.user(as).visibleMessages();
  return all.filter((message) => !message.ephemeral && JSON.stringify(message.components).includes(datasetName));
}

/** Nobody was left with Discord's own "This interaction failed". */
export async function failuresOf(access: Access, names: readonly PersonName[]): Promise<string[]> {
  const all = await Promise.all(names.map((name) => access.driver.user(name).interactions()));
  return all.flat().flatMap(({ label, failure }) => (failure === undefined ? [] : [`${label}: ${failure}`]));
}
