import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Graph, Rig } from './raw-client.js';
import { openRig, picture, trainingGraph } from './raw-client.js';

describe('datasets at the ComfyUI stand-in', () => {
  let rig: Rig;
  const train = async (graph: Graph) => rig.ended(await rig.submit(graph));
  const trained = async () => ((await rig.control.jobs()).at(-1)?.images ?? []).map((image) => `${image.name}: ${image.caption}`).sort();

  beforeEach(async () => {
    rig = await openRig({ cacheNone: true });
  });
  afterEach(() => rig.close());

  it('accepts a folder uploaded a moment ago, and pairs each image with its stripped caption or none', async () => {
    await rig.stage('runs/a/1');
    await rig.upload('runs/a/1', 'Bare.JPG', await picture(9));
    await rig.upload('runs/a/1', 'notes.md', 'ignored');
    await train(trainingGraph('runs/a/1', 'loras/a/lora'));
    expect(await trained()).toEqual(['Bare.JPG: ', 'image0.png: caption 0', 'image1.png: caption 1']);
  });

  it('pulls sub-folders of a parent folder in, one level down, as often as their name says', async () => {
    await rig.stage('runs/a', 1);
    await rig.stage('runs/a/2_cats', 1);
    await rig.stage('runs/a/deep/deeper', 1);
    await train(trainingGraph('runs/a', 'loras/a/lora'));
    expect(await trained()).toEqual(['2_cats/image0.png: caption 0', '2_cats/image0.png: caption 0', 'image0.png: caption 0']);
  });

  it('fails at run time on a corrupt image, a 0-byte image, and an empty folder', async () => {
    await rig.stage('runs/bad', 1);
    await rig.upload('runs/bad', 'a.png', 'no picture');
    await rig.upload('runs/zero', 'a.png', '');
    await rig.upload('runs/empty', 'a.txt', 'only a caption');
    const errorOf = async (folder: string) => (await train(trainingGraph(folder, 'loras/a/lora')))['execution_error'];
    const unreadable = { node_id: '2', exception_type: 'PIL.UnidentifiedImageError' };
    expect(await errorOf('runs/bad')).toMatchObject(unreadable);
    expect(await errorOf('runs/zero')).toMatchObject(unreadable);
    expect(await errorOf('runs/empty')).toMatchObject({ exception_type: 'ValueError', exception_message: 'No valid images found in input\n' });
  });

  it('fails on an image that ends too early', async () => {
    const whole = await picture(1);
    await rig.upload('runs/cut', 'a.png', whole.subarray(0, whole.length - 40));
    const job = await train(trainingGraph('runs/cut', 'loras/a/lora'));
    expect(job['execution_error']).toMatchObject({ exception_type: 'OSError' });
  });
});

describe('the node cache of the ComfyUI stand-in', () => {
  let rig: Rig;
  const cachedNodes = (job: Record<string, unknown>) => {
    const { messages } = job['execution_status'] as { messages: [string, { nodes?: string[] }][] };
    return messages.find(([event]) => event === 'execution_cached')?.[1].nodes;
  };
  const loras = async () => (await rig.call('GET', '/models/loras')).json as unknown as string[];
  afterEach(() => rig.close());

  async function open(cacheNone: boolean): Promise<void> {
    rig = await openRig({ cacheNone });
    await rig.stage('runs/a/1', 1);
  }
  const train = async (graph: Graph) => rig.ended(await rig.submit(graph));
  const trainedSha = async () => (await rig.control.jobs()).at(-1)?.images[0]?.sha256;

  it('trains the old dataset when a folder has changed under its name', async () => {
    await open(false);
    await train(trainingGraph('runs/a/1', 'loras/one/lora'));
    const old = await trainedSha();
    await rig.upload('runs/a/1', 'image0.png', await picture(77));
    const job = await train(trainingGraph('runs/a/1', 'loras/two/lora', { steps: 6 }));
    expect(cachedNodes(job)).toEqual(['1', '2', '3']);
    expect(await trainedSha()).toBe(old);
  });

  it('serves an identical graph from the cache: success, no training, no second file', async () => {
    await open(false);
    await train(trainingGraph('runs/a/1', 'loras/one/lora'));
    const job = await train(trainingGraph('runs/a/1', 'loras/one/lora'));
    expect(job).toMatchObject({ status: 'completed' });
    expect(cachedNodes(job)).toEqual(['1', '2', '3', '4', '5']);
    expect((await rig.control.jobs()).map((each) => each.trained)).toEqual([true, false]);
    expect(await loras()).toEqual(['one/lora_5_steps_00001_.safetensors']);
  });

  it('is emptied by a restart and by /free', async () => {
    await open(false);
    const graph = () => trainingGraph('runs/a/1', 'loras/one/lora');
    await train(graph());
    await rig.call('POST', '/free', { free_memory: true });
    expect(cachedNodes(await train(graph()))).toEqual([]);
    await rig.control.restart();
    expect(cachedNodes(await train(graph()))).toEqual([]);
  });

  it('does not exist with --cache-none: a changed folder is read anew, an identical graph trains again', async () => {
    await open(true);
    await train(trainingGraph('runs/a/1', 'loras/one/lora'));
    const old = await trainedSha();
    await rig.upload('runs/a/1', 'image0.png', await picture(77));
    const job = await train(trainingGraph('runs/a/1', 'loras/one/lora'));
    expect(cachedNodes(job)).toEqual([]);
    expect(await trainedSha()).not.toBe(old);
    expect(await loras()).toHaveLength(2);
  });
});
