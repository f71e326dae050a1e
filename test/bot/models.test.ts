import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Lora } from '../../models/loras.js';
import { createBlobs } from '../../models/blobs.js';
import { createLoras } from '../../models/loras.js';
import { createRuns } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { createBlobSweep } from '../../workers/blob-sweep.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText, buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { anEndedRun } from '../support/run-rows.js';
import { accountOf } from '../support/seeds.js';
import { answerTo, hears, said, slash } from '../support/wire.js';

const DAY_MS = 86_400_000;
let database: TestDatabase;
let bot: TestBot;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: 'bot-models-', config: { OPERATORS: [accountOf('olga')] } });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');
const loras = () => createLoras(database.connection);

interface Made {
  readonly name?: string;
  readonly owner?: 'mira' | 'jonas';
  readonly ageDays?: number;
  readonly bytes?: Buffer;
}

/** A finished training as the yard leaves it behind: file, shelf and row. */
async function aModel({ name = `Cats ${randomUUID().slice(0, 8)}`, owner = 'mira', ageDays = 0, bytes = Buffer.from(randomUUID()) }: Made = {}): Promise<Lora> {
  const { sha256, sizeBytes } = await createBlobs(database.connection).put(bytes);
  const runId = randomUUID();
  const createdAt = new Date(Date.now() - ageDays * DAY_MS);
  const fileName = `cats-sd15-lora-${runId.slice(0, 8)}.safetensors`;
  const row = anEndedRun(
    { kind: 'succeeded', capturedPoints: 1_900 },
    {
      runId, accountId: accountOf(owner), datasetId: randomUUID(), datasetName: name, notice: 'delivered', createdAt: new Date(createdAt.getTime() - 2_040_000),
      attemptStartedAt: new Date(createdAt.getTime() - 2_040_000), endedAt: createdAt, claim: { attempt: 1, nodeId: 'shed', promptId: 'p', activityAttempt: 1 },
      artifact: { sha256, sha256AsFetched: sha256, sizeBytes, tensors: 528, fileName },
    },
  );
  const { runId: _id, ...rest } = row;
  await database.connection.collection<Omit<RunRow, 'runId'> & { _id: string }>('runs').insertOne({ _id, ...rest });
  const lora: Lora = {
    loraId: runId, owner: accountOf(owner), name, fileName, sha256, sizeBytes, tensors: 528, triggerWord: 'tyrdcats', baseModel: 'Stable Diffusion 1.5', recipeId: 'sd15-lora', settings: row.settings, createdAt,
  };
  await loras().shelve(lora);
  return (await loras().read(runId)) ?? lora;
}

async function stored({ sha256 }: Lora): Promise<boolean> {
  return (await createBlobs(database.connection).size(sha256)) !== null;
}

