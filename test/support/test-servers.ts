import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../sandbox/config.js';
import { onFreePorts } from '../../sandbox/servers/free-port.js';
import { mongodUri, startMongod } from '../../sandbox/servers/mongod.js';
import { obtainMongod, obtainTemporal, sourceContext } from '../../sandbox/servers/servers.js';
import type { SourceContext } from '../../sandbox/servers/sources.js';
import { startTemporal } from '../../sandbox/servers/temporal.js';
import { givenAddress, publishAddress } from './config.js';

type Stop = () => Promise<void>;

/** Starts the servers of this jest run, except those whose address is given, and publishes their addresses to the tests. */
export async function startTestServers(): Promise<Stop> {
  const started = await Promise.allSettled([startTestMongod(), startTestTemporal()]);
  const stopAll = async (): Promise<void> => {
    await Promise.all(started.map(async (result) => result.status === 'fulfilled' && result.value()));
  };
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stopAll();
    throw failed.reason;
  }
  return stopAll;
}

async function startTestMongod(): Promise<Stop> {
  if (givenAddress('mongodb') !== undefined) return () => Promise.resolve();
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-test-mongod-'));
  const { path } = await obtainMongod(context());
  const server = await onFreePorts(1, async ([port = 0]) => {
    const started = await startMongod({ path, dataDir, port });
    publishAddress('mongodb', mongodUri(port, 'test'));
    return started;
  });
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

async function startTestTemporal(): Promise<Stop> {
  if (givenAddress('temporal') !== undefined) return () => Promise.resolve();
  const { path } = await obtainTemporal(context());
  const server = await onFreePorts(2, async ([port = 0, uiPort = 0]) => {
    const started = await startTemporal({ path, port, uiPort, namespace: 'default' });
    publishAddress('temporal', `127.0.0.1:${port}`);
    publishAddress('temporalUi', `http://127.0.0.1:${uiPort}`);
    return started;
  });
  return () => server.stop();
}

function context(): SourceContext {
  return sourceContext(environment(), (line) => process.stderr.write(`${line}\n`));
}
