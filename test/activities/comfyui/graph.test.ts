import { beforeAll, describe, expect, it } from '@jest/globals';
import { artifactFile, bindGraph, datasetFolder, promptIdOf } from '../../../activities/comfyui/graph.js';
import type { Recipe } from '../../../domain/recipes.js';
import { loadRecipes, RECIPES_FOLDER } from '../../../recipes/load.js';

describe('the graph of a job', () => {
  let recipe: Recipe;

  beforeAll(async () => {
    const found = (await loadRecipes(RECIPES_FOLDER)).get('sdxl-lora');
    if (found === undefined) throw new Error('Expected the recipe sdxl-lora.');
    recipe = found;
  });

  const job = { runId: 'run-1', promptId: promptIdOf('run-1', 1), settings: { steps: 700, learningRate: 1e-4, rank: 8, resolutionPx: 1024 }, baseModel: 'base.safetensors' };

  it('has everything bound and nothing else changed', () => {
    const graph = bindGraph(recipe, job);
    expect(graph['1']?.inputs).toEqual({ ckpt_name: 'base.safetensors' });
    expect(graph['2']?.inputs).toEqual({ folder: `runs/run-1/${job.promptId}` });
    expect(graph['4']?.inputs).toMatchObject({ steps: 700, learning_rate: 1e-4, rank: 8, optimizer: 'AdamW' });
    expect(graph['5']?.inputs['prefix']).toBe(`loras/runs/run-1/${job.promptId}/lora`);
    expect(recipe.comfyui.graph['4']?.inputs['steps']).toBe(1500);
  });

  it('has a folder, a prefix and a seed of its own in each attempt, and the same when it is made again', () => {
    const second = bindGraph(recipe, { ...job, promptId: promptIdOf('run-1', 2) });
    const seeds = [bindGraph(recipe, job), bindGraph(recipe, job), second].map((graph) => graph['4']?.inputs['seed']);
    expect(seeds[0]).toBe(seeds[1]);
    expect(seeds[0]).not.toBe(seeds[2]);
    expect(seeds.every((seed) => Number.isSafeInteger(seed))).toBe(true);
    expect(second['2']?.inputs).not.toEqual(bindGraph(recipe, job)['2']?.inputs);
  });

  it('has a canonical lower-case UUID as its id', () => {
    expect(promptIdOf('run-1', 1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it.each(['../up', 'a/b', '', 'a%2Fb', 'a b'])('never puts %j into a path', (runId) => {
    expect(() => datasetFolder(runId, job.promptId)).toThrow(/Expected letters/);
  });

  it('names the file where its prefix puts it', () => {
    expect(artifactFile(recipe, 'run-1', job.promptId, 700)).toEqual({ type: 'output', folder: `loras/runs/run-1/${job.promptId}`, fileName: 'lora_00001_.safetensors' });
  });
});
