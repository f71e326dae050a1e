import { createHash } from 'node:crypto';

const LENGTH = 8;

/**
 * What a user tells an operator after an unexpected error, and what the operator looks for in the log: short enough to be
 * typed. The same interaction has the same one, however often it is delivered.
 */
export function referenceOf(interactionId: string): string {
  return createHash('sha256').update(interactionId).digest('hex').slice(0, LENGTH);
}
