import type { Control, NamedMutant } from './named.js';

const RACES = { files: ['test/models/points-ledger-races.test.ts'] };
const LEDGER = { files: ['test/models/points-ledger.test.ts'] };
const EXPLORER = { files: ['test/models/ledger-explorer.test.ts'] };
const CHAIN = { files: ['test/models/ledger-audit.test.ts'] };

/** The mistakes that reference designs of a points ledger make. */
export const LEDGER_MUTANTS: readonly NamedMutant[] = [
  {
    name: 'no-refusal-record',
    file: 'models/points-append.ts',
    find: '  const result = await store.insert(entry);',
    replace: "  const result = entry.kind === 'refused' ? ('inserted' as const) : await store.insert(entry);",
    tests: EXPLORER,
  },
  {
    name: 'separate-resolve-keys',
    file: 'domain/ledger.ts',
    find: '{ key: resolveKeyOf(runId), kind, amount, runId, holdKey: hold.key }',
    replace: '{ key: `${kind}:${runId}`, kind, amount, runId, holdKey: hold.key }',
    tests: EXPLORER,
  },
  {
    name: 'no-index-on-key',
    file: 'models/points-store.ts',
    find: '  { key: { account: 1, key: 1 }, unique: true },\n',
    replace: '',
    tests: RACES,
  },
  {
    name: 'no-index-on-seq',
    file: 'models/points-store.ts',
    find: '  { key: { account: 1, seq: 1 }, unique: true },\n',
    replace: '',
    tests: RACES,
  },
  {
    name: 'index-on-key-not-unique',
    file: 'models/points-store.ts',
    find: '{ key: { account: 1, key: 1 }, unique: true }',
    replace: '{ key: { account: 1, key: 1 }, unique: false }',
    tests: RACES,
  },
  {
    name: 'local-read-concern',
    file: 'models/points-store.ts',
    find: "{ readConcern: { level: 'majority' }, readPreference: 'primary' }",
    replace: "{ readConcern: { level: 'local' }, readPreference: 'primary' }",
    tests: LEDGER,
  },
  {
    name: 'write-of-one-member',
    file: 'models/points-store.ts',
    find: "{ w: 'majority', j: true }",
    replace: '{ w: 1, j: true }',
    tests: LEDGER,
  },
  {
    name: 'taken-key-is-success',
    file: 'models/points-append.ts',
    find: "if (result !== 'inserted') return",
    replace: "if (result === 'seq-taken') return",
    tests: EXPLORER,
  },
  {
    name: 'taken-key-is-an-error',
    file: 'models/points-append.ts',
    find: "      readKeys ||= tried.taken === 'key-taken';",
    replace: "      if (tried.taken === 'key-taken') throw new LedgerUnavailableError('The key is taken.');",
    tests: RACES,
  },
  {
    name: 'amounts-not-compared',
    file: 'models/points-ledger.ts',
    find: 'if (!isSameAmount(recorded, asked)) throw',
    replace: 'if (!isSameAmount(recorded, recorded.amount)) throw',
    tests: LEDGER,
  },
  {
    name: 'hold-checked-on-balance',
    file: 'domain/ledger.ts',
    find: 'request.amount <= head.balance - head.held',
    replace: 'request.amount <= head.balance',
    tests: LEDGER,
  },
  {
    name: 'settled-run-held-again',
    file: 'domain/ledger-answers.ts',
    find: "  if (resolve !== null) return { kind: 'settled', resolution: resolutionFrom(hold, resolve).kind === 'captured' ? 'capture' : 'release' };\n",
    replace: '',
    tests: LEDGER,
  },
  {
    name: 'release-without-hold-unrecorded',
    file: 'models/points-ledger.ts',
    find: '      return answerResolve(found.hold, found.resolve);',
    replace: "      return answerResolve(found.hold, found.resolve) ?? (found.hold === null ? { kind: 'nothing-held' } : null);",
    tests: LEDGER,
  },
  {
    name: 'audit-blind-to-links',
    file: 'domain/ledger-audit.ts',
    find: '} else if (entry.prevHash !== this.#last.hash) {',
    replace: '} else if (entry.prevHash === entry.hash) {',
    tests: CHAIN,
  },
];

export const LEDGER_CONTROLS: readonly Control[] = [
  {
    name: 'no-key-first-read',
    file: 'models/points-ledger.ts',
    find: 'readKeysFirst: true,',
    replace: 'readKeysFirst: false,',
    tests: { files: [...EXPLORER.files, ...LEDGER.files, ...RACES.files] },
    reason: 'The unique index finds what is recorded; reading it first only saves an insert in vain.',
  },
  {
    name: 'no-turns-in-a-process',
    file: 'models/points-turns.ts',
    find: 'const result = before.then(work);',
    replace: 'const result = Promise.resolve(before).then(ignore, ignore) && work();',
    tests: { files: [...LEDGER.files, ...RACES.files] },
    reason: 'Turns only save conflicts between callers of one process; the unique indexes keep the chain right.',
  },
];
