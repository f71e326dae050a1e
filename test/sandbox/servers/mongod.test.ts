import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { isAlive } from '../../../sandbox/bootstrap/lock-file.mjs';
import { freePort } from '../../../sandbox/servers/free-port.js';
import { mongodUri, startMongod } from '../../../sandbox/servers/mongod.js';
import { obtainMongod, sourceContext } from '../../../sandbox/servers/servers.js';
import { environment } from '../../../sandbox/config.js';

let dataDir: string;
let path: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'trainyard-mongod-'));
  ({ path } = await obtainMongod(sourceContext(environment(), () => undefined)));
});
afterAll(() => rm(dataDir, { recursive: true }));

async function things(port: number): Promise<mongoose.mongo.Collection> {
  const client = await new mongoose.mongo.MongoClient(mongodUri(port, 'test'), { serverSelectionTimeoutMS: 5_000 }).connect();
  return client.db().collection('things');
}

describe('a mongod of ours', () => {
  it('keeps its data when its port was taken and it has to move to another', async () => {
    const [before, after] = [await freePort(), await freePort()];
    const first = await startMongod({ path, dataDir, port: before });
    const there = await things(before);
    await there.insertOne({ name: 'kept' });
    await there.client.close();
    await first.stop();

    const second = await startMongod({ path, dataDir, port: after });
    const here = await things(after);
    expect(await here.countDocuments({ name: 'kept' })).toBe(1);
    await here.client.close();
    await second.stop();
    expect(isAlive(second.pid)).toBe(false);
  });

  it('that cannot start says why in its own last words', async () => {
    const start = startMongod({ path, dataDir: '/nowhere', port: await freePort() });
    await expect(start).rejects.toThrow(/mongod ended before it was ready. Its last words:\n[^]*\/nowhere/);
  });
});
