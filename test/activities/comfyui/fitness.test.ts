import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fitnessProblem } from '../../../activities/comfyui/fitness.js';
import { createNodeProbe } from '../../../activities/comfyui/node-probe.js';
import type { Recipe } from '../../../domain/recipes.js';
import { openRunWorld, startTestNode, type RunWorld, type TestNode } from '../../support/comfy-node.js';

describe('the fitness of a node', () => {
  let world: RunWorld;
  let node: TestNode;
  let recipes: Recipe[];

  beforeAll(async () => {
    world = await openRunWorld();
    node = await startTestNode(world);
    recipes = [...node.deps.recipes.values()];
  });

  afterAll(async () => {
    await node.stop();
    await world.close();
  });

  const first = (): Recipe => {
    const [recipe] = recipes;
    if (recipe === undefined) throw new Error('Expected a recipe.');
    return recipe;
  };

  it('is given when it can train every recipe', async () => {
    expect(await fitnessProblem(node.client, 'alpha', recipes, {})).toBeNull();
  });

  it('lists what the node has when the base model is missing', async () => {
    expect(await fitnessProblem(node.client, 'alpha', recipes, { SDXL_BASE_MODEL: 'other.safetensors' })).toBe(
      'Node "alpha" cannot train "sdxl-lora": expected the checkpoint "other.safetensors" (SDXL_BASE_MODEL), it has "sd_xl_base_1.0.safetensors", "v1-5-pruned-emaonly-fp16.safetensors".',
    );
  });

  it('names the class, the input or the version that is missing', async () => {
    const recipe = first();
    const trainer = recipe.comfyui.graph['4'];
    if (trainer === undefined) throw new Error('Expected node 4.');
    const withTrainer = (change: Partial<typeof trainer>): Recipe => ({ ...recipe, comfyui: { ...recipe.comfyui, graph: { ...recipe.comfyui.graph, 4: { ...trainer, ...change } } } });
    expect(await fitnessProblem(node.client, 'alpha', [withTrainer({ class_type: 'FluxTrainer' })], {})).toContain('it does not know the node class FluxTrainer.');
    expect(await fitnessProblem(node.client, 'alpha', [withTrainer({ inputs: { turbo: true } })], {})).toContain('its node class TrainLoraNode has no input "turbo".');
    expect(await fitnessProblem(node.client, 'alpha', [{ ...recipe, comfyui: { ...recipe.comfyui, minVersion: '0.100.0' } }], {})).toContain('expected ComfyUI 0.100.0 or newer, it runs 0.33.0.');
  });

  it('is told once when it is lost, once when it is back, and checked anew after the node was away', async () => {
    const told: (string | null)[] = [];
    const probe = createNodeProbe({ node: node.deps.node, client: node.client, recipes: node.deps.recipes, baseModels: {}, onProblem: (problem) => told.push(problem) });
    expect((await probe.look()).state).toBe('idle');
    await node.control.down(true);
    expect((await probe.look()).state).toBe('unreachable');
    expect((await probe.look()).state).toBe('unreachable');
    await node.control.down(false);
    await node.control.clearCalls();
    expect((await probe.look()).state).toBe('idle');
    expect(told).toEqual([expect.stringContaining('Node "alpha" cannot be used'), null]);
    expect((await node.control.calls()).some((call) => call.path.includes('/object_info/'))).toBe(true);
  });

  it('is not given for a queue that no recipe uses', async () => {
    const probe = createNodeProbe({ node: { ...node.deps.node, queue: 'empty' }, client: node.client, recipes: node.deps.recipes, baseModels: {} });
    expect(await probe.look()).toMatchObject({ state: 'unfit', problem: expect.stringContaining('"empty"') });
  });
});