describe('the models of an account', () => {
  it('are all there, a day, a week and a year later, and nothing in the database expires them', async () => {
    const made = [await aModel({ name: 'Fresh' }), await aModel({ name: 'Of last week', ageDays: 7 }), await aModel({ name: 'Of last year', ageDays: 366 })];
    const list = await answerTo(mira(), 'models list');
    expect(list.ephemeral).toBe(true);
    for (const { name } of made) expect(allText(list.components)).toContain(name);
    for (const collection of ['loras', 'collections', 'runs', 'blobs.files', 'blobs.chunks']) {
      const indexes = await database.connection.collection(collection).indexes().catch(() => []);
      expect(indexes.filter((index) => 'expireAfterSeconds' in index)).toEqual([]);
    }
  });

  it('show how to use one: base model, trigger word, strength, a prompt to copy, file, hash, and where it came from', async () => {
    const model = await aModel({ name: 'Tilda' });
    const view = await answerTo(mira(), 'models view', { id: model.loraId });
    const text = allText(view.components);
    for (const wanted of [
      'Stable Diffusion 1.5', 'Trigger word `tyrdcats`', 'strength **0.8**', `\`\`\`\ntyrdcats, a cat <lora:${model.fileName.replace('.safetensors', '')}:0.8>\n\`\`\``,
      model.fileName, model.sha256, '528 tensors', '1,500 steps', 'learning rate 0.0005', 'rank 16', 'up to 512 px', '**Tilda** (12 images)', '34 minutes on node shed', '1,900 points',
    ]) expect(text).toContain(wanted);
    expect(buttonsOf(view.components)).toEqual(['Download', 'Rename', 'Delete', 'Train again', 'All models']);
  });

  it('are suggested by name while the id is typed, and found by a name typed by hand', async () => {
    const model = await aModel({ name: 'Suggested' });
    expect(await mira().autocomplete('models view', 'id', 'sugg')).toEqual([{ name: expect.stringContaining('Suggested'), value: model.loraId }]);
    expect(await slash(mira(), 'models view', { id: 'suggested' })).toContain(model.sha256);
  });

  it('are numbered when trainings of one dataset would be called the same', async () => {
    const names = [await aModel({ name: 'Twins' }), await aModel({ name: 'Twins' }), await aModel({ name: 'x'.repeat(40) }), await aModel({ name: 'x'.repeat(40) })].map(({ name }) => name);
    expect(names).toEqual(['Twins', 'Twins 2', 'x'.repeat(40), `${'x'.repeat(38)} 2`]);
  });

  it('are opened from the list, page by page', async () => {
    const jonas = bot.driver.user('jonas');
    for (let at = 0; at < 21; at += 1) await aModel({ owner: 'jonas', name: `Bird ${at}`, ageDays: at });
    const list = await answerTo(jonas, 'models list');
    const turned = await (await jonas.click(list, 'Next page')).waitFor((seen) => allText(seen.updated?.components ?? []).includes('page 2 of 2'));
    expect(allText(turned.updated?.components ?? [])).toContain('Bird 20');
    const [last] = await jonas.autocomplete('models view', 'id', 'Bird 20');
    await hears(await jonas.select(turned.updated ?? list, 'v1:model-open', [String(last?.value)]), /tyrdcats, a cat/);
  });
});

describe('Download', () => {
  it('makes a fresh link at each press, also on an old card', async () => {
    const model = await aModel();
    const view = await answerTo(mira(), 'models view', { id: model.loraId });
    const urls = new Set<string>();
    // A link says to the second until when it holds.
    await eventually(async () => {
      const answer = await (await mira().click(view, 'Download')).message();
      expect(answer.ephemeral).toBe(true);
      urls.add(/http:\/\/[^"]+sig=[^"]+/.exec(JSON.stringify(answer.components))?.[0] ?? '');
      expect(urls.size).toBe(2);
    }, 10_000, 400);
    expect(await slash(mira(), 'models download', { id: model.name })).toContain(model.fileName);
  });
});

describe('Rename', () => {
  it('gives another name, by command and by form, and the file keeps its own', async () => {
    const model = await aModel({ name: 'Before' });
    expect(await slash(mira(), 'models rename', { id: 'Before', name: 'After' })).toContain('Before is called After now');
    const view = await answerTo(mira(), 'models view', { id: 'After' });
    const form = await (await mira().click(view, 'Rename')).modal();
    expect(await said(await mira().submitModal(form, { name: 'From the form' }))).toContain('After is called From the form now');
    expect(await loras().read(model.loraId)).toMatchObject({ name: 'From the form', fileName: model.fileName });
  });

  it('refuses a name that cannot be used or is taken', async () => {
    const model = await aModel({ name: 'First' });
    await aModel({ name: 'Second' });
    expect(await slash(mira(), 'models rename', { id: model.loraId, name: 'sECOND' })).toContain('a model called Second already');
    expect(await slash(mira(), 'models rename', { id: model.loraId, name: ' ' })).toContain('cannot be used');
    expect(await slash(mira(), 'models rename', { id: model.loraId, name: 'y'.repeat(41) })).toContain('at most 40');
    expect(await slash(mira(), 'models rename', { id: model.loraId, name: 'FIRST' })).toContain('is called FIRST now');
  });
});

