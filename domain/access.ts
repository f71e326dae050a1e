import type { AccountId } from './accounts.js';

/** What somebody wants to do with an owned thing. Reading and changing have one rule today; shares will tell them apart. */
export type Action = 'view' | 'change' | 'start' | 'cancel' | 'download' | 'grantPoints';

/** An owned thing, by its owner; `null` for what belongs to the yard itself. */
export interface Owned {
  readonly owner: AccountId | null;
}

export interface Actor {
  readonly accountId: AccountId;
  readonly isOperator: boolean;
}

const OPERATOR_ACTIONS: readonly Action[] = ['view', 'cancel', 'grantPoints'];

/**
 * The one rule behind every read and write of an owned thing: owners do everything with what is theirs,
 * operators look, cancel and grant. Whoever may not is answered as if the thing did not exist.
 */
export function canDo(actor: Actor, action: Action, thing: Owned): boolean {
  if (action === 'grantPoints') return actor.isOperator;
  if (thing.owner === actor.accountId) return true;
  return actor.isOperator && OPERATOR_ACTIONS.includes(action);
}
