import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { trainRunIdOf } from '../../../domain/workflow-names.js';
import { createRuns } from '../../../models/runs.js';
import type { ComfyControl } from '../../comfyui/control.js';
import { createPlayer } from '../../demo/player.js';
import type { Access, Picture, Player } from '../../demo/player.js';
import { silentTranscript } from '../../demo/transcript.js';
import type { InteractionHandle } from '../../discord/driver/interaction.js';
import type { SeenMessage } from '../../discord/user/view.js';

export interface PlayParts {
  readonly access: Access;
  readonly person: 'mira' | 'jonas';
  readonly pictures: readonly Picture[];
  /** A dataset that is ready to be trained. */
  readonly datasetId: string;
  /** No play goes on after this. */
  readonly over: AbortSignal;
}

export const ANSWER_MS = 4_000;
const AGAIN_MS = 200;
const STEPS = 100;

/** From `/train start` until the run has a row; what fails is asked for anew, each time with a screen of its own. */
export async function start(parts: PlayParts, prepare?: (control: ComfyControl) => Promise<void>, card: 'here' | 'dm' = 'here'): Promise<string> {
  const player = playerOf(parts);
  if (prepare !== undefined) await onNodes(parts, prepare);
  const pressed: string[] = [];
  return insist(parts, async () => {
    // What an earlier press has begun goes on by itself: a second run of the dataset would be refused.
    for (const runId of pressed) if ((await rowOf(parts, runId)) !== null) return runId;
    const screen = await answered(await player.user.slash('train start', { id: parts.datasetId, recipe: 'sd15-lora', steps: STEPS, card }));
    const runId = await player.runIdOf(screen);
    pressed.push(runId);
    for (;;) {
      await player.user.click(screen, 'Start training').catch(() => undefined); // The screen is an answer by now.
      if (await eventuallyTrue(parts, async () => (await rowOf(parts, runId)) !== null, ANSWER_MS)) return runId;
      if (await workflowIsThere(parts, runId)) await eventuallyTrue(parts, async () => (await rowOf(parts, runId)) !== null, Number.POSITIVE_INFINITY);
    }
  });
}

async function workflowIsThere({ access }: PlayParts, runId: string): Promise<boolean> {
  try {
    await access.client.workflow.getHandle(trainRunIdOf(runId)).describe();
    return true;
  } catch (error) {
    return !(error instanceof Error) || error.name !== 'WorkflowNotFoundError';
  }
}

export async function createDataset(parts: PlayParts, player: Player, name: string): Promise<string> {
  return insist(parts, async () => {
    await answered(await player.user.slash('train create', { name }));
    const choices = await player.user.autocomplete('train view', 'id', name);
    const id = choices.find((choice) => choice.name.startsWith(name))?.value;
    if (typeof id !== 'string') throw new Error(`Expected the autocomplete to offer "${name}".`);
    return id;
  });
}

let repainted = 0;

/** The same pictures in other colours: what is stored already is not stored once more. */
export function freshPictures(pictures: readonly Picture[]): Promise<readonly Picture[]> {
  repainted += 1;
  return Promise.all(pictures.map(async (picture) => ({ ...picture, bytes: await sharp(picture.bytes).modulate({ hue: (repainted * 37) % 360, lightness: repainted % 7 }).toBuffer() })));
}

/** One by the command, the rest by the form. A file that is there already is refused as a duplicate, which is as good. */
export async function uploadAll(parts: PlayParts, player: Player, id: string, pictures: readonly Picture[]): Promise<void> {
  const [first, ...rest] = pictures;
  if (first === undefined) throw new Error('Expected pictures, got none.');
  const file = ({ fileName, bytes, contentType }: Picture) => ({ filename: fileName, bytes, contentType });
  await insist(parts, async () => {
    await verdicts(await player.user.slash('train upload', { id, image: file(first), caption: first.caption }), [first.fileName]);
  });
  await insist(parts, async () => {
    const modal = await (await player.user.slash('train upload', { id })).modal({ timeoutMs: ANSWER_MS });
    const captions = rest.map(({ fileName, caption }) => ({ filename: fileName.replace(/\.[^.]+$/, '.txt'), bytes: Buffer.from(caption), contentType: 'text/plain' }));
    await verdicts(await player.user.submitModal(modal, { files: rest.map(file), captions }), rest.map(({ fileName }) => fileName));
  });
}

