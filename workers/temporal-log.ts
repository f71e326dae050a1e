import { DefaultLogger, Runtime, makeTelemetryFilterString } from '@temporalio/worker';
import type { LogLevel } from '@temporalio/worker';
import type { Level, Logger } from 'pino';

const PINO_LEVEL: Record<LogLevel, Level> = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' };

/** Sends what Temporal logs, workflows and activities included, through the same log. Called once, before any other SDK call. */
export function installTemporalLog(log: Logger): void {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    // The SDK attaches its whole context; the ids are enough to find the run in the Web UI.
    const { error, workflowId, runId, attempt, activityType, taskQueue, sdkComponent } = (meta ?? {}) as Record<string, unknown>;
    // Worker.create and bundling tell what is the same at each start; what went wrong there is an error or comes from the core.
    if (sdkComponent === 'worker' && level !== 'ERROR') return;
    log[PINO_LEVEL[level]]({ err: error, workflowId, temporalRunId: runId, attempt, activityType, taskQueue }, message);
  });
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  });
}
