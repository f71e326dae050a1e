import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose, { mongo } from 'mongoose';
import { readDatabasePlan } from '../../deploy/mongodb/config.js';
import { FREE_COLLECTIONS } from '../../deploy/mongodb/database-role.js';
import { accountIdOf } from '../../domain/accounts.js';
import { points } from '../../domain/points.js';
import { POINTS_COLLECTION } from '../../models/points-store.js';
import { environment } from '../../sandbox/config.js';
import { freePort } from '../../sandbox/servers/free-port.js';
import { mongodCommand } from '../../sandbox/servers/mongod.js';
import { startServer } from '../../sandbox/servers/server-process.js';
import type { ServerProcess } from '../../sandbox/servers/server-process.js';
import { obtainMongod, sourceContext } from '../../sandbox/servers/servers.js';
import { openModels } from '../../workers/models.js';
import { projectPath } from './compose-file.js';

const ROOT_PASSWORD = 'rootpassword';
const APP_PASSWORD = 'apppassword';
const UNAUTHORIZED = 13;

/** A mongod that asks for a password, as the one of docker-compose.yml does. */
async function startStrictMongod(dataDir: string, port: number): Promise<ServerProcess> {
  const keyFile = join(dataDir, 'replica-key');
  await writeFile(keyFile, 'replicakey');
  await chmod(keyFile, 0o400);
  const { path } = await obtainMongod(sourceContext(environment(), (line) => process.stderr.write(`${line}\n`)));
  const command = mongodCommand({ path, dataDir, port });
  return startServer('mongod', { ...command, args: [...command.args, '--keyFile', keyFile] }, async () => {
    const client = new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, { serverSelectionTimeoutMS: 30_000 });
    await client.connect();
    await client.db('admin').command({ ping: 1 });
    await client.close();
  });
}

/** MongoDB's own image makes the administrator before it is a replica set; here one may be made from loopback while there is none, which needs a primary. */
async function makeAdministrator(port: number): Promise<void> {
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`);
  const admin = client.db('admin');
  await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: `127.0.0.1:${port}` }] } });
  while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) await new Promise((resolve) => setTimeout(resolve, 50));
  await admin.command({ createUser: 'root', pwd: ROOT_PASSWORD, roles: ['root'] });
  await client.close();
}

async function prepare(env: Record<string, string>): Promise<{ code: number | null; output: string; problems: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', 'tsx', projectPath('workers/prepare-database.ts')], {
    cwd: projectPath(''),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, problems, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise<number | null>((resolve) => child.once('exit', resolve))]);
  return { code, output, problems };
}

describe('the step that prepares MongoDB', () => {
  let dataDir = '';
  let port = 0;
  let server: ServerProcess | undefined;
  let connection = mongoose.createConnection();
  let prepared = { code: null as number | null, output: '', problems: '' };
  const env = (): Record<string, string> => ({ MONGO_HOST: `127.0.0.1:${port}`, MONGO_DATABASE: 'trainyard', MONGO_ROOT_PASSWORD: ROOT_PASSWORD, MONGO_APP_PASSWORD: APP_PASSWORD });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'trainyard-test-strict-mongod-'));
    port = await freePort();
    server = await startStrictMongod(dataDir, port);
    await makeAdministrator(port);
    prepared = await prepare(env());
    const uri = `mongodb://trainyard:${APP_PASSWORD}@127.0.0.1:${port}/trainyard?replicaSet=rs0`;
    connection = await mongoose.createConnection(uri, { serverSelectionTimeoutMS: 10_000 }).asPromise();
  });

  afterAll(async () => {
    await connection.close();
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const refusal = async (act: () => Promise<unknown>): Promise<unknown> => act().then(() => 'allowed', (error: unknown) => (error instanceof mongo.MongoServerError ? error.code : error));
  const collection = (name: string): mongo.Collection => {
    if (connection.db === undefined) throw new Error('not connected');
    return connection.db.collection(name);
  };

  it('refuses to start without a password and names it', () => {
    const { MONGO_APP_PASSWORD: _left, ...rest } = env();
    expect(readDatabasePlan(rest)).toEqual({ problems: ['MONGO_APP_PASSWORD is not set.'] });
  });

  it('ends well, and again when it is repeated', async () => {
    expect([prepared.code, prepared.problems]).toEqual([0, '']);
    expect((await prepare(env())).code).toBe(0);
  });

  it('fails when the administrator is another', async () => {
    const { code, problems } = await prepare({ ...env(), MONGO_ROOT_PASSWORD: 'wrong' });
    expect(code).not.toBe(0);
    expect(problems).toContain('Authentication failed');
    expect(problems).not.toContain('wrong');
  });

  it('gives a user who can open every collection of the yard with its indexes, and no collection it does not name', async () => {
    await openModels(connection);
    const found = await connection.db?.listCollections({}, { nameOnly: true }).toArray();
    expect(found?.map(({ name }) => name).sort()).toEqual([...FREE_COLLECTIONS, POINTS_COLLECTION].sort());
  });

  it('lets the yard keep its ledger', async () => {
    const { ledger } = await openModels(connection);
    const accountId = accountIdOf('discord', '80351110224678912');
    await ledger.grant({ accountId, key: `welcome:${accountId}`, amountPoints: points(5000) });
    expect(await ledger.balanceOf(accountId)).toMatchObject({ balancePoints: 5000 });
  });

  it('lets nobody change or remove an entry of the ledger', async () => {
    const entries = collection(POINTS_COLLECTION);
    await entries.insertOne({ account: 'a', seq: 1, key: 'k' });
    expect(await refusal(() => entries.updateOne({ account: 'a' }, { $set: { seq: 2 } }))).toBe(UNAUTHORIZED);
    expect(await refusal(() => entries.replaceOne({ account: 'a' }, { seq: 2 }))).toBe(UNAUTHORIZED);
    expect(await refusal(() => entries.findOneAndDelete({ account: 'a' }))).toBe(UNAUTHORIZED);
    expect(await refusal(() => entries.deleteMany({}))).toBe(UNAUTHORIZED);
    expect(await refusal(() => entries.drop())).toBe(UNAUTHORIZED);
    expect(await refusal(() => entries.dropIndex('account_1_seq_1'))).toBe(UNAUTHORIZED);
    expect(await refusal(() => entries.rename('other'))).toBe(UNAUTHORIZED);
    expect(await refusal(() => entries.aggregate([{ $match: {} }, { $out: POINTS_COLLECTION }]).toArray())).toBe(UNAUTHORIZED);
    expect(await entries.countDocuments({ account: 'a', seq: 1 })).toBe(1);
  });

  it('lets the yard change what is not points, and follow the changes', async () => {
    const changes = collection('runs').watch();
    await changes.tryNext();
    await collection('runs').insertOne({ state: 'queued' });
    await collection('runs').updateOne({ state: 'queued' }, { $set: { state: 'ended' } });
    await collection('runs').deleteMany({ state: 'ended' });
    expect([(await changes.next()).operationType, (await changes.next()).operationType, (await changes.next()).operationType]).toEqual(['insert', 'update', 'delete']);
    await changes.close();
  });

  it('lets the yard see no other database and make no user', async () => {
    expect(await refusal(() => connection.useDb('admin').db?.collection('system.users').findOne({}) ?? Promise.resolve())).toBe(UNAUTHORIZED);
    expect(await refusal(() => connection.db?.command({ createUser: 'x', pwd: 'y', roles: [] }) ?? Promise.resolve())).toBe(UNAUTHORIZED);
  });
});