describe('Delete', () => {
  async function deleted(model: Lora): Promise<string> {
    const question = await answerTo(mira(), 'models delete', { id: model.loraId });
    expect(allText(question.components)).toContain('cannot be brought back');
    expect(await loras().read(model.loraId)).not.toBeNull();
    return hears(await mira().click(question, 'Delete model'), /is deleted/);
  }

  it('takes a model off the shelf with its file after its confirm, and everything else stays', async () => {
    const [kept, gone] = [await aModel(), await aModel()];
    expect(await deleted(gone)).toContain('is deleted');
    expect([await stored(gone), await stored(kept)]).toEqual([false, true]);
    expect(await loras().read(gone.loraId)).toBeNull();
    const shelf = await database.connection.collection('collections').findOne({ owner: accountOf('mira') });
    expect(JSON.stringify(shelf)).not.toContain(gone.loraId);
    expect(JSON.stringify(shelf)).toContain(kept.loraId);
    expect(await slash(mira(), 'models list')).not.toContain(gone.name);
  });

  it('lets the button of an old card say kindly what became of it', async () => {
    const model = await aModel();
    const old = await answerTo(mira(), 'models view', { id: model.loraId });
    await deleted(model);
    for (const label of ['Download', 'Delete']) expect(await said(await mira().click(old, label))).toMatch(/You deleted the model .*its file is gone/);
    expect(await said(await mira().click(old, 'Train again'))).not.toMatch(/wrong|undefined/);
  });

  it('keeps a file as long as another model has the very same one', async () => {
    const bytes = Buffer.from(randomUUID());
    const [one, other] = [await aModel({ bytes }), await aModel({ bytes })];
    await deleted(one);
    expect(await stored(other)).toBe(true);
    await deleted(other);
    expect(await stored(other)).toBe(false);
  });

  it('keeps a file that a run under way has proven and not shelved yet', async () => {
    const model = await aModel();
    const runId = randomUUID();
    const { runId: _id, ...row } = anEndedRun({ kind: 'succeeded', capturedPoints: 0 }, { open: true, slot: 3, status: 'collecting', datasetId: runId, end: null, runId });
    await database.connection.collection<{ _id: string }>('runs').insertOne({ ...row, _id: runId, artifact: { ...row.artifact, sha256: model.sha256 } } as never);
    await deleted(model);
    expect(await stored(model)).toBe(true);
  });

  it('is for ever: a late repeat of the shelving brings nothing back', async () => {
    const model = await aModel();
    await deleted(model);
    await loras().shelve(model);
    expect(await loras().read(model.loraId)).toBeNull();
    expect(JSON.stringify(await database.connection.collection('collections').findOne({ owner: accountOf('mira') }))).not.toContain(model.loraId);
  });

  it('is finished by the daily sweep when a crash came between the record and the file; nothing else is swept, however old', async () => {
    const [model, old] = [await aModel(), await aModel({ ageDays: 366 })];
    await loras().remove(model.loraId, new Date());
    expect(await stored(model)).toBe(true);
    const stores = { blobs: createBlobs(database.connection), loras: loras(), runs: createRuns(database.connection) };
    const sweep = createBlobSweep(stores, pino({ level: 'silent' }), 10);
    sweep.start();
    try {
      await eventually(async () => {
        expect(await stored(model)).toBe(false);
      });
    } finally {
      await sweep.stop();
    }
    expect(await stores.loras.deletedFiles(10)).toEqual([]);
    expect(await stored(old)).toBe(true);
  });
});

describe('whatever was done before', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await bot.driver.violations()).toEqual([]);
  });
});
