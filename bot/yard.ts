import type { Client } from '@temporalio/client';
import { startIntake } from '../workflows/intake/client.js';
import { startTrainRun, tellCancel } from '../workflows/train-run/client.js';
import type { Yard } from './services.js';

/** The yard as it is told through Temporal. Each call answers in a few seconds, also when Temporal does not. */
export function createYard(client: Client, prefix: string): Yard {
  return {
    startRun: (quote, interactionId) => startTrainRun(client, prefix, quote, interactionId),
    cancelRun: (runId, request) => tellCancel(client, runId, request),
    startIntake: (interactionId) => startIntake(client, prefix, interactionId),
  };
}
