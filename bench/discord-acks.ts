import { setTimeout as delay } from 'node:timers/promises';
import type { Access } from '../sandbox/demo/player.js';
import type { InteractionHandle } from '../sandbox/discord/driver/interaction.js';
import type { DiscordUser } from '../sandbox/discord/driver/user.js';
import type { SeenInteraction, SeenMessage } from '../sandbox/discord/user/view.js';
import { datasetOf, PEOPLE } from './discord-people.js';
import type { Datasets } from './discord-people.js';
import { spreadOf } from './figures.js';
import type { Spread } from './figures.js';

/** From the dispatch of an interaction to its acknowledgement, under load. */
export interface MeasuredAcks extends Spread {
  readonly interactions: number;
  /** Not acknowledged in the 3 s that Discord gives. */
  readonly lost: number;
}

const INTERACTIONS = 200;
const WITHIN_MS = 2_000;
/** Discord gives 3 s; after this, what is not acknowledged never will be. */
const SETTLED_MS = 4_000;

type Act = (user: DiscordUser, datasetId: string, shown: SeenMessage) => Promise<InteractionHandle>;

/** What people do, mixed: commands that answer at once and after a wait, a form, and one button pressed again and again. */
const ACTS: readonly Act[] = [
  (user) => user.slash('points balance'),
  (user) => user.slash('train list'),
  (user, id) => user.slash('train view', { id }),
  (user, id) => user.slash('train upload', { id }),
  (user, _id, shown) => user.click(shown, 'Change settings'),
  (user) => user.slash('train status'),
  (user, id) => user.slash('train start', { id, recipe: 'sd15-lora', steps: 100 }),
  (user) => user.slash('points history'),
];

/** Sends them evenly, whatever becomes of those before, and reads off the stand-in when each was acknowledged. */
export async function measureAcks(access: Access, datasets: Datasets): Promise<MeasuredAcks> {
  for (const { control } of access.nodes) await control.hold(0);
  const shown = new Map<string, SeenMessage>();
  for (const name of PEOPLE) {
    const user = access.driver.user(name);
    shown.set(name, await (await user.slash('train start', { id: datasetOf(datasets, name), recipe: 'sd15-lora', steps: 100 })).message({ timeoutMs: 30_000 }));
  }
  const sent: Promise<InteractionHandle>[] = [];
  const startedAt = performance.now();
  for (let at = 0; at < INTERACTIONS; at += 1) {
    const name = PEOPLE[at % PEOPLE.length] ?? 'mira';
    const act = ACTS[Math.floor(at / PEOPLE.length) % ACTS.length];
    const message = shown.get(name);
    if (act === undefined || message === undefined) throw new Error('Expected an act and a message.');
    await delay(Math.max(0, startedAt + (at * WITHIN_MS) / INTERACTIONS - performance.now()));
    sent.push(act(access.driver.user(name), datasetOf(datasets, name), message));
  }
  const handles = await Promise.all(sent);
  await delay(SETTLED_MS);
  const seen = await Promise.all(handles.map((handle) => handle.view()));
  for (const { control } of access.nodes) await control.release();
  const lost = seen.filter(({ failure, acknowledgedAt }) => failure !== undefined || acknowledgedAt === undefined).length;
  return { interactions: seen.length, lost, ...spreadOf(seen.flatMap(ackMsOf)) };
}

function ackMsOf({ createdAt, acknowledgedAt }: SeenInteraction): number[] {
  return acknowledgedAt === undefined ? [] : [acknowledgedAt - createdAt];
}
