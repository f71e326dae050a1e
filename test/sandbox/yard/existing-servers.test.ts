import { describe, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../../sandbox/config.js';
import { freePort, isPortFree } from '../../../sandbox/servers/free-port.js';
import { mongodCommand } from '../../../sandbox/servers/mongod.js';
import { startServer } from '../../../sandbox/servers/server-process.js';
import { obtainMongod, sourceContext } from '../../../sandbox/servers/servers.js';
import { checkMongodb, prepareTemporal } from '../../../sandbox/yard/existing-servers.js';
import { openTestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { testTemporalAddress } from '../../support/temporal.js';

describe('a MongoDB given by its address', () => {
  it('that is no replica set is refused, with the reason', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-standalone-'));
    const port = await freePort();
    const { path } = await obtainMongod(sourceContext(environment(), () => undefined));
    const command = mongodCommand({ path, dataDir, port });
    const withoutSet = command.args.filter((arg, index, args) => arg !== '--replSet' && args[index - 1] !== '--replSet' && arg !== '--oplogSize' && args[index - 1] !== '--oplogSize');
    const listens = async (): Promise<void> => eventually(async () => { expect(await isPortFree(port)).toBe(false); });
    const server = await startServer('mongod', { ...command, args: withoutSet }, listens);
    await expect(checkMongodb(`mongodb://127.0.0.1:${port}/trainyard`)).rejects.toThrow('MONGODB_URI must name a replica set');
    await server.stop();
    await rm(dataDir, { recursive: true });
  });

  it('that fits is accepted', async () => {
    const database = await openTestDatabase();
    await expect(checkMongodb(database.uri)).resolves.toBeUndefined();
    await database.close();
  });
});

describe('a Temporal given by its address', () => {
  it('whose namespace uses one of the names for something else is refused', async () => {
    const address = testTemporalAddress();
    const namespace = `taken-${process.pid}-${await freePort()}`;
    const connection = await Connection.connect({ address });
    const searchAttributes = { Account: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_INT };
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(86_400_000) });
    await eventually(() => connection.operatorService.addSearchAttributes({ namespace, searchAttributes }), 30_000, 250);
    await connection.close();
    await expect(prepareTemporal(address, namespace, {})).rejects.toThrow('Search attribute "Account" of namespace');
  });

  it('gets the namespace and the search attributes it lacks, once', async () => {
    const address = testTemporalAddress();
    const namespace = `yard-${process.pid}-${await freePort()}`;
    await prepareTemporal(address, namespace, {});
    await prepareTemporal(address, namespace, {});
    const connection = await Connection.connect({ address });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    await connection.close();
    const KEYWORD = 2;
    const INT = 3;
    expect(customAttributes).toMatchObject({ Account: KEYWORD, Dataset: KEYWORD, Recipe: KEYWORD, RunState: KEYWORD, GpuNode: KEYWORD, Points: INT });
  });
});
