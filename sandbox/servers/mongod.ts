import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import { startServer, type ServerCommand, type ServerProcess } from './server-process.js';

const REPLICA_SET = 'rs0';
const READY_LIMIT_MS = 30_000;
const ALREADY_INITIALIZED = 23;

export interface MongodOptions {
  readonly path: string;
  /** Must exist. The member's port is stored in it: keep the port of a data folder. */
  readonly dataDir: string;
  readonly port: number;
}

/** A one-member replica set, because transactions and change streams need one. */
export function mongodCommand(options: MongodOptions): ServerCommand {
  return {
    path: options.path,
    readable: readableMongodLine,
    args: [
      ['--dbpath', options.dataDir],
      ['--bind_ip', '127.0.0.1'],
      ['--port', String(options.port)],
      ['--replSet', REPLICA_SET],
      // The default engine of some builds keeps nothing.
      ['--storageEngine', 'wiredTiger'],
      ['--wiredTigerCacheSizeGB', '0.25'],
      ['--oplogSize', '128'],
      ['--nounixsocket'],
      ['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    ].flat(),
  };
}

/** mongod reports every connection as a line of JSON; only errors are for people. */
export function readableMongodLine(line: string): string | undefined {
  if (!line.startsWith('{')) return line;
  const { s: severity, msg, attr } = JSON.parse(line) as { s?: unknown; msg?: unknown; attr?: unknown };
  if (severity !== 'E' && severity !== 'F') return undefined;
  return `${severity === 'F' ? 'fatal' : 'error'} ${String(msg)} ${JSON.stringify(attr ?? {})}`;
}

export function mongodUri(port: number, database: string): string {
  return `mongodb://127.0.0.1:${port}/${database}?replicaSet=${REPLICA_SET}`;
}

/** Waits for the server, makes it a replica set of this port, and waits until it takes writes. */
export async function waitForMongod(port: number, giveUp: AbortSignal): Promise<void> {
  const client = new mongoose.mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 200,
    connectTimeoutMS: 2_000,
  });
  const deadline = Date.now() + READY_LIMIT_MS;
  try {
    for (;;) {
      const state = await tryToLead(client, port);
      if (state === 'leads') return;
      giveUp.throwIfAborted();
      if (Date.now() > deadline) {
        throw new Error(`mongod on port ${port} did not take writes within ${READY_LIMIT_MS / 1000} s: ${state}`);
      }
      await delay(50);
    }
  } finally {
    await client.close();
  }
}

/** `leads`, or why not yet. */
async function tryToLead(client: mongoose.mongo.MongoClient, port: number): Promise<string> {
  try {
    await client.connect(); // A failed selection closes the client; this opens it again.
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello['isWritablePrimary'] === true) return 'leads';
    if (hello['isreplicaset'] !== true) return 'it has not elected itself yet';
    return await becomeReplicaSet(admin, `127.0.0.1:${port}`);
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoError) return error.message;
    throw error;
  }
}

/** A new member gets its configuration; one whose data was made on another port is moved to this one. */
async function becomeReplicaSet(admin: mongoose.mongo.Db, host: string): Promise<string> {
  try {
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoServerError) || error.code !== ALREADY_INITIALIZED) throw error;
    const { config } = (await admin.command({ replSetGetConfig: 1 })) as { config: { version: number } };
    const moved = { ...config, version: config.version + 1, members: [{ _id: 0, host }] };
    await admin.command({ replSetReconfig: moved, force: true });
  }
  return 'it has just become a replica set';
}

export function startMongod(options: MongodOptions): Promise<ServerProcess> {
  return startServer('mongod', mongodCommand(options), (giveUp) => waitForMongod(options.port, giveUp));
}
