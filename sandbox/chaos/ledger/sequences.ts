import fc from 'fast-check';
import { FAULTS, type Fault } from './faulty-store.js';
import { PRICE, type Command } from './model.js';

export type Step = readonly [Command, Fault];

const run = fc.nat(4);
/** Mostly the run's price, and now and then another. */
const amount = fc.oneof({ weight: 4, arbitrary: fc.constant(PRICE) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record<Command & { kind: 'grant' }>({ kind: fc.constant('grant'), id: fc.nat(3), amount: fc.constantFrom(20, 50) }),
  fc.record<Command & { kind: 'hold' }>({ kind: fc.constant('hold'), run, amount }),
  fc.record<Command & { kind: 'capture' }>({ kind: fc.constant('capture'), run, amount: fc.nat(35) }),
  fc.record<Command & { kind: 'release' }>({ kind: fc.constant('release'), run }),
);
const fault: fc.Arbitrary<Fault> = fc.oneof({ weight: 8, arbitrary: fc.constant<Fault>('none') }, { weight: 2, arbitrary: fc.constantFrom<Fault>(...FAULTS) });

/** Up to thirty commands of one account, each with what befalls it. */
export const sequences: fc.Arbitrary<Step[]> = fc.array(fc.tuple(command, fault), { minLength: 1, maxLength: 30, size: 'max' });
