import { createHash } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import type { GraphNode, Recipe, RunSettings } from '../../domain/recipes.js';
import type { ComfyFile } from './file-calls.js';

/** The namespace of all prompt ids; changing it would orphan every running job. */
const PROMPT_IDS = '5f0d6d2a-4a0c-5a57-9c0b-7a9e51f3c2d8';
/** What ComfyUI stores exactly as it is written: some clients and servers encode anything else. */
const SEGMENT = /^[A-Za-z0-9_-]+$/;

/** The id of the one job of an attempt, the same on every worker. */
export function promptIdOf(runId: string, attempt: number): string {
  return uuidv5(`${runId}:${attempt}`, PROMPT_IDS);
}

/**
 * Where the training files of a job lie below `input/`, unique to run and attempt: ComfyUI keeps what it read from a folder,
 * and a parent folder would pull in the images of other runs.
 */
export function datasetFolder(runId: string, promptId: string): string {
  return `runs/${segment(runId)}/${segment(promptId)}`;
}

function outputFolder(runId: string, promptId: string): string {
  return `loras/${datasetFolder(runId, promptId)}`;
}

/** The file a job writes. Nothing in ComfyUI's answers names it; with a prefix of its own per attempt its counter is always 1. */
export function artifactFile(recipe: Recipe, runId: string, promptId: string, steps: number): ComfyFile {
  return { type: 'output', folder: outputFolder(runId, promptId), fileName: recipe.comfyui.artifact.fileName.replace('{steps}', String(steps)) };
}

/** The recipe's graph with everything filled in that the yard and the user may bind; the rest cannot be reached. */
export function bindGraph(
  recipe: Recipe,
  job: { readonly runId: string; readonly promptId: string; readonly settings: RunSettings; readonly baseModel: string },
): Record<string, GraphNode> {
  const { bindings } = recipe.comfyui;
  const graph = structuredClone(recipe.comfyui.graph) as Record<string, GraphNode & { inputs: Record<string, unknown> }>;
  const values: Record<keyof typeof bindings, string | number> = {
    folder: datasetFolder(job.runId, job.promptId),
    prefix: `${outputFolder(job.runId, job.promptId)}/lora`,
    baseModel: job.baseModel,
    seed: seedOf(job.promptId),
    steps: job.settings.steps,
    learningRate: job.settings.learningRate,
    rank: job.settings.rank,
  };
  for (const name of Object.keys(bindings) as (keyof typeof bindings)[]) {
    const { nodeId, input } = splitPointer(bindings[name]);
    const node = graph[nodeId];
    if (node === undefined) throw new RangeError(`Expected recipe ${recipe.id} to have node ${nodeId} for its binding ${name}.`);
    node.inputs[input] = values[name];
  }
  return graph;
}

/** The two halves of a binding such as `/4/inputs/steps`. */
export function splitPointer(pointer: string): { nodeId: string; input: string } {
  const [, nodeId = '', , input = ''] = pointer.split('/');
  return { nodeId, input };
}

/** Names the graph a job was made from, so that an operator can tell which version of a recipe a job is. */
export function templateHash(recipe: Recipe): string {
  return createHash('sha256').update(JSON.stringify(recipe.comfyui.graph)).digest('hex').slice(0, 16);
}

/** Differs per attempt: a loss that exploded once need not do so again. 48 bits stay exact in JSON. */
function seedOf(promptId: string): number {
  return Number.parseInt(promptId.replaceAll('-', '').slice(0, 12), 16);
}

function segment(text: string): string {
  if (!SEGMENT.test(text)) throw new RangeError(`Expected letters, digits, - and _ as the name of a folder, got "${text}".`);
  return text;
}
