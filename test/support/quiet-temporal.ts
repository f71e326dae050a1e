import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Temporal tells of every worker that starts and stops; in tests only errors are news. One runtime lives per process. */
let installed = false;

export function quietTemporal(): void {
  if (installed) return;
  installed = true;
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
}
