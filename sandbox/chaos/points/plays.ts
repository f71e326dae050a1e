import { setTimeout as delay } from 'node:timers/promises';
import type { EndStatus } from '../../../domain/runs.js';
import { trainRunIdOf } from '../../../domain/workflow-names.js';
import { createRuns } from '../../../models/runs.js';
import type { JobBehaviour } from '../../comfyui/behaviours.js';
import type { ComfyControl } from '../../comfyui/control.js';
import { createPlayer } from '../../demo/player.js';
import type { Access, Picture, Player } from '../../demo/player.js';
import { buttonOf, linkOf } from '../../demo/seen-buttons.js';
import { silentTranscript } from '../../demo/transcript.js';
import { USERS } from '../../discord/people.js';
import type { InteractionHandle } from '../../discord/driver/interaction.js';
import type { SeenMessage } from '../../discord/user/view.js';

/** What a play came to: the run that has to have ended well, in one of these ways. */
export interface Played {
  readonly runId: string | null;
  readonly mayEnd: readonly EndStatus[];
}

export interface PlayParts {
  readonly access: Access;
  readonly person: 'mira' | 'jonas';
  readonly pictures: readonly Picture[];
  /** A dataset that is ready to be trained. */
  readonly datasetId: string;
  /** No play goes on after this. */
  readonly over: AbortSignal;
}

const ANSWER_MS = 4_000;
const AGAIN_MS = 200;
const STEPS = 100;
const HELD_AT = 50;
const NO_RUN: Played = { runId: null, mayEnd: [] };

/** What people and operators do, each so that whatever fails is simply tried again, as people do. */
export const PLAYS = {
  /** A training that succeeds. */
  train: async (parts) => {
    const runId = await start(parts);
    await ended(parts, runId);
    return { runId, mayEnd: ['succeeded'] };
  },

  /** The owner cancels a training in its middle. */
  cancel: async (parts) => {
    const runId = await start(parts, (control) => control.hold(HELD_AT));
    await onNodesUntil(parts, (control) => control.hold(HELD_AT), async () => (await rowOf(parts, runId))?.progress?.step !== undefined || (await isOver(parts, runId)));
    const player = playerOf(parts);
    await insist(parts, async () => {
      if (await isOver(parts, runId)) return;
      const screen = await answered(await player.user.slash('train cancel', { id: parts.datasetId }));
      await player.user.click(screen, 'Cancel training');
      await eventuallyTrue(parts, async () => (await rowOf(parts, runId))?.open === false, ANSWER_MS);
    });
    await onNodes(parts, (control) => control.release());
    await ended(parts, runId);
    return { runId, mayEnd: ['cancelled', 'succeeded'] };
  },

  /** An operator cancels in the Web UI. */
  'operator-cancel': (parts) => strike(parts, (runId) => parts.access.client.workflow.getHandle(trainRunIdOf(runId)).cancel(), ['cancelled', 'succeeded']),

  /** The node raises an error. */
  fail: async (parts) => trainBadly(parts, { kind: 'node-error', atStep: 20 }, ['failed', 'succeeded']),

  /** The node runs out of memory in every attempt. */
  'out-of-memory': async (parts) => trainBadly(parts, { kind: 'out-of-memory', atStep: 20 }, ['failed', 'succeeded']),

  /** The workflow is terminated in the middle of the training, and the sweep does the rest. */
  settle: (parts) => strike(parts, (runId) => parts.access.client.workflow.getHandle(trainRunIdOf(runId)).terminate('chaos'), ['failed', 'succeeded']),

  /** A dataset from its first picture to its end. */
  dataset: async (parts) => {
    const player = playerOf(parts);
    const name = `d${parts.person}${Date.now().toString(36)}`;
    const id = await createDataset(parts, player, name);
    await uploadAll(parts, player, id, parts.pictures);
    await insist(parts, async () => { await answered(await player.user.slash('train caption', { id, image: await imageOf(player, id), text: 'another caption' })); });
    await insist(parts, async () => { await answered(await player.user.slash('train remove', { id, image: await imageOf(player, id) })); });
    await insist(parts, async () => { await answered(await player.user.slash('train rename', { id, name: `${name} renamed` })); });
    await insist(parts, async () => { await answered(await player.user.slash('train view', { id })); });
    await insist(parts, async () => { await press(player, await answered(await player.user.slash('train delete', { id })), /delete/i); });
    return NO_RUN;
  },

  /** A trained file: shown, fetched, renamed and deleted. */
  shelf: async (parts) => {
    const runId = await start(parts);
    await ended(parts, runId);
    const player = playerOf(parts);
    await insist(parts, async () => { await answered(await player.user.slash('models list')); });
    const id = await insist(parts, async () => modelId(player));
    await insist(parts, async () => {
      const shown = await answered(await player.user.slash('models download', { id }));
      const response = await fetch(linkOf(buttonOf(shown, 'Download')));
      if ((await response.arrayBuffer()).byteLength === 0) throw new Error('Expected the file, got nothing.');
    });
    await insist(parts, async () => { await answered(await player.user.slash('models rename', { id, name: `m${parts.person}${Date.now().toString(36)}` })); });
    return { runId, mayEnd: ['succeeded'] };
  },

  /** Points and wishes. */
  points: async (parts) => {
    const player = playerOf(parts);
    const operator = createPlayer(parts.access, 'olga', silentTranscript);
    await insist(parts, async () => { await answered(await operator.user.slash('points grant', { user: USERS[parts.person].id, points: 10, reason: 'chaos' })); });
    await insist(parts, async () => { await answered(await player.user.slash('points balance')); });
    await insist(parts, async () => { await answered(await player.user.slash('points history')); });
    await insist(parts, async () => { await answered(await player.user.slash('settings', { card: 'here' })); });
    return NO_RUN;
  },
} satisfies Record<string, (parts: PlayParts) => Promise<Played>>;

