import type { Folders } from '../folders.js';
import type { StagedImage } from '../ground-truth.js';
import type { RunningJob } from '../running-job.js';

/** What a node gets: its inputs with links resolved, and the job it belongs to. */
export interface NodeRun {
  inputs: Record<string, unknown>;
  job: RunningJob;
  folders: Folders;
  report: (value: number, max: number) => void;
  /** Ends the server process as a crash would. */
  crash: () => void;
}

export interface NodeResult {
  /** One value per output slot. */
  outputs: unknown[];
  /** What `executed` frames and history show; absent for nodes without UI output. */
  ui?: Record<string, unknown[]>;
}

export interface LoadedModel {
  checkpoint: string;
}

export interface EncodedDataset {
  images: StagedImage[];
}

export interface TrainedLora {
  checkpoint: string;
  rank: number;
  dtype: 'bf16' | 'fp32';
  /** Decides the weights: the same text gives the same file. */
  seedText: string;
  flaw: 'nan' | 'zero-weights' | null;
}

export interface LossMap {
  losses: number[];
}

export function numberInput(run: NodeRun, name: string): number {
  const value = run.inputs[name];
  if (typeof value !== 'number') throw new Error(`Expected input "${name}" to be a number, got ${typeof value}.`);
  return value;
}

export function textInput(run: NodeRun, name: string): string {
  const value = run.inputs[name];
  if (typeof value !== 'string') throw new Error(`Expected input "${name}" to be text, got ${typeof value}.`);
  return value;
}
