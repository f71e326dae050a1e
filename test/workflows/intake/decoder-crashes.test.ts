import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decoderAtWork, HEAVY_PICTURE } from '../../support/decoder-at-work.js';
import { eventually } from '../../support/eventually.js';
import { jpegPicture } from '../../support/pictures.js';
import { openIntakeYard, type IntakeYard } from './intake-yard.js';

describe('an upload with a picture that decoders die of', () => {
  let yard: IntakeYard;
  beforeAll(async () => {
    yard = await openIntakeYard();
  });
  afterAll(async () => {
    await yard.close();
  });

  /** @returns how often a decoder died in the middle of the heavy picture */
  async function crashUpTo(times: number): Promise<number> {
    for (let died = 0; died < times; died += 1) {
      const victim = await decoderAtWork(yard.decoder, 60_000);
      process.kill(victim, 'SIGSEGV');
      await eventually(() => { expect(yard.decoder.pids()).not.toContain(victim); });
    }
    return times;
  }

  const files = async () => [
    { fileName: 'before.jpg', content: await jpegPicture({ seed: 1 }) },
    { fileName: 'heavy.png', content: HEAVY_PICTURE },
    { fileName: 'after.jpg', content: await jpegPicture({ seed: 2 }) },
  ];

  it('gives that picture up after the third death and takes in all others', async () => {
    const crashes = crashUpTo(3);
    const { pictures } = await yard.takeIn({ datasetId: await yard.newDataset(), files: await files() });
    expect(await crashes).toBe(3);
    expect(pictures).toMatchObject([
      { fileName: 'before.jpg', kind: 'added' },
      { fileName: 'heavy.png', kind: 'refused', problem: { code: 'IMG_UNDECODABLE' } },
      { fileName: 'after.jpg', kind: 'added' },
    ]);
  }, 180_000);

  it('takes that picture in as well when a decoder survives it at last', async () => {
    const crashes = crashUpTo(2);
    const { pictures } = await yard.takeIn({ datasetId: await yard.newDataset(), files: await files() });
    expect(await crashes).toBe(2);
    expect(pictures.map(({ kind }) => kind)).toEqual(['added', 'added-with-warnings', 'added']);
  }, 180_000);
});