export type PlayName = keyof typeof PLAYS;

/** A dataset of four pictures, ready to be trained. */
export async function prepareDataset(parts: Omit<PlayParts, 'datasetId'>): Promise<string> {
  const all = { ...parts, datasetId: '' };
  const player = playerOf(all);
  const id = await createDataset(all, player, `${parts.person} ${Date.now().toString(36)}`);
  await uploadAll(all, player, id, parts.pictures);
  return id;
}

/** A training that is held in its middle while something is done to the yard, and succeeds. */
export async function playTrainingWith(parts: PlayParts, meanwhile: (runId: string, letNodesGo: () => Promise<void>) => Promise<void>): Promise<Played> {
  const runId = await start(parts, (control) => control.hold(HELD_AT));
  await eventuallyTrue(parts, async () => (await rowOf(parts, runId))?.progress?.step !== undefined, Number.POSITIVE_INFINITY);
  await meanwhile(runId, () => onNodes(parts, (control) => control.release()));
  await ended(parts, runId);
  return { runId, mayEnd: ['succeeded'] };
}

/** Something is done to the workflow in the middle of the training. */
async function strike(parts: PlayParts, deed: (runId: string) => Promise<unknown>, mayEnd: readonly EndStatus[]): Promise<Played> {
  const runId = await start(parts, (control) => control.hold(HELD_AT));
  await onNodesUntil(parts, (control) => control.hold(HELD_AT), async () => (await rowOf(parts, runId))?.progress?.step !== undefined || (await isOver(parts, runId)));
  await insist(parts, async () => {
    if (!(await isOver(parts, runId))) await deed(runId);
  });
  await eventuallyTrue(parts, () => isOver(parts, runId), Number.POSITIVE_INFINITY);
  await onNodes(parts, (control) => control.release());
  await ended(parts, runId);
  return { runId, mayEnd };
}

async function trainBadly(parts: PlayParts, behaviour: JobBehaviour, mayEnd: readonly EndStatus[]): Promise<Played> {
  const spoil = async (control: ComfyControl): Promise<void> => {
    await control.clearScenarios();
    await control.scenario({ behaviour });
  };
  const runId = await start(parts, spoil);
  await onNodesUntil(parts, spoil, () => isOver(parts, runId));
  await onNodes(parts, (control) => control.clearScenarios());
  await ended(parts, runId);
  return { runId, mayEnd };
}

