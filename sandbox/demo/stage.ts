import type { RunRow } from '../../models/runs-schema.js';
import type { ComfyControl } from '../comfyui/control.js';
import type { JobRecord } from '../comfyui/ground-truth.js';
import { createPlayer, waitForRow } from './player.js';
import type { Access, Picture, Player } from './player.js';
import { silentTranscript } from './transcript.js';
import type { Transcript } from './transcript.js';

/** Where a scenario plays, and the hands behind the scene. */
export interface Stage {
  readonly access: Access;
  readonly transcript: Transcript;
  readonly player: Player;
  /** The dataset of the run that is played. */
  readonly datasetId: string;
  onEveryNode(act: (control: ComfyControl) => Promise<void>): Promise<void>;
  /** Waits until a job of the run is as wanted, on any node. */
  waitForJob(runId: string, wanted: (job: JobRecord) => boolean): Promise<void>;
  /** Waits until the training of a run is held in the middle and its row knows of progress: nodes report about every hundredth step. */
  untilHeld(runId: string): Promise<void>;
  /** Lets somebody else train on every node, and keeps these trainings from ending. */
  keepNodesBusy(): Promise<void>;
  /** Lets the hero start another training, which takes points, and keeps it from ending. */
  spendElsewhere(): Promise<void>;
  letNodesGo(): Promise<void>;
  cancelAsOwner(runId: string): Promise<void>;
  /** SIGKILL of a part of the yard; returns when it serves again. */
  kill(part: string): Promise<void>;
}

export interface StageParts {
  readonly access: Access;
  readonly transcript: Transcript;
  readonly player: Player;
  readonly datasetId: string;
  readonly pictures: readonly Picture[];
  readonly kill: (part: string) => Promise<void>;
}

const JOB_MS = 60_000;
const BUSY_STEPS = 400;
const BUSY_AT = 100;
const BUSY_PICTURES = 4;

export function createStage({ access, transcript, player, datasetId, pictures, kill }: StageParts): Stage {
  const busy: string[] = [];

  const onEveryNode = async (act: (control: ComfyControl) => Promise<void>): Promise<void> => {
    await Promise.all(access.nodes.map(({ control }) => act(control)));
  };

  const waitForJob = async (runId: string, wanted: (job: JobRecord) => boolean): Promise<void> => {
    const endsAt = Date.now() + JOB_MS;
    for (;;) {
      const jobs = (await Promise.all(access.nodes.map(({ control }) => control.jobs()))).flat();
      if (jobs.some((job) => job.runId === runId && wanted(job))) return;
      if (Date.now() > endsAt) throw new Error(`Waited ${JOB_MS / 1000} s for a job of run ${runId}; the nodes have: ${jobs.map((job) => `${job.runId ?? '?'} ${job.state}`).join(', ')}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  return {
    access,
    transcript,
    player,
    datasetId,
    onEveryNode,
    waitForJob,

    async untilHeld(runId) {
      await waitForJob(runId, (job) => job.held);
      await waitForRow(access, runId, (row) => (row.progress?.step ?? 0) > 0, { what: 'the first steps of the run' });
    },

    async keepNodesBusy() {
      transcript.aside('Jonas trains on every node of the yard.');
      await onEveryNode((control) => control.hold(BUSY_AT));
      for (const { nodeId } of access.nodes) {
        const runId = await startAs('jonas', `busy ${nodeId} ${Date.now() % 100_000}`);
        busy.push(runId);
        await waitForJob(runId, (job) => job.held);
      }
    },

    async spendElsewhere() {
      transcript.aside('Mira starts another training first, which takes the points.');
      await onEveryNode((control) => control.hold(BUSY_AT));
      const runId = await startAs('mira', `first ${Date.now() % 100_000}`);
      busy.push(runId);
      await waitForJob(runId, (job) => job.held);
    },

    async letNodesGo() {
      await onEveryNode((control) => control.release());
      for (const runId of busy) await waitForRow(access, runId, isOver, { what: 'the training that kept a node busy' });
    },

    async cancelAsOwner(runId) {
      const row = await waitForRow(access, runId, () => true);
      const asked = await player.slash('train cancel', { id: row.datasetId });
      await player.press(asked, 'Cancel training');
    },

    kill,
  };

  async function startAs(name: 'jonas' | 'mira', datasetName: string): Promise<string> {
    const other = createPlayer(access, name, silentTranscript);
    const id = await other.createDataset(datasetName);
    await other.uploadRest(id, pictures.slice(0, BUSY_PICTURES));
    return other.confirm(await other.offer(id, { recipe: 'sd15-lora', steps: BUSY_STEPS }));
  }
}

function isOver(row: RunRow): boolean {
  return !row.open;
}
