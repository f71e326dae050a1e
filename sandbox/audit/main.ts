import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import mongoose from 'mongoose';
import { connectionLimits, type Patience } from '../../models/connection-limits.js';
import { auditLedger, type AuditReport } from '../../models/ledger-audit.js';
import { createRuns } from '../../models/runs.js';
import { auditSettings } from './config.js';
import { auditText } from './report.js';

/** `npm run audit [-- --json]`: 0 when every rule of the ledger holds, 1 when one is broken, 2 when it could not be read. */
const EXIT = { clean: 0, violated: 1, unread: 2 } as const;

/** Somebody waits at a terminal, for sums over every entry there is. */
const PATIENCE: Patience = { findsServerWithinMs: 5_000, silentAfterMs: 120_000 };

class Unread extends Error {}

async function main(args: readonly string[]): Promise<number> {
  let json = args.includes('--json');
  try {
    json = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } }).values.json;
    const report = await audit(databaseUri());
    const ok = report.violations.length === 0;
    console.log(json ? JSON.stringify({ ok, ...report }) : auditText(report));
    return ok ? EXIT.clean : EXIT.violated;
  } catch (error) {
    const sentence = whyUnread(error);
    if (sentence === null) throw error;
    if (json) console.log(JSON.stringify({ ok: false, error: sentence }));
    console.error(sentence);
    return EXIT.unread;
  }
}

async function audit(uri: string): Promise<AuditReport> {
  const connection = mongoose.createConnection(uri, { ...connectionLimits(PATIENCE), autoIndex: false, autoCreate: false });
  try {
    await connection.asPromise();
    return await auditLedger(connection, createRuns(connection));
  } finally {
    await connection.close();
  }
}

/** `MONGODB_URI`, else the yard that runs from this folder. */
function databaseUri(): string {
  const settings = auditSettings();
  if (settings.kind === 'problems') throw new Unread(settings.problems.join('\n'));
  const uri = settings.values.MONGODB_URI ?? uriOfYard(resolve('.trainyard/yard.json'));
  if (uri === null) throw new Unread('No yard runs from this folder and MONGODB_URI is not set: run `npm start`, or set MONGODB_URI to the database to audit.');
  return uri;
}

function uriOfYard(path: string): string | null {
  if (!existsSync(path)) return null;
  const yard: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const uri = typeof yard === 'object' && yard !== null && 'mongodbUri' in yard ? yard.mongodbUri : null;
  return typeof uri === 'string' ? uri : null;
}

/** A sentence without the address, which may hold a password; null for what nobody expected. */
function whyUnread(error: unknown): string | null {
  if (error instanceof Unread) return error.message;
  // By name: the driver's parser of addresses has a class of its own, and its message may quote the address.
  if (error instanceof Error && error.name === 'MongoParseError') return 'MONGODB_URI is not an address the MongoDB driver understands.';
  if (error instanceof mongoose.mongo.MongoError || error instanceof mongoose.Error) return `The ledger could not be read: ${error.message}`;
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return error.message;
  return null;
}

process.exitCode = await main(process.argv.slice(2));
