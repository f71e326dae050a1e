import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../sandbox/config.js';
import { onFreePorts } from '../../sandbox/servers/free-port.js';
import { mongodUri, startMongod } from '../../sandbox/servers/mongod.js';
import { obtainMongod, obtainTemporal, sourceContext } from '../../sandbox/servers/servers.js';
import type { SourceContext } from '../../sandbox/servers/sources.js';
import { startTemporal } from '../../sandbox/servers/temporal.js';
import { givenAddress, publishAddress, publishLeakFolder, sweepReportPath, testServerAddress } from './config.js';
import { collectFindings, inSum, type Findings } from './leak-watch.js';
import { startMongoSweep } from './mongo-sweep.js';
import { sweepTemporal } from './temporal-sweep.js';

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
  const sweep = await startSweep();
  return async () => {
    try {
      await conclude(await sweep());
    } finally {
      await stopAll();
    }
  };
}

/** From now on, whatever is written to these servers is searched for secrets. */
async function startSweep(): Promise<() => Promise<Findings[]>> {
  const since = new Date();
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-test-leaks-'));
  publishLeakFolder(folder);
  const mongodb = await startMongoSweep(testServerAddress('mongodb'));
  return async () => {
    const found = await Promise.all([mongodb.finish(), sweepTemporal(testServerAddress('temporal'), since)]);
    const left = await collectFindings(folder);
    await rm(folder, { recursive: true, force: true });
    return inSum([...found, ...left]);
  };
}

/** Tells the run that counts the tests; a run of jest alone ends with an error. */
async function conclude(findings: readonly Findings[]): Promise<void> {
  process.stderr.write(`Searched for secrets: ${findings.map(({ place, searched, leaks: here }) => `${place} ${searched}, found ${here.length}`).join(' · ')}\n`);
  const path = sweepReportPath();
  if (path !== undefined) await writeFile(path, JSON.stringify(findings));
  const leaks = findings.flatMap(({ place, leaks: here }) => here.map((leak) => `${place}: ${leak}`));
  if (leaks.length > 0 && path === undefined) throw new Error(`Secrets leaked:\n${leaks.join('\n')}`);
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
