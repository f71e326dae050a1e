import { setTimeout as delay } from 'node:timers/promises';
import { trainRunIdOf } from '../../../domain/workflow-names.js';
import { createPlayer, type Access, type Player } from '../../demo/player.js';
import { silentTranscript } from '../../demo/transcript.js';
import type { PersonName } from '../../discord/people.js';
import type { SeenMessage } from '../../discord/user/view.js';
import type { Observer } from './observer.js';
import type { Fate } from './schedule.js';

/** One training somebody wants: `/train start`, the press, what is done to it, and its end. */
export interface Errand {
  readonly number: number;
  readonly fate: Fate;
  readonly steps: number;
  readonly card: 'here' | 'dm';
}

/** A run whose start button was pressed. */
export interface AskedRun {
  readonly runId: string;
  readonly person: PersonName;
  readonly errand: Errand;
  /** The confirm screen, which becomes the answer to the press. */
  readonly screen: SeenMessage;
  /** The bot or the run said that it goes, or its row was seen. */
  accepted: boolean;
  /** What was done to it besides the kills. */
  readonly deeds: string[];
}

export interface SeatParts {
  readonly access: Access;
  readonly observer: Observer;
  readonly person: PersonName;
  readonly datasetId: string;
  /** The next errand; null when no more runs are wanted. */
  readonly next: () => Errand | null;
  readonly asked: (run: AskedRun) => void;
  readonly over: AbortSignal;
}

const ANSWER_MS = 6_000;
/** As long as somebody waits before the same is tried again. */
const AGAIN_MS = 1_000;
/** Discord itself takes this long to notice that nobody answers a press. */
const PRESS_AGAIN_MS = 4_000;
const PATIENCE_MS = 90_000;

/** One dataset of one person, trained again and again the way people do it: what fails is tried again. */
export async function sit(parts: SeatParts): Promise<void> {
  const { access, observer, over } = parts;
  const player = createPlayer(access, parts.person, silentTranscript);
  for (let errand = parts.next(); errand !== null; errand = parts.next()) {
    const run = await ask(parts, player, errand);
    // Nobody asks any more once it is over.
    if (run === null) return;
    observer.follow(run.runId);
    if (!(await getStarted(parts, player, run))) continue;
    await until(() => isOver(parts, run) || (errand.fate !== 'left-alone' && isTraining(parts, run)), over);
    for (let done = errand.fate === 'left-alone'; !done && !isOver(parts, run) && !over.aborted; ) {
      done = await attempt(() => meetFate(parts, player, run));
      if (!done || errand.fate === 'owner-cancels') await delay(AGAIN_MS);
    }
    await until(() => isOver(parts, run), over);
  }
}

/** Asks for the confirm screen until there is one whose run is known. */
async function ask(parts: SeatParts, player: Player, errand: Errand): Promise<AskedRun | null> {
  while (!parts.over.aborted) {
    const found = await ifItWorks(async () => {
      const handle = await player.user.slash('train start', { id: parts.datasetId, recipe: 'sd15-lora', steps: errand.steps, card: errand.card });
      const screen = await handle.message({ timeoutMs: ANSWER_MS });
      return { screen, runId: await player.runIdOf(screen) };
    });
    if (found === null) {
      await delay(AGAIN_MS);
      continue;
    }
    const run = { ...found, person: parts.person, errand, accepted: false, deeds: [] };
    parts.asked(run);
    return run;
  }
  return null;
}

/** Presses until there is a row. A screen that has become another answer cannot be pressed again: its run is waited for, then given up. */
async function getStarted({ observer, access, over }: SeatParts, player: Player, run: AskedRun): Promise<boolean> {
  const givesUpAt = Date.now() + PATIENCE_MS;
  while (!over.aborted && Date.now() < givesUpAt) {
    await attempt(async () => {
      await player.user.click(run.screen, 'Start training');
      return true;
    });
    const pressedAt = Date.now();
    await until(() => observer.see(run.runId) !== undefined || Date.now() > pressedAt + PRESS_AGAIN_MS, over);
    if (observer.see(run.runId) !== undefined) run.accepted = true;
    const screen = await ifItWorks(() => player.user.lookAt(run.screen));
    const text = screen === null || screen === undefined ? '' : access.textOf(screen);
    if (/ is accepted\b/.test(text)) run.accepted = true;
    if (observer.see(run.runId) !== undefined) return true;
  }
  return false;
}

async function meetFate({ access, observer, datasetId }: SeatParts, player: Player, run: AskedRun): Promise<boolean> {
  const { runId, errand, deeds } = run;
  switch (errand.fate) {
    case 'left-alone':
      return true;
    case 'owner-cancels': {
      const asked = await (await player.user.slash('train cancel', { id: datasetId })).message({ timeoutMs: ANSWER_MS });
      await player.user.click(asked, 'Cancel training');
      deeds.push(`${clock()} the owner pressed Cancel training`);
      return false;
    }
    case 'operator-cancels':
      await access.client.workflow.getHandle(trainRunIdOf(runId)).cancel();
      deeds.push(`${clock()} an operator cancelled it`);
      return true;
    case 'terminated':
      await access.client.workflow.getHandle(trainRunIdOf(runId)).terminate('chaos');
      deeds.push(`${clock()} an operator terminated it`);
      return true;
    case 'job-forgotten': {
      const claim = observer.see(runId)?.row.claim;
      const node = access.nodes.find(({ nodeId }) => nodeId === claim?.nodeId);
      const forgotten = claim !== null && claim !== undefined && (await node?.control.forget(claim.promptId)) === true;
      if (forgotten) deeds.push(`${clock()} ${claim.nodeId} forgot its job`);
      return forgotten;
    }
  }
}

function isTraining({ observer }: SeatParts, { runId }: AskedRun): boolean {
  return observer.see(runId)?.row.status === 'training';
}

function isOver({ observer }: SeatParts, { runId }: AskedRun): boolean {
  return observer.see(runId)?.row.open === false;
}

/** What people try may fail in any way while everything is being killed; they try again. */
async function ifItWorks<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error || typeof error === 'object') return null;
    throw error;
  }
}

async function attempt(act: () => Promise<boolean>): Promise<boolean> {
  return (await ifItWorks(act)) === true;
}

export async function until(holds: () => boolean, over: AbortSignal): Promise<void> {
  while (!holds() && !over.aborted) await delay(100);
}

/** Waits for it, but not for longer than this. */
export async function within(limitMs: number, wait: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([wait, delay(limitMs, undefined, { signal: enough.signal })]);
  enough.abort();
}

export function clock(): string {
  return new Date().toISOString().slice(11, 23);
}
