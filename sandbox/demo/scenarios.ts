import type { JobBehaviour } from '../comfyui/behaviours.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import type { Expectation } from './agreement/expectation.js';
import type { Stage } from './stage.js';
import { waitForRow } from './player.js';

/** One way a run can go: what is prepared, what happens while it goes, and how it must have ended. */
export interface Scenario {
  readonly title: string;
  readonly expected: Expectation;
  /** How many of the twelve pictures are uploaded; all when absent. */
  readonly pictures?: number;
  readonly recipe?: string;
  readonly steps?: number;
  /** Settings of the yard that the play needs; such a scenario always has a yard of its own. */
  readonly yard?: Readonly<Record<string, string>>;
  /** Kills processes, so it never plays on somebody's yard. */
  readonly kills?: boolean;
  /** Nothing is trained, so there is no confirm screen to press. */
  readonly withoutOffer?: boolean;
  prepare?(stage: Stage): Promise<void>;
  /** Between the offer and its press. */
  meanwhile?(stage: Stage): Promise<void>;
  /** From the accepted press to the end of the run. */
  during?(stage: Stage, runId: string): Promise<void>;
}

const SUCCEEDED = { kind: 'succeeded' } as const;
const once = (end: Expectation['end']): Expectation => ({ end, attempts: 1, trainings: 1 });

/** Where trainings are held while something is done to them: well past the first step, well before the last. */
const HELD_AT = 600;

/** The next job on whichever node goes wrong; the one after it goes well. */
function oneJobGoesWrong(behaviour: JobBehaviour): Pick<Scenario, 'prepare' | 'during'> {
  return {
    prepare: (stage) => stage.onEveryNode((control) => control.scenario({ next: 1, behaviour })),
    async during(stage, runId) {
      await stage.waitForJob(runId, (job) => job.state === 'lost' || job.state === 'failed' || job.state === 'cancelled');
      await stage.onEveryNode((control) => control.clearScenarios());
    },
  };
}

function everyJobGoesWrong(behaviour: JobBehaviour): Pick<Scenario, 'prepare' | 'during'> {
  return {
    prepare: (stage) => stage.onEveryNode((control) => control.scenario({ behaviour })),
    async during(stage, runId) {
      await waitForRow(stage.access, runId, (row) => !row.open, { what: 'the end of the run' });
      await stage.onEveryNode((control) => control.clearScenarios());
    },
  };
}

/** A part of the yard is killed while the training is held in the middle; nothing of the run may show it. */
function killedInMidTraining(part: 'gpu' | 'bot'): Pick<Scenario, 'kills' | 'prepare' | 'during' | 'expected'> {
  return {
    kills: true,
    prepare: (stage) => stage.onEveryNode((control) => control.hold(HELD_AT)),
    async during(stage, runId) {
      await stage.untilHeld(runId);
      await stage.kill(part);
      await stage.onEveryNode((control) => control.release());
    },
    expected: once(SUCCEEDED),
  };
}

export const SCENARIOS = {
  success: { title: 'A training from the first picture to the proven file', expected: once(SUCCEEDED) },

  'node-error': {
    title: 'The node raises an error in mid-training',
    ...oneJobGoesWrong({ kind: 'node-error', atStep: 200 }),
    expected: once({ kind: 'failed', type: 'NodeError' }),
  },

  'out-of-memory': {
    title: 'The node runs out of memory once and recovers',
    ...oneJobGoesWrong({ kind: 'out-of-memory', atStep: 100 }),
    expected: { end: SUCCEEDED, attempts: 2, trainings: 2 },
  },

  'lost-job': {
    title: 'The node forgets the job and the run starts over',
    ...oneJobGoesWrong({ kind: 'lost', atStep: 300 }),
    expected: { end: SUCCEEDED, attempts: 2, trainings: 2 },
  },

  'lost-thrice': {
    title: 'The nodes forget the job three times; all points come back',
    ...everyJobGoesWrong({ kind: 'lost', atStep: 100 }),
    expected: { end: { kind: 'failed', type: 'JobLost' }, attempts: 3, trainings: 3 },
  },

  nan: {
    title: 'The file is full of numbers that are none; all points come back',
    ...everyJobGoesWrong({ kind: 'nan' }),
    expected: once({ kind: 'failed', type: 'ArtifactWithoutEffect' }),
  },

  'zero-weights': {
    title: 'The file has no effect; all points come back',
    ...everyJobGoesWrong({ kind: 'zero-weights' }),
    expected: once({ kind: 'failed', type: 'ArtifactWithoutEffect' }),
  },

  'cancel-queued': {
    title: 'The owner cancels while all nodes are busy: nothing is charged',
    prepare: (stage) => stage.keepNodesBusy(),
    async during(stage, runId) {
      await waitForRow(stage.access, runId, (row) => row.status === 'queued', { what: 'the run to wait' });
      await stage.cancelAsOwner(runId);
      await waitForRow(stage.access, runId, (row) => !row.open, { what: 'the end of the run' });
      await stage.letNodesGo();
    },
    expected: { end: { kind: 'cancelled', by: 'owner', charge: 'none' }, attempts: 1, trainings: 0 },
  },

  'cancel-training': {
    title: 'The owner cancels in mid-training and pays for the steps done',
    prepare: (stage) => stage.onEveryNode((control) => control.hold(HELD_AT)),
    async during(stage, runId) {
      await stage.untilHeld(runId);
      await stage.cancelAsOwner(runId);
      await waitForRow(stage.access, runId, (row) => !row.open, { what: 'the end of the run' });
      await stage.onEveryNode((control) => control.release());
    },
    expected: once({ kind: 'cancelled', by: 'owner', charge: 'part' }),
  },

  'operator-cancel': {
    title: 'An operator cancels through Temporal: everything comes back',
    prepare: (stage) => stage.onEveryNode((control) => control.hold(HELD_AT)),
    async during(stage, runId) {
      await stage.untilHeld(runId);
      stage.transcript.aside('An operator presses Request Cancellation in the Temporal Web UI.');
      await stage.access.client.workflow.getHandle(trainRunIdOf(runId)).cancel();
      await waitForRow(stage.access, runId, (row) => !row.open, { what: 'the end of the run' });
      await stage.onEveryNode((control) => control.release());
    },
    expected: once({ kind: 'cancelled', by: 'operator', charge: 'none' }),
  },

  'insufficient-points': {
    title: 'The points go elsewhere before the press: a refusal, and nothing is held',
    yard: { WELCOME_POINTS: '2000' },
    meanwhile: (stage) => stage.spendElsewhere(),
    async during(stage, runId) {
      await waitForRow(stage.access, runId, (row) => !row.open, { what: 'the end of the run' });
      await stage.letNodesGo();
    },
    expected: { end: { kind: 'refused', code: 'not-enough-points', holdAsked: true }, attempts: 1, trainings: 0 },
  },

  'too-few-images': {
    title: 'Three images for a recipe that takes four: no offer is made',
    pictures: 3,
    withoutOffer: true,
    expected: { end: { kind: 'refused', code: 'image-count', holdAsked: false }, attempts: 1, trainings: 0 },
  },

  'worker-killed': {
    title: 'The worker of the nodes is killed in mid-training and follows the same job again',
    ...killedInMidTraining('gpu'),
  },

  'bot-killed': {
    title: 'The bot is killed while the run goes on; nobody notices',
    ...killedInMidTraining('bot'),
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(SCENARIOS, name);
}

export function scenarioOf(name: ScenarioName): Scenario {
  return SCENARIOS[name];
}
