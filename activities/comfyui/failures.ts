import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Failure, SignalType } from '../../domain/failures.js';
import type { Recipe, RunSettings } from '../../domain/recipes.js';
import type { ExecutionError } from './replies.js';

/** Ends this attempt with a typed failure; whether a new attempt may cure it is the workflow's to decide. */
export function attemptFailure(failure: Failure, message: string, cause?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: failure.type,
    nonRetryable: true,
    details: [failure],
    ...(cause instanceof Error ? { cause } : {}),
  });
}

/** This node cannot take the training now; the same call finds another one, or this one later. */
export function notHere(why: string, retryMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: why,
    type: 'NotHere' satisfies SignalType,
    nextRetryDelay: retryMs,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** The run has gone on without this call: its row is closed, or another attempt holds it. Nothing was touched. */
export function notOwner(runId: string, attempt: number): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Attempt ${attempt} of run ${runId} no longer owns its job.`, 'NotOwner' satisfies SignalType);
}

/** What an error inside ComfyUI means. Its message may hold paths of the node's host: only types are carried on. */
export function failureOfExecution(
  error: ExecutionError | undefined,
  context: { readonly nodeId: string; readonly recipe: Recipe; readonly settings: RunSettings },
): Failure {
  const { nodeId, recipe, settings } = context;
  if (error !== undefined && isOutOfMemory(error)) {
    return { type: 'OutOfMemory', nodeId, setting: settings.resolutionPx > recipe.settings.resolutionPx.min ? 'resolution' : 'rank' };
  }
  return { type: 'NodeError', nodeId, nodeType: named(error?.node_type), exceptionType: named(error?.exception_type) };
}

function isOutOfMemory({ exception_type: type, exception_message: message }: ExecutionError): boolean {
  return /OutOfMemoryError$/.test(type) || /out of memory/i.test(message) || message.startsWith('Allocation on device');
}

/** Class names only: whatever else stands there is not shown to anybody. */
function named(name: string | undefined): string {
  return name !== undefined && /^[\w.]{1,80}$/.test(name) ? name : 'unknown';
}
