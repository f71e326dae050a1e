import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environment } from '../../sandbox/config.js';
import { obtainTemporal, sourceContext } from '../../sandbox/servers/servers.js';
import { SEARCH_ATTRIBUTES } from '../../sandbox/servers/temporal.js';
import { testTemporalAddress } from '../support/temporal.js';
import { projectPath } from './compose-file.js';

/** The script runs where the command is named `temporal`, as in Temporal's own image. */
async function runScript(folder: string, namespace: string): Promise<{ code: number | null; output: string; problems: string }> {
  const child = spawn('sh', [projectPath('deploy/temporal/prepare-namespace.sh')], {
    env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, TEMPORAL_ADDRESS: testTemporalAddress(), TEMPORAL_NAMESPACE: namespace, TEMPORAL_RETENTION: '3d' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, problems, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise<number | null>((resolve) => child.once('exit', resolve))]);
  return { code, output, problems };
}

describe('the step that prepares Temporal', () => {
  const namespace = `prepared-${randomBytes(4).toString('hex')}`;
  let folder = '';
  let connection: Connection | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-test-temporal-'));
    const { path } = await obtainTemporal(sourceContext(environment(), (line) => process.stderr.write(`${line}\n`)));
    await symlink(path, join(folder, 'temporal'));
    connection = await Connection.connect({ address: testTemporalAddress() });
  });

  afterAll(async () => {
    await connection?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('makes the namespace, with search attributes that a workflow can set at once', async () => {
    const { code, output, problems } = await runScript(folder, namespace);
    expect([code, problems, output.trim().split('\n').at(-1)]).toEqual([0, '', `Namespace ${namespace} is ready.`]);

    const described = await connection?.workflowService.describeNamespace({ namespace });
    expect(Number(described?.config?.workflowExecutionRetentionTtl?.seconds)).toBe(3 * 24 * 3600);
    const client = new Client({ ...(connection === undefined ? {} : { connection }), namespace });
    const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, type === 'Int' ? [7] : ['x']]);
    const handle = await client.workflow.start('nobodyServesThis', {
      taskQueue: 'prepared',
      workflowId: 'prepared',
      // Typed attributes know nothing of how a server was prepared: the plain form is what is asked of it.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      searchAttributes: Object.fromEntries(attributes) as Record<string, string[] | number[]>,
    });
    await handle.terminate();
  });

  it('may be repeated', async () => {
    const { code, problems } = await runScript(folder, namespace);
    expect([code, problems]).toEqual([0, '']);
  });
});
