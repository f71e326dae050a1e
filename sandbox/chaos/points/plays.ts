import type { EndStatus } from '../../../domain/runs.js';
import { trainRunIdOf } from '../../../domain/workflow-names.js';
import type { JobBehaviour } from '../../comfyui/behaviours.js';
import type { ComfyControl } from '../../comfyui/control.js';
import { createPlayer } from '../../demo/player.js';
import { buttonOf, linkOf } from '../../demo/seen-buttons.js';
import { silentTranscript } from '../../demo/transcript.js';
import { USERS } from '../../discord/people.js';
import { ANSWER_MS, answered, createDataset, ended, eventuallyTrue, freshPictures, imageOf, insist, isOver, modelId, onNodes, onNodesUntil, playerOf, press, rowOf, start, uploadAll, type PlayParts } from './play-steps.js';

/** What a play came to: the run that has to have ended well, in one of these ways. */
export interface Played {
  readonly runId: string | null;
  readonly mayEnd: readonly EndStatus[];
}

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

  /** The card is in direct messages, and its owner moves it into a channel. */
  move: async (parts) => {
    const runId = await start(parts, (control) => control.hold(HELD_AT), 'dm');
    await onNodesUntil(parts, (control) => control.hold(HELD_AT), async () => (await rowOf(parts, runId))?.card != null || (await isOver(parts, runId)));
    const player = playerOf(parts);
    await insist(parts, async () => {
      const row = await rowOf(parts, runId);
      if (row?.open === false || (row?.card?.isPublic === true && row.retiredCards.length === 0)) return;
      if (row?.cardMove === 0) await press(player, await answered(await player.user.slash('train status', { id: parts.datasetId })), /move card here/i);
      throw new Error('Expected the card to be here by now.');
    });
    await onNodes(parts, (control) => control.release());
    await ended(parts, runId);
    return { runId, mayEnd: ['succeeded'] };
  },

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
    await uploadAll(parts, player, id, await freshPictures(parts.pictures));
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
