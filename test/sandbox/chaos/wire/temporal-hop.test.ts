import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Hop } from '../../../../sandbox/chaos/wire/hop.js';
import { openHop } from '../../../../sandbox/chaos/wire/open-hop.js';
import { eventually } from '../../../support/eventually.js';
import { testTemporalAddress } from '../../../support/temporal.js';
import { createRecorder } from './recorder.js';

let hop: Hop;
let connection: Connection;
let client: Client;
let direct: Connection;
let recorder: ReturnType<typeof createRecorder>;

beforeEach(async () => {
  recorder = createRecorder();
  const [host = '', port] = testTemporalAddress().split(':');
  hop = await openHop({ name: 'temporal', target: { host, port: Number(port) }, watch: recorder.watch });
  connection = await Connection.connect({ address: hop.address });
  client = new Client({ connection });
  direct = await Connection.connect({ address: testTemporalAddress() });
});
afterEach(async () => {
  await connection.close();
  await direct.close();
  await hop.close();
});

const start = (workflowId: string, payload: string) => client.workflow.start('anything', { workflowId, taskQueue: `none-${workflowId}`, args: [payload] });

describe('a hop to Temporal', () => {
  it('passes large payloads both ways, failures with their details, and long polls that end by themselves', async () => {
    const workflowId = `hop-${randomUUID()}`;
    const payload = randomBytes(900_000).toString('base64');
    await start(workflowId, payload);
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    expect(Buffer.from(input ?? []).toString()).toBe(JSON.stringify(payload));
    await expect(start(workflowId, 'again')).rejects.toThrow(/already started/i);
    await expect(client.workflow.getHandle(`none-${workflowId}`).describe()).rejects.toThrow(/not found/i);
    const polled = connection.withDeadline(Date.now() + 3_000, () => connection.workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue: { name: `empty-${workflowId}` } }));
    expect((await polled).taskToken).toHaveLength(0);
    await client.workflow.getHandle(workflowId).terminate();
  });

  it('serves a native worker: polls, answers and a shutdown in the middle of a poll', async () => {
    const taskQueue = `hop-${randomUUID()}`;
    const native = await NativeConnection.connect({ address: hop.address });
    const worker = await Worker.create({ connection: native, taskQueue, workflowsPath: fileURLToPath(new URL('echo-workflow.ts', import.meta.url)) });
    const ended: unknown = await worker.runUntil(client.workflow.execute('echo', { workflowId: taskQueue, taskQueue, args: ['x'.repeat(100_000)] }));
    await native.close();
    expect(ended).toBe('x'.repeat(100_000));
    expect(recorder.seen).toEqual(expect.arrayContaining(['before StartWorkflowExecution', 'after PollWorkflowTaskQueue', 'after RespondWorkflowTaskCompleted']));
  });

  it('waits before the server is asked, and again before the reply is handed back', async () => {
    const workflowId = `hop-${randomUUID()}`;
    const letIn = recorder.holdAt('before StartWorkflowExecution');
    const letOut = recorder.holdAt('after StartWorkflowExecution');
    const handle = new Client({ connection: direct }).workflow.getHandle(workflowId);
    let replied = false;
    const starting = start(workflowId, '').then(() => { replied = true; });
    await eventually(() => { expect(recorder.seen).toContain('before StartWorkflowExecution'); });
    await expect(handle.describe()).rejects.toThrow();
    letIn();
    await eventually(() => { expect(recorder.seen).toContain('after StartWorkflowExecution'); });
    expect((await handle.describe()).status.name).toBe('RUNNING');
    expect(replied).toBe(false);
    letOut();
    await starting;
    await handle.terminate();
  });

  it('cuts a call before the server sees it, or after it was carried out', async () => {
    const handles = new Client({ connection: direct }).workflow;
    const unseen = `hop-${randomUUID()}`;
    const withoutRetry = (call: () => Promise<unknown>) => connection.withDeadline(Date.now() + 1_000, call);
    recorder.cutAt('before StartWorkflowExecution');
    await expect(withoutRetry(() => start(unseen, ''))).rejects.toThrow();
    await expect(handles.getHandle(unseen).describe()).rejects.toThrow();
    const seen = `hop-${randomUUID()}`;
    recorder.holdAt('before StartWorkflowExecution')();
    recorder.cutAt('after StartWorkflowExecution');
    await expect(withoutRetry(() => start(seen, ''))).rejects.toThrow();
    expect((await handles.getHandle(seen).describe()).status.name).toBe('RUNNING');
    await handles.getHandle(seen).terminate();
  });
});