/** From `/train start` until the run has a row; what fails is asked for anew, each time with a screen of its own. */
async function start(parts: PlayParts, prepare?: (control: ComfyControl) => Promise<void>): Promise<string> {
  const player = playerOf(parts);
  if (prepare !== undefined) await onNodes(parts, prepare);
  const pressed: string[] = [];
  return insist(parts, async () => {
    // What an earlier press has begun goes on by itself: a second run of the dataset would be refused.
    for (const runId of pressed) if ((await rowOf(parts, runId)) !== null) return runId;
    const screen = await answered(await player.user.slash('train start', { id: parts.datasetId, recipe: 'sd15-lora', steps: STEPS, card: 'here' }));
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

async function createDataset(parts: PlayParts, player: Player, name: string): Promise<string> {
  return insist(parts, async () => {
    await answered(await player.user.slash('train create', { name }));
    const choices = await player.user.autocomplete('train view', 'id', name);
    const id = choices.find((choice) => choice.name.startsWith(name))?.value;
    if (typeof id !== 'string') throw new Error(`Expected the autocomplete to offer "${name}".`);
    return id;
  });
}

/** One by the command, the rest by the form. A file that is there already is refused as a duplicate, which is as good. */
async function uploadAll(parts: PlayParts, player: Player, id: string, pictures: readonly Picture[]): Promise<void> {
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

async function imageOf(player: Player, id: string): Promise<string | number> {
  const [first] = await player.user.autocomplete('train remove', 'image', '', { options: { id } });
  if (first === undefined) throw new Error('Expected the autocomplete to offer an image.');
  return first.value;
}

async function modelId(player: Player): Promise<string> {
  const [newest] = await player.user.autocomplete('models view', 'id', '');
  if (typeof newest?.value !== 'string') throw new Error('Expected the autocomplete to offer a model.');
  return newest.value;
}

async function press(player: Player, message: SeenMessage, label: RegExp): Promise<void> {
  const text = JSON.stringify(message.components);
  const found = [...text.matchAll(/"label":"([^"]+)"/g)].map((match) => match[1] ?? '').find((each) => label.test(each));
  if (found === undefined) return;
  await answered(await player.user.click(message, found));
}

/** Until the row is closed and its owner knows. */
async function ended(parts: PlayParts, runId: string): Promise<void> {
  await eventuallyTrue(parts, async () => {
    const row = await rowOf(parts, runId);
    return row !== null && !row.open && row.notice === 'delivered' && (row.card === null || row.card.lost || row.card.renderedRevision >= row.revision);
  }, Number.POSITIVE_INFINITY);
}

async function isOver(parts: PlayParts, runId: string): Promise<boolean> {
  return (await rowOf(parts, runId))?.open === false;
}

/** Null also while the database is down. */
async function rowOf({ access }: PlayParts, runId: string) {
  return createRuns(access.mongo).read(runId).catch(() => null);
}

async function onNodes({ access }: PlayParts, act: (control: ComfyControl) => Promise<void>): Promise<void> {
  // One that is down forgets what it was told anyway.
  await Promise.allSettled(access.nodes.map(({ control }) => act(control)));
}

/** Tells the nodes again and again: one that was killed meanwhile has forgotten it. */
async function onNodesUntil(parts: PlayParts, act: (control: ComfyControl) => Promise<void>, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    parts.over.throwIfAborted();
    await onNodes(parts, act);
    await delay(AGAIN_MS);
  }
}

async function eventuallyTrue({ over }: PlayParts, holds: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    over.throwIfAborted();
    if (Date.now() > deadline) return false;
    await delay(AGAIN_MS / 4);
  }
  return true;
}

async function insist<T>(parts: PlayParts, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (parts.over.aborted) throw error;
    }
    await delay(AGAIN_MS);
  }
}

function answered(handle: InteractionHandle): Promise<SeenMessage> {
  return handle.message({ timeoutMs: ANSWER_MS });
}

function playerOf({ access, person }: PlayParts): Player {
  return createPlayer(access, person, silentTranscript);
}
