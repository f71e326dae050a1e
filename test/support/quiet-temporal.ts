import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createRedaction, secretsOf } from '../../domain/secrets.js';
import { createProcessLog } from '../../workers/process-log.js';
import { CANARIES } from './canaries.js';
import { watchForLeaks } from './leak-watch.js';

/** Temporal tells of every worker that starts and stops; in tests only errors are news. One runtime lives per process. */
let installed = false;

const logged = watchForLeaks('logs');

export function quietTemporal(): void {
  if (installed) return;
  installed = true;
  const log = createProcessLog('temporal', 'trace', createRedaction(secretsOf(CANARIES)), { write: logged.see });
  const shown = new DefaultLogger('ERROR');
  const logger = new DefaultLogger('TRACE', ({ level, message, meta }) => {
    const { error, ...fields } = (meta ?? {}) as Record<string, unknown>;
    log.trace({ err: error, ...fields }, message);
    if (level === 'ERROR') shown.error(message, meta);
  });
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
}

/** What Temporal has logged in this process so far, looked through. @throws when a secret was in it */
export async function closeTemporalLog(): Promise<void> {
  await logged.close();
}
