import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePorts } from '../servers/free-port.js';
import { mongodUri, startMongod } from '../servers/mongod.js';
import { obtainMongod, obtainTemporal, sourceContext } from '../servers/servers.js';
import { startTemporal } from '../servers/temporal.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** One MongoDB and one Temporal for every run of jest: each test file makes a database and queues of its own on them. */
export interface SharedServers {
  /** What tells jest to use them. */
  readonly env: Environment;
  stop(): Promise<void>;
}

export async function startSharedServers(env: Environment, say: (line: string) => void, giveUp: AbortSignal): Promise<SharedServers> {
  const context = sourceContext(env, say, giveUp);
  const mongod = await obtainMongod(context);
  const temporal = await obtainTemporal(context);
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-mutants-mongod-'));
  const started = await Promise.allSettled([
    onFreePorts(1, async ([port = 0]) => ({ server: await startMongod({ path: mongod.path, dataDir, port }), address: mongodUri(port, 'test') })),
    onFreePorts(2, async ([port = 0, uiPort = 0]) => ({
      server: await startTemporal({ path: temporal.path, port, uiPort, namespace: 'default' }),
      address: `127.0.0.1:${port}`,
      uiUrl: `http://127.0.0.1:${uiPort}`,
    })),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (each) => each.status === 'fulfilled' && each.value.server.stop()));
    await rm(dataDir, { recursive: true, force: true });
  };
  const [database, workflows] = started;
  if (database.status === 'rejected' || workflows.status === 'rejected') {
    await stop();
    throw new Error('Expected MongoDB and Temporal to start for the tests.', { cause: started.find((each) => each.status === 'rejected')?.reason });
  }
  const addresses = { TEST_MONGODB_URI: database.value.address, TEST_TEMPORAL_ADDRESS: workflows.value.address, TEST_TEMPORAL_UI_URL: workflows.value.uiUrl };
  return { env: { ...env, MONGOD_PATH: mongod.path, TEMPORAL_CLI_PATH: temporal.path, ...addresses }, stop };
}
