import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mongoose, { type Connection } from 'mongoose';
import { auditLedger } from '../../../models/ledger-audit.js';
import { createPointsLedger } from '../../../models/points-ledger.js';
import { environment } from '../../config.js';
import { onFreePorts } from '../../servers/free-port.js';
import { mongodUri, startMongod } from '../../servers/mongod.js';
import { obtainMongod, sourceContext } from '../../servers/servers.js';
import { attackLedger, type Survived } from './attack.js';

export interface LedgerReport extends Survived {
  readonly stepDowns: number;
  /** Calls of the ledger that a step-down has broken off. */
  readonly brokenOff: number;
  readonly violations: number;
  readonly elapsedMs: number;
}

export interface LedgerAttack {
  readonly sequences: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** The primary steps down each time that so many sequences are done, while others are being played; every ten seconds when not given. */
  readonly stepDownAfter?: number;
}

const STEP_DOWN_EVERY_MS = 10_000;

/** Attacks the ledger on a database of its own, whose primary steps down again and again; then audits all of it. */
export async function runLedgerChaos({ sequences, seed, say, stepDownAfter }: LedgerAttack): Promise<LedgerReport> {
  const startedAt = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-chaos-'));
  const { path } = await obtainMongod(sourceContext(environment(), say));
  const { server, uri } = await onFreePorts(1, async ([port = 0]) => ({ server: await startMongod({ path, dataDir, port }), uri: mongodUri(port, 'chaos') }));
  const connection = await mongoose.createConnection(uri, { autoIndex: false, autoCreate: false, monitorCommands: true }).asPromise();
  const over = new AbortController();
  try {
    await createPointsLedger(connection).ensureIndexes();
    const stepDowns: Promise<void>[] = [];
    const stepDown = (): void => {
      stepDowns.push(stepDownOf(connection));
    };
    let brokenOff = 0;
    connection.getClient().on('commandFailed', ({ commandName }) => {
      if (commandName === 'insert' || commandName === 'find') brokenOff += 1;
    });
    const tell = everyTenth(sequences, say);
    const clock = stepDownAfter === undefined ? everyTenSeconds(stepDown, over.signal) : Promise.resolve();
    const progress = (done: number): void => {
      tell(done);
      if (stepDownAfter !== undefined && done % stepDownAfter === 0) stepDown();
    };
    const survived = await attackLedger({ connection, sequences, seed, progress });
    over.abort();
    await Promise.all([clock, ...stepDowns]);
    const { violations } = await auditLedger(connection);
    return { ...survived, stepDowns: stepDowns.length, brokenOff, violations: violations.length, elapsedMs: Date.now() - startedAt };
  } finally {
    over.abort();
    await connection.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function everyTenSeconds(stepDown: () => void, over: AbortSignal): Promise<void> {
  for (;;) {
    await delay(STEP_DOWN_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    stepDown();
  }
}

/** For a second there is no primary. */
async function stepDownOf(connection: Connection): Promise<void> {
  await connection.db?.admin().command({ replSetStepDown: 1, secondaryCatchUpPeriodSecs: 0, force: true }).catch(ignoreLostReply);
}

/** A primary that steps down may close the connection that asked it to. */
function ignoreLostReply(error: unknown): void {
  if (!(error instanceof mongoose.mongo.MongoError)) throw error;
}

function everyTenth(sequences: number, say: (line: string) => void): (done: number) => void {
  const tenth = Math.max(1, Math.floor(sequences / 10));
  return (done) => {
    if (done % tenth === 0) say(`${done} of ${sequences} sequences`);
  };
}