async function verdicts(handle: InteractionHandle, names: readonly string[]): Promise<void> {
  const tellsAll = (message: SeenMessage): boolean => {
    const text = JSON.stringify(message.components).replaceAll('\\', '');
    return names.every((name) => text.includes(name));
  };
  const seen = await handle.waitFor(({ messages, failure }) => failure !== undefined || messages.some(tellsAll), { timeoutMs: 45_000, what: 'the verdicts' });
  if (seen.failure !== undefined) throw new Error(seen.failure);
}

export async function imageOf(player: Player, id: string): Promise<string | number> {
  const [first] = await player.user.autocomplete('train remove', 'image', '', { options: { id } });
  if (first === undefined) throw new Error('Expected the autocomplete to offer an image.');
  return first.value;
}

export async function modelId(player: Player): Promise<string> {
  const [newest] = await player.user.autocomplete('models view', 'id', '');
  if (typeof newest?.value !== 'string') throw new Error('Expected the autocomplete to offer a model.');
  return newest.value;
}

export async function press(player: Player, message: SeenMessage, label: RegExp): Promise<void> {
  const text = JSON.stringify(message.components);
  const found = [...text.matchAll(/"label":"([^"]+)"/g)].map((match) => match[1] ?? '').find((each) => label.test(each));
  if (found === undefined) return;
  await answered(await player.user.click(message, found));
}

/** Until the row is closed, its owner knows, and the workflow has nothing left to do. */
export async function ended(parts: PlayParts, runId: string): Promise<void> {
  await eventuallyTrue(parts, async () => {
    const row = await rowOf(parts, runId);
    return row !== null && !row.open && row.notice === 'delivered' && (row.card === null || row.card.lost || row.card.renderedRevision >= row.revision);
  }, Number.POSITIVE_INFINITY);
  await eventuallyTrue(parts, async () => {
    const described = await parts.access.client.workflow.getHandle(trainRunIdOf(runId)).describe().catch(() => null); // Temporal is down.
    return described !== null && described.status.name !== 'RUNNING';
  }, Number.POSITIVE_INFINITY);
}

export async function isOver(parts: PlayParts, runId: string): Promise<boolean> {
  return (await rowOf(parts, runId))?.open === false;
}

/** Null also while the database is down. */
export async function rowOf({ access }: PlayParts, runId: string) {
  return createRuns(access.mongo).read(runId).catch(() => null);
}

export async function onNodes({ access }: PlayParts, act: (control: ComfyControl) => Promise<void>): Promise<void> {
  // One that is down forgets what it was told anyway.
  await Promise.allSettled(access.nodes.map(({ control }) => act(control)));
}

/** Tells the nodes again and again: one that was killed meanwhile has forgotten it. */
export async function onNodesUntil(parts: PlayParts, act: (control: ComfyControl) => Promise<void>, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    parts.over.throwIfAborted();
    await onNodes(parts, act);
    await delay(AGAIN_MS);
  }
}

export async function eventuallyTrue({ over }: PlayParts, holds: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    over.throwIfAborted();
    if (Date.now() > deadline) return false;
    await delay(AGAIN_MS / 4);
  }
  return true;
}

export async function insist<T>(parts: PlayParts, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (parts.over.aborted) throw error;
    }
    await delay(AGAIN_MS);
  }
}

export function answered(handle: InteractionHandle): Promise<SeenMessage> {
  return handle.message({ timeoutMs: ANSWER_MS });
}

export function playerOf({ access, person }: PlayParts): Player {
  return createPlayer(access, person, silentTranscript);
}
