import { setTimeout as delay } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { ROLE, rolePrivileges } from './database-role.js';

export interface DatabasePlan {
  /** Connects to the one member as its administrator. */
  readonly adminUri: string;
  /** How the other processes reach the member; kept in its configuration for good. */
  readonly memberAddress: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

const REPLICA_SET = 'rs0';
const ALREADY_INITIALIZED = 23;
const ASK_AGAIN_MS = 200;
const LEADS_WITHIN_MS = 60_000;

/** Makes a new mongod a replica set of one member, and the yard's user with its role. Repeated, it brings both up to date. */
export async function prepareDatabase(plan: DatabasePlan): Promise<void> {
  const client = new mongo.MongoClient(plan.adminUri, { directConnection: true, serverSelectionTimeoutMS: LEADS_WITHIN_MS });
  try {
    await initiate(client, plan.memberAddress);
    await waitUntilPrimary(client);
    const db = client.db(plan.database);
    await createOrUpdate(db, 'Role', ROLE, { privileges: rolePrivileges(plan.database), roles: [] });
    await createOrUpdate(db, 'User', plan.user, { pwd: plan.password, roles: [ROLE] });
  } finally {
    await client.close();
  }
}

async function initiate(client: mongo.MongoClient, host: string): Promise<void> {
  try {
    await client.db('admin').command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
  } catch (error) {
    if (error instanceof mongo.MongoServerError && error.code === ALREADY_INITIALIZED) return;
    throw error;
  }
}

async function waitUntilPrimary(client: mongo.MongoClient): Promise<void> {
  const deadline = Date.now() + LEADS_WITHIN_MS;
  while ((await client.db('admin').command({ hello: 1 }))['isWritablePrimary'] !== true) {
    if (Date.now() > deadline) throw new Error(`Expected MongoDB to take writes within ${LEADS_WITHIN_MS / 1000} s, it did not.`);
    await delay(ASK_AGAIN_MS);
  }
}

async function createOrUpdate(db: mongo.Db, kind: 'Role' | 'User', name: string, body: mongo.Document): Promise<void> {
  const list = kind === 'Role' ? { rolesInfo: name } : { usersInfo: name };
  const found = await db.command(list);
  const existing: unknown = found[kind === 'Role' ? 'roles' : 'users'];
  const verb = Array.isArray(existing) && existing.length > 0 ? 'update' : 'create';
  await db.command({ [`${verb}${kind}`]: name, ...body });
}
