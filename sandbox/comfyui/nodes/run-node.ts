import { loadImageFolder, loadImageTextFolder, makeTrainingDataset, resolutionBucket } from './dataset-nodes.js';
import type { LoadedModel, NodeResult, NodeRun } from './node-run.js';
import { textInput } from './node-run.js';
import { lossGraph, saveLora } from './output-nodes.js';
import { trainLora } from './train-lora.js';

const LOAD_MS = 5;

const RUNNERS: Record<string, (run: NodeRun) => Promise<NodeResult>> = {
  CheckpointLoaderSimple: loadCheckpoint,
  LoadImageTextDataSetFromFolder: loadImageTextFolder,
  LoadImageDataSetFromFolder: loadImageFolder,
  MakeTrainingDataset: makeTrainingDataset,
  ResolutionBucket: resolutionBucket,
  TrainLoraNode: trainLora,
  SaveLoRA: saveLora,
  LossGraphNode: lossGraph,
};

export async function runNode(classType: string, run: NodeRun): Promise<NodeResult> {
  const runner = RUNNERS[classType];
  if (runner === undefined) throw new Error(`Expected a runner for node class "${classType}", found none.`);
  return runner(run);
}

async function loadCheckpoint(run: NodeRun): Promise<NodeResult> {
  await run.job.rest(LOAD_MS);
  const model: LoadedModel = { checkpoint: textInput(run, 'ckpt_name') };
  return { outputs: [model, model, model] };
}
