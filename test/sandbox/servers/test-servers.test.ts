import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { testTemporalAddress } from '../../support/temporal.js';

describe('the MongoDB of a test run', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('keeps its data by the durable engine', async () => {
    const status = await database.connection.db?.admin().serverStatus();
    expect(status?.['storageEngine']).toMatchObject({ name: 'wiredTiger', persistent: true });
  });

  it('commits transactions', async () => {
    const things = database.connection.collection('things');
    await things.insertOne({ name: 'before' });
    const session = await database.connection.startSession();
    await session.withTransaction(() => things.insertOne({ name: 'inside' }, { session }));
    await session.endSession();
    expect(await things.countDocuments()).toBe(2);
  });

  it('gives every caller a database of its own', async () => {
    const other = await openTestDatabase();
    expect(other.connection.name).not.toBe(database.connection.name);
    await other.connection.collection('things').insertOne({ name: 'other' });
    await other.close();
    expect(await database.connection.collection('things').countDocuments({ name: 'other' })).toBe(0);
  });
});

describe('the Temporal server of a test run', () => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await Connection.connect({ address: testTemporalAddress() });
  });
  afterAll(() => connection.close());

  it('knows the search attributes of the workflows', async () => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(['Account', 'Dataset', 'Recipe', 'RunState', 'GpuNode', 'Points']),
    );
  });
});
