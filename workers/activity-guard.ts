import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';
import type { SignalType } from '../domain/failures.js';
import type { Redaction } from '../domain/secrets.js';

/** The next attempt is dispatched at once: to another worker, or to the one that is started next. */
const AT_ONCE_MS = 1;

/**
 * Around every activity of every worker. No error leaves with a secret in it: it would stand in the history of its run for good.
 * And an activity that ends because its worker stops is handed over at once, not after the pause that failures earn.
 */
export function guardActivities(redact: Redaction): NonNullable<WorkerOptions['interceptors']> {
  return {
    activity: [
      () => ({
        inbound: {
          async execute(input, next) {
            try {
              return await next(input);
            } catch (error) {
              throw isHandedOver(error) ? handOver() : censored(error, redact);
            }
          },
        },
      }),
    ],
  };
}

function isHandedOver(error: unknown): boolean {
  const { cancellationSignal, cancellationDetails } = Context.current();
  if (!cancellationSignal.aborted || !isCancellation(error)) return false;
  const stops = cancellationDetails?.workerShutdown === true || messageOf(cancellationSignal.reason) === 'WORKER_SHUTDOWN';
  return stops && cancellationDetails?.cancelRequested !== true;
}

function isCancellation(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && (error.name === 'CancelledFailure' || error.name === 'AbortError');
}

function handOver(): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'The worker stops: the next one goes on.',
    type: 'WorkerStops' satisfies SignalType,
    nextRetryDelay: AT_ONCE_MS,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** More causes than this tell nothing; a circle of them must end. */
const MOST_CAUSES = 10;

/** The same error with what the history keeps of it censored: messages, stacks and details, its causes included. Nothing else of it is touched. */
function censored(error: unknown, redact: Redaction): unknown {
  let each: unknown = error;
  for (let depth = 0; depth < MOST_CAUSES && typeof each === 'object' && each !== null; depth += 1) {
    for (const key of ['message', 'stack'] as const) {
      const text: unknown = Reflect.get(each, key);
      if (typeof text === 'string') Reflect.set(each, key, redact(text));
    }
    const details: unknown = Reflect.get(each, 'details');
    if (each instanceof ApplicationFailure && Array.isArray(details)) Reflect.set(each, 'details', JSON.parse(redact(JSON.stringify(details))));
    each = Reflect.get(each, 'cause');
  }
  return typeof error === 'string' ? redact(error) : error;
}

function messageOf(reason: unknown): string {
  return typeof reason === 'object' && reason !== null && 'message' in reason ? String(reason.message) : '';
}
