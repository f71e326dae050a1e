import type { Mutation } from './edit.js';
import { LEDGER_CONTROLS, LEDGER_MUTANTS } from './named-ledger.js';
import { RUN_MUTANTS } from './named-runs.js';
import type { Tests } from './test-runs.js';

/** A defect that somebody could make, and the tests that must not let it pass. */
export interface NamedMutant extends Mutation {
  readonly name: string;
  readonly tests: Tests;
}

/** A change that is no defect: its tests must stay green, or they hold the code to more than was promised. */
export interface Control extends NamedMutant {
  readonly reason: string;
}

export const NAMED_MUTANTS: readonly NamedMutant[] = [...LEDGER_MUTANTS, ...RUN_MUTANTS];
export const CONTROLS: readonly Control[] = LEDGER_CONTROLS;
