import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Graph, Rig } from './raw-client.js';
import { openRig, trainingGraph } from './raw-client.js';
import { readLora } from './safetensors.js';

describe('files of the ComfyUI stand-in', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await openRig({ cacheNone: true, maxUploadBytes: 100_000 });
    await rig.stage('runs/a/1');
  });
  afterAll(() => rig.close());

  const sizeOf = async (subfolder: string, name: string) => {
    const reply = await rig.call('HEAD', `/view?type=input&subfolder=${subfolder}&filename=${encodeURIComponent(name)}`);
    return reply.status === 200 ? Number(reply.headers.get('content-length')) : null;
  };

  describe('upload', () => {
    it('takes any extension, a 0-byte file included, and makes the folder', async () => {
      expect((await rig.upload('up/x', 'a.txt', 'caption')).json).toEqual({ name: 'a.txt', subfolder: 'up/x', type: 'input' });
      expect((await rig.upload('up/x', 'b.weird', '')).status).toBe(200);
      expect(await sizeOf('up/x', 'a.txt')).toBe(7);
      expect(await sizeOf('up/x', 'b.weird')).toBe(0);
    });

    it('overwrites only when told to, else keeps both under another name', async () => {
      await rig.upload('up/o', 'a.txt', 'one');
      expect((await rig.upload('up/o', 'a.txt', 'other', {})).json['name']).toBe('a (1).txt');
      expect((await rig.upload('up/o', 'a.txt', 'third', {})).json['name']).toBe('a (2).txt');
      expect((await rig.upload('up/o', 'a.txt', 'replaced', { overwrite: '1' })).json['name']).toBe('a.txt');
      expect(await sizeOf('up/o', 'a.txt')).toBe(8);
    });

    it('keeps the name when the same bytes are already there', async () => {
      await rig.upload('up/d', 'a.txt', 'same');
      expect((await rig.upload('up/d', 'a.txt', 'same', {})).json['name']).toBe('a.txt');
    });

    it.each(['../..', '/etc', 'runs/../../..'])('refuses the folder %s', async (subfolder) => {
      expect((await rig.upload(subfolder, 'a.txt', 'x')).status).toBe(400);
    });

    it('refuses another field name with 400, another type with 500, a file above the limit with 413', async () => {
      expect((await rig.upload('up', 'a.txt', 'x', {}, 'file')).status).toBe(400);
      expect((await rig.upload('up', 'a.txt', 'x', { type: 'models' })).status).toBe(500);
      const large = await rig.upload('up', 'a.txt', 'x'.repeat(200_000));
      expect(large).toMatchObject({ status: 413, text: 'Maximum request body size 100000 exceeded.' });
    });

    it('does not make a folder named inside the file name, and stores a percent sign as it is', async () => {
      expect((await rig.upload('up', 'new/a.txt', 'x')).status).toBe(500);
      expect((await rig.upload('up', 'new%2Fa.txt', 'x')).json['name']).toBe('new%2Fa.txt');
    });
  });

  describe('view', () => {
    beforeAll(async () => {
      await rig.ended(await rig.submit(trainingGraph('runs/a/1', 'loras/v/lora')));
    });
    const address = '/view?type=output&subfolder=loras/v&filename=lora_5_steps_00001_.safetensors';
    const bytes = async (headers: Record<string, string> = {}) => {
      const response = await fetch(`${rig.url}${address}`, { headers });
      return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
    };

    it('gives a LoRA as application/safetensors with tag, date and length, whole and in parts', async () => {
      const whole = await bytes();
      expect(whole.status).toBe(200);
      expect(whole.headers.get('content-type')).toBe('application/safetensors');
      expect(whole.headers.get('accept-ranges')).toBe('bytes');
      expect(whole.headers.get('etag')).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/);
      expect(whole.headers.get('last-modified')).not.toBeNull();
      const total = whole.body.length;

      const first = await bytes({ range: 'bytes=0-99' });
      const rest = await bytes({ range: 'bytes=100-' });
      expect(first.status).toBe(206);
      expect(first.headers.get('content-range')).toBe(`bytes 0-99/${total}`);
      expect(Buffer.concat([first.body, rest.body]).equals(whole.body)).toBe(true);
      expect((await bytes({ range: 'bytes=-10' })).body.equals(whole.body.subarray(-10))).toBe(true);

      const beyond = await bytes({ range: `bytes=${total}-` });
      expect(beyond.status).toBe(416);
      expect(beyond.headers.get('content-range')).toBe(`bytes */${total}`);
    });

    it('answers HEAD with the length, and 304 to the tag', async () => {
      const head = await rig.call('HEAD', address);
      expect(head.status).toBe(200);
      expect(Number(head.headers.get('content-length'))).toBe((await bytes()).body.length);
      expect((await bytes({ 'if-none-match': head.headers.get('etag') ?? '' })).status).toBe(304);
    });

    it.each([
      ['filename=../secret', 400],
      ['filename=/etc/passwd', 400],
      ['filename=a.txt&type=checkpoints', 400],
      ['filename=a.txt&subfolder=../..', 403],
      ['filename=missing.txt', 404],
      ['subfolder=loras', 404],
    ])('answers /view?%s with %i', async (query, status) => {
      expect((await rig.call('GET', `/view?${query}`)).status).toBe(status);
    });
  });

  describe('SaveLoRA', () => {
    const train = async (graph: Graph) => rig.ended(await rig.submit(graph));
    const loras = async () => (await rig.call('GET', '/models/loras')).json as unknown as string[];

    it('leaves no word of the file in outputs, job or history', async () => {
      const job = await train(trainingGraph('runs/a/1', 'loras/quiet/lora'));
      expect(job).toMatchObject({ status: 'completed', outputs: {}, outputs_count: 0 });
      expect(JSON.stringify(job['execution_status'])).not.toContain('lora');
      expect(await loras()).toContain('quiet/lora_5_steps_00001_.safetensors');
    });

    it('overwrites the second file of a prefix with the third, as the counter takes the step count for its own', async () => {
      const shas: (string | undefined)[] = [];
      for (let run = 0; run < 3; run += 1) {
        await train(trainingGraph('runs/a/1', 'loras/c/lora', { steps: 20 }));
        shas.push((await rig.control.jobs()).at(-1)?.file?.sha256);
      }
      const files = (await loras()).filter((name) => name.startsWith('c/'));
      expect(files).toEqual(['c/lora_20_steps_00001_.safetensors', 'c/lora_20_steps_00021_.safetensors']);
      expect((await rig.control.jobs()).at(-1)?.file?.path).toBe('loras/c/lora_20_steps_00021_.safetensors');
      expect(new Set(shas).size).toBe(3);
    });

    it('leaves the step count out of the name when it is not wired', async () => {
      const graph = trainingGraph('runs/a/1', 'loras/plain/lora');
      const save = graph['5'];
      if (save !== undefined) Reflect.deleteProperty(save.inputs, 'steps');
      await train(graph);
      expect(await loras()).toContain('plain/lora_00001_.safetensors');
    });

    it('expands macros, and refuses a path outside only after the training', async () => {
      await train(trainingGraph('runs/a/1', 'loras/%year%/lora'));
      expect(await loras()).toContain(`${new Date().getFullYear()}/lora_5_steps_00001_.safetensors`);
      const job = await train(trainingGraph('runs/a/1', '../../escape/lora'));
      expect(job).toMatchObject({ status: 'failed', execution_error: { node_id: '5' } });
      expect((await rig.control.jobs()).at(-1)?.trainedSteps).toBe(5);
    });

    it.each([
      ['sd_xl_base_1.0.safetensors', 'bf16', 'BF16', 'input_blocks.4.1.transformer_blocks.1.attn1.to_q'],
      ['v1-5-pruned-emaonly-fp16.safetensors', 'fp32', 'F32', 'input_blocks.1.1.transformer_blocks.0.attn1.to_q'],
    ])('writes a valid file for %s in %s', async (checkpoint, loraDtype, dtype, module) => {
      const graph = trainingGraph('runs/a/1', `loras/${loraDtype}/lora`, { rank: 16, lora_dtype: loraDtype });
      Object.assign(graph['1']?.inputs ?? {}, { ckpt_name: checkpoint });
      await train(graph);
      const response = await fetch(`${rig.url}/view?subfolder=loras/${loraDtype}&filename=lora_5_steps_00001_.safetensors`);
      const file = readLora(Buffer.from(await response.arrayBuffer()));

      expect(file.tensors.size).toBeGreaterThan(100);
      expect(file.metadata['simulated']).toBe('true');
      expect(file.sizeBytes).toBeGreaterThan(1_000_000);
      expect(file.sizeBytes).toBeLessThan(5_000_000);
      const up = file.tensors.get(`diffusion_model.${module}.lora_up.weight`);
      const down = file.tensors.get(`diffusion_model.${module}.lora_down.weight`);
      expect(up).toMatchObject({ dtype, shape: [expect.any(Number), 16] });
      expect(down).toMatchObject({ dtype, shape: [16, expect.any(Number)] });
      expect(file.tensors.get(`diffusion_model.${module}.alpha`)?.values).toEqual([1]);
      expect([...file.tensors.values()].every((tensor) => tensor.values.every((value) => Number.isFinite(value) && value !== 0))).toBe(true);
      const metadata = await rig.call('GET', `/view_metadata/loras?filename=${loraDtype}/lora_5_steps_00001_.safetensors`);
      expect(metadata.json).toEqual(file.metadata);
    });
  });
});
