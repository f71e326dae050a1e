import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from '../../sandbox/config.js';
import { openYardAccess } from '../../sandbox/demo/access.js';
import type { YardAccess } from '../../sandbox/demo/access.js';
import { createYard } from '../../sandbox/yard/yard.js';
import type { Yard } from '../../sandbox/yard/yard.js';
import { CANARIES } from './canaries.js';
import { openTestDatabase } from './database.js';
import { wrongdoings } from './discord-routes.js';
import { eventually } from './eventually.js';
import { watchForLeaks, watchTexts } from './leak-watch.js';
import { testTemporalAddress } from './temporal.js';

/** A yard whose parts are processes that can be killed and frozen, on the servers of this test run. */
export interface ProcessYard extends YardAccess {
  readonly parts: Yard;
  /** SIGKILL; returns when the part serves again. */
  kill(part: string): Promise<void>;
  freeze(part: string): void;
  thaw(part: string): void;
}

const RESTART_MS = 60_000;

export async function openProcessYard(settings: Readonly<Record<string, string>> = {}): Promise<ProcessYard> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-test-processes-'));
  const database = await openTestDatabase();
  const env = {
    ...environment(),
    MONGODB_URI: database.uri,
    TEMPORAL_ADDRESS: testTemporalAddress(),
    TEMPORAL_CONFIG_FILE: fileURLToPath(new URL('../../sandbox/yard/temporal-profile.toml', import.meta.url)),
    TASK_QUEUE_PREFIX: `p${randomBytes(4).toString('hex')}/`,
    CARD_EDIT_INTERVAL: '300ms', POLL_INTERVAL: '200ms', HEARTBEAT_TIMEOUT: '3s', SUBMIT_RETRY_INTERVAL: '300ms', SETTLE_INTERVAL: '1h', SHUTDOWN_GRACE: '1s', LOG_LEVEL: 'trace',
    ...CANARIES,
    ...settings,
  };
  const printed = watchForLeaks('logs');
  const parts = await createYard({ dataDir: join(folder, '.trainyard'), env, ports: 'free', say: printed.see, line: () => undefined, printed: printed.see });
  const access = await openYardAccess(parts.state);
  const prefix = env.TASK_QUEUE_PREFIX;
  return {
    ...access,
    parts,
    async kill(name) {
      const part = parts.part(name);
      const { restarts } = part;
      part.kill('SIGKILL');
      await eventually(() => {
        if (part.restarts === restarts || !part.isReady) throw new Error(`Expected ${name} to serve again.`);
      }, RESTART_MS, 50);
      if (name === 'bot') await access.driver.waitForBot({ timeoutMs: RESTART_MS });
    },
    freeze: (name) => { parts.kill(name, 'SIGSTOP'); },
    thaw: (name) => { parts.kill(name, 'SIGCONT'); },
    async close() {
      const wrong = await wrongdoings(access.driver);
      const told = await watchTexts(access.driver);
      await access.client.schedule.getHandle(`${prefix}settle-runs`).delete();
      await access.client.workflow.getHandle(`${prefix}keep-cards`).terminate('the test is over');
      await access.close();
      await parts.stop();
      await database.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      await Promise.all([printed.close(), told.close()]);
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
    },
  };
}
