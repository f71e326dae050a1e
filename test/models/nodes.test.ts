import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createNodes, type Nodes } from '../../models/nodes.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

describe('the rows of nodes', () => {
  let database: TestDatabase;
  let nodes: Nodes;

  beforeAll(async () => {
    database = await openTestDatabase();
    nodes = createNodes(database.connection);
    await nodes.ensureIndexes();
  });

  afterAll(async () => {
    await database.close();
  });

  it('know nothing of a node that never reported', async () => {
    expect(await nodes.read('nobody')).toBeNull();
  });

  it('keep the newest report when an older one comes late', async () => {
    await nodes.report({ nodeId: 'late', queue: 'default', state: 'busy', seenAt: at(2) });
    await nodes.report({ nodeId: 'late', queue: 'default', state: 'unreachable', problem: 'no answer', seenAt: at(1) });
    expect(await nodes.read('late')).toMatchObject({ state: 'busy', problem: null, seenAt: at(2) });
  });

  it('forget a problem that is over and remember the memory', async () => {
    await nodes.report({ nodeId: 'cured', queue: 'default', state: 'unfit', problem: 'no checkpoint', vramTotalBytes: 24, seenAt: at(1) });
    await nodes.report({ nodeId: 'cured', queue: 'default', state: 'idle', seenAt: at(2) });
    expect(await nodes.read('cured')).toEqual({ nodeId: 'cured', queue: 'default', state: 'idle', problem: null, vramTotalBytes: 24, seenAt: at(2), stateSince: at(2) });
  });

  it('remember since when a node is as it is', async () => {
    await nodes.report({ nodeId: 'away', queue: 'default', state: 'idle', seenAt: at(1) });
    for (const second of [2, 3, 5]) await nodes.report({ nodeId: 'away', queue: 'default', state: 'unreachable', problem: 'no answer', seenAt: at(second) });
    await nodes.report({ nodeId: 'away', queue: 'default', state: 'idle', seenAt: at(4) });
    expect(await nodes.read('away')).toMatchObject({ state: 'unreachable', seenAt: at(5), stateSince: at(2) });
  });

  it('list the nodes of one queue that were seen lately, and all of them', async () => {
    await nodes.report({ nodeId: 'a', queue: 'big', state: 'idle', seenAt: at(10) });
    await nodes.report({ nodeId: 'b', queue: 'big', state: 'idle', seenAt: at(5) });
    await nodes.report({ nodeId: 'c', queue: 'small', state: 'idle', seenAt: at(10) });
    expect((await nodes.seenSince('big', at(6))).map((node) => node.nodeId)).toEqual(['a']);
    expect((await nodes.all()).map((node) => node.nodeId)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
  });
});
