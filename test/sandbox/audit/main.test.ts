import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { points } from '../../../domain/points.js';
import { createPointsLedger } from '../../../models/points-ledger.js';
import { pointsCollection } from '../../../models/points-store.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

let database: TestDatabase;
let emptyFolder: string;
let yardFolder: string;

beforeAll(async () => {
  database = await openTestDatabase();
  const ledger = createPointsLedger(database.connection);
  await ledger.ensureIndexes();
  await ledger.grant({ accountId: 'test:cli', key: 'grant:1', amountPoints: points(5_000) });
  emptyFolder = await mkdtemp(join(tmpdir(), 'trainyard-audit-'));
  yardFolder = await mkdtemp(join(tmpdir(), 'trainyard-audit-'));
  await mkdir(join(yardFolder, '.trainyard'));
  await writeFile(join(yardFolder, '.trainyard/yard.json'), JSON.stringify({ mongodbUri: database.uri }));
});

afterAll(async () => {
  await rm(emptyFolder, { recursive: true, force: true });
  await rm(yardFolder, { recursive: true, force: true });
  await database.close();
});

function audit(cwd: string, env: { readonly MONGODB_URI?: string }, ...args: string[]): Promise<Ended> {
  const command = [resolve('node_modules/tsx/dist/cli.mjs'), resolve('sandbox/audit/main.ts'), ...args];
  return new Promise((done) => {
    execFile(process.execPath, command, { cwd, env }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

describe('npm run audit', () => {
  it('says what is missing when there is no database to audit', async () => {
    const { code, stderr } = await audit(emptyFolder, {});
    expect(stderr).toContain('No yard runs from this folder and MONGODB_URI is not set: run `npm start`');
    expect(code).toBe(2);
  });

  it('says that the database does not answer, without its password', async () => {
    const { code, stdout, stderr } = await audit(emptyFolder, { MONGODB_URI: 'mongodb://me:canary@127.0.0.1:1/yard' }, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: expect.stringContaining('could not be read') });
    expect([code, (stdout + stderr).includes('canary')]).toEqual([2, false]);
  });

  it.each([
    ['an address it cannot read', { MONGODB_URI: 'mongodb://me:can@ary@@host:x' }, [], 'not an address'],
    ['an option it does not know', {}, ['--jsno'], '--jsno'],
  ])('names %s', async (_, env, args, sentence) => {
    const { code, stderr } = await audit(emptyFolder, env, ...args);
    expect(stderr).toContain(sentence);
    expect([code, stderr.includes('ary@')]).toEqual([2, false]);
  });

  it('finds the yard that runs from its folder and tells that every rule holds', async () => {
    const { code, stdout } = await audit(yardFolder, {});
    expect(stdout).toBe(
      'Points ledger: 1 account, 1 entry, 0 open holds.\n' +
        'Granted 5,000 − captured 0 + adjusted 0; balances 5,000, of which 0 held.\n' +
        'Every rule holds.\n',
    );
    expect(code).toBe(0);
  });

  it('lists what is broken, in one line with --json, and exits with 1', async () => {
    await pointsCollection(database.connection).updateOne({ account: 'test:cli' }, { $set: { balance: points(6_000) } });
    const [text, json] = await Promise.all([audit(yardFolder, {}), audit(emptyFolder, { MONGODB_URI: database.uri }, '--json')]);
    expect(text.stdout).toContain('✗ wrong-balance (test:cli entry 1): Expected balance 5000 after grant grant:1, found 6000.');
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, violations: [{ check: 'broken-hash' }, { check: 'wrong-balance' }, { check: 'totals-differ' }] });
    expect([text.code, json.code, json.stdout.trim().includes('\n')]).toEqual([1, 1, false]);
  });
});
