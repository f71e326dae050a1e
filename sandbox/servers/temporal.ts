import { setTimeout as delay } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { startServer, type ServerCommand, type ServerProcess } from './server-process.js';

const READY_LIMIT_MS = 30_000;

/** The search attributes the workflows set; the server refuses a workflow that sets an unknown one. */
export const SEARCH_ATTRIBUTES = {
  Account: 'Keyword',
  Dataset: 'Keyword',
  Recipe: 'Keyword',
  RunState: 'Keyword',
  GpuNode: 'Keyword',
  Points: 'Int',
} as const;

/** Fairness between accounts holds only with the new matcher, and only within one partition. */
export const SERVER_SWITCHES = {
  'matching.useNewMatcher': 'true',
  'matching.enableFairness': 'true',
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
} as const;

export interface TemporalOptions {
  readonly path: string;
  readonly port: number;
  readonly namespace: string;
  /** Without it no Web UI is served. */
  readonly uiPort?: number;
  /** Without it all data ends with the process. */
  readonly databaseFile?: string;
}

export function temporalCommand(options: TemporalOptions): ServerCommand {
  return {
    path: options.path,
    readable: readableTemporalLine,
    args: [
      ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port)],
      ['--namespace', options.namespace, '--log-level', 'error'],
      options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)],
      options.databaseFile === undefined ? [] : ['--db-filename', options.databaseFile],
      ...Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => ['--search-attribute', `${name}=${type}`]),
      ...Object.entries(SERVER_SWITCHES).map(([name, value]) => ['--dynamic-config-value', `${name}=${value}`]),
    ].flat(),
  };
}

/** The addresses it prints at start are told with all others. */
function readableTemporalLine(line: string): string | undefined {
  const isUsual = /^(CLI|Server|UI|Metrics|(Temporal |Web )(CLI|Server|UI|Metrics)|Stopping server)\b/.test(line);
  return line.trim() === '' || isUsual ? undefined : line;
}

/** Waits until the server knows the namespace. */
export async function waitForTemporal(address: string, namespace: string, giveUp: AbortSignal): Promise<void> {
  const connection = Connection.lazy({ address });
  const deadline = Date.now() + READY_LIMIT_MS;
  try {
    for (;;) {
      const problem = await describeNamespace(connection, namespace);
      if (problem === undefined) return;
      giveUp.throwIfAborted();
      if (Date.now() > deadline) {
        throw new Error(`Temporal at ${address} did not serve namespace "${namespace}" within ${READY_LIMIT_MS / 1000} s: ${problem}`);
      }
      await delay(50);
    }
  } finally {
    await connection.close();
  }
}

async function describeNamespace(connection: Connection, namespace: string): Promise<string | undefined> {
  try {
    await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.describeNamespace({ namespace }));
    return undefined;
  } catch (error) {
    if (isGrpcServiceError(error)) return error.message;
    throw error;
  }
}

export function startTemporal(options: TemporalOptions): Promise<ServerProcess> {
  return startServer('Temporal', temporalCommand(options), (giveUp) =>
    waitForTemporal(`127.0.0.1:${options.port}`, options.namespace, giveUp),
  );
}
