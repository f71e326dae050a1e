import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { isAlive } from '../../../sandbox/bootstrap/lock-file.mjs';
import { freePort } from '../../../sandbox/servers/free-port.js';
import { mongodUri, readableMongodLine, startMongod } from '../../../sandbox/servers/mongod.js';
import { obtainMongod, sourceContext } from '../../../sandbox/servers/servers.js';
import { environment } from '../../../sandbox/config.js';

let dataDir: string;
let path: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'trainyard-mongod-'));
  ({ path } = await obtainMongod(sourceContext(environment(), () => undefined)));
});
afterAll(() => rm(dataDir, { recursive: true }));

function connect(port: number): Promise<mongoose.Connection> {
  return mongoose.createConnection(mongodUri(port, 'test'), { serverSelectionTimeoutMS: 5_000 }).asPromise();
}

describe('a mongod of ours', () => {
  it('keeps its data when its port was taken and it has to move to another', async () => {
    const [before, after] = [await freePort(), await freePort()];
    const first = await startMongod({ path, dataDir, port: before });
    const there = await connect(before);
    await there.collection('things').insertOne({ name: 'kept' });
    await there.close();
    await first.stop();

    const second = await startMongod({ path, dataDir, port: after });
    const here = await connect(after);
    expect(await here.collection('things').countDocuments({ name: 'kept' })).toBe(1);
    await here.close();
    await second.stop();
    expect(isAlive(second.pid)).toBe(false);
  });

  it('that cannot start says why in its own last words', async () => {
    const start = startMongod({ path, dataDir: '/nowhere', port: await freePort() });
    await expect(start).rejects.toThrow(/^mongod ended before it was ready. Its last words:\nerror .*Data directory \/nowhere not found/);
  });
});

describe('a line of mongod', () => {
  it('is shown only when something is wrong', () => {
    expect(readableMongodLine('{"s":"I","msg":"Connection accepted"}')).toBeUndefined();
    expect(readableMongodLine('{"s":"W","msg":"Access control is not enabled"}')).toBeUndefined();
    expect(readableMongodLine('{"s":"E","msg":"Failed","attr":{"error":"disk full"}}')).toBe('error Failed {"error":"disk full"}');
  });
});
