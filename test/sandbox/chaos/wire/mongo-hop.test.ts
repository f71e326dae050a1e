import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import type { Hop } from '../../../../sandbox/chaos/wire/hop.js';
import { openHop } from '../../../../sandbox/chaos/wire/open-hop.js';
import { openTestDatabase } from '../../../support/database.js';
import type { TestDatabase } from '../../../support/database.js';
import { eventually } from '../../../support/eventually.js';
import { createRecorder } from './recorder.js';

let database: TestDatabase;
let hop: Hop;
let through: Connection;
let recorder: ReturnType<typeof createRecorder>;

beforeEach(async () => {
  database = await openTestDatabase();
  recorder = createRecorder();
  const url = new URL(database.uri);
  hop = await openHop({ name: 'mongodb', target: { host: url.hostname, port: Number(url.port) }, watch: recorder.watch });
  through = await mongoose.createConnection(`mongodb://${hop.address}${url.pathname}?directConnection=true`, { serverSelectionTimeoutMS: 5_000 }).asPromise();
});
afterEach(async () => {
  await through.close();
  await hop.close();
  await database.close();
});

describe('a hop to MongoDB', () => {
  it('passes documents of many megabytes both ways, cursors and transactions', async () => {
    const collection = through.collection<{ _id: number; bytes: Buffer }>('things');
    const bytes = randomBytes(12_000_000);
    await collection.insertOne({ _id: 1, bytes });
    const read = await collection.findOne({ _id: 1 }, { promoteBuffers: true });
    expect(read?.bytes.equals(bytes)).toBe(true);
    await collection.insertMany(Array.from({ length: 250 }, (_, at) => ({ _id: at + 2, bytes: Buffer.alloc(10) })));
    expect(await collection.find({}, { projection: { bytes: 0 } }).batchSize(100).toArray()).toHaveLength(251);
    await through.transaction(async (session) => {
      await collection.deleteOne({ _id: 2 }, { session });
    });
    expect(recorder.seen).toEqual(expect.arrayContaining(['before insert things', 'after find things', 'after getMore things', 'before delete things', 'after commitTransaction']));
  });

  it('names a call by its command and collection, with the kind of a new document or the fields that are set', async () => {
    const collection = through.collection('runs');
    await collection.insertOne({ kind: 'hold' });
    await collection.updateOne({ kind: 'hold' }, { $set: { 'claim.nodeId': 'a', 'claim.attempt': 1, status: 'x' }, $inc: { revision: 1 } });
    await collection.findOneAndUpdate({ kind: 'hold' }, [{ $set: { end: 1 } }]);
    const stream = collection.watch();
    await stream.tryNext();
    await stream.close();
    expect(recorder.seen.filter((each) => each.startsWith('before ') && each.includes('runs'))).toEqual(expect.arrayContaining(['before insert runs hold', 'before update runs claim status revision', 'before findAndModify runs end', 'before watch runs']));
  });

  it('waits before the server is asked, and again before the reply is handed back', async () => {
    const letIn = recorder.holdAt('before insert runs hold');
    const letOut = recorder.holdAt('after insert runs hold');
    const rows = database.connection.collection('runs');
    let replied = false;
    const writing = through.collection('runs').insertOne({ kind: 'hold' }).then(() => { replied = true; });
    await eventually(() => { expect(recorder.seen).toContain('before insert runs hold'); });
    expect(await rows.countDocuments()).toBe(0);
    letIn();
    await eventually(() => { expect(recorder.seen).toContain('after insert runs hold'); });
    expect([await rows.countDocuments(), replied]).toEqual([1, false]);
    letOut();
    await writing;
  });

  it('cuts a call before the server sees it, or after it was carried out', async () => {
    const rows = database.connection.collection('runs');
    recorder.cutAt('before insert runs lost');
    await expect(through.collection('runs').insertOne({ kind: 'lost' })).rejects.toThrow();
    recorder.cutAt('after delete runs');
    await rows.insertOne({ kind: 'old' });
    await expect(through.collection('runs').deleteMany({ kind: 'old' })).rejects.toThrow();
    expect(await rows.countDocuments()).toBe(0);
  });
});
