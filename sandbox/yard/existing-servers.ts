import { setTimeout as delay } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import proto from '@temporalio/proto';
import mongoose from 'mongoose';
import { SEARCH_ATTRIBUTES } from '../servers/temporal.js';
import { WrongSettings, type Environment } from './yard-settings.js';

const ANSWER_LIMIT_MS = 10_000;
const LEAST_WIRE_VERSION = 9;
const ALREADY_EXISTS = 6;
const NOT_FOUND = 5;
const RETENTION_DAYS = 30;

/** Makes the user's Temporal server ready for our workflows: its namespace and the search attributes. @throws WrongSettings */
export async function prepareTemporal(address: string, namespace: string, env: Environment): Promise<void> {
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: definedOnly(env) });
  const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: ANSWER_LIMIT_MS }).catch((error: unknown) => {
    throw new WrongSettings(`TEMPORAL_ADDRESS=${address} does not answer: ${messageOf(error)}`);
  });
  try {
    await connection.withDeadline(Date.now() + 3 * ANSWER_LIMIT_MS, async () => {
      await ensureNamespace(connection, namespace);
      await ensureSearchAttributes(connection, namespace);
    });
  } finally {
    await connection.close();
  }
}

async function ensureNamespace({ workflowService }: Connection, namespace: string): Promise<void> {
  const isThere = await unless(NOT_FOUND, workflowService.describeNamespace({ namespace }));
  if (isThere) return;
  const workflowExecutionRetentionPeriod = { seconds: BigInt(RETENTION_DAYS * 86_400) as unknown as never };
  await unless(ALREADY_EXISTS, workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod }));
  // The frontends learn of a new namespace a few seconds later.
  while (!(await unless(NOT_FOUND, workflowService.describeNamespace({ namespace })))) await delay(250);
}

async function ensureSearchAttributes({ operatorService }: Connection, namespace: string): Promise<void> {
  const { INDEXED_VALUE_TYPE_KEYWORD: Keyword, INDEXED_VALUE_TYPE_INT: Int } = proto.temporal.api.enums.v1.IndexedValueType;
  const types = { Keyword, Int };
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name, type]) => {
    const present = customAttributes[name];
    if (present !== undefined && present !== types[type]) {
      throw new WrongSettings(`Search attribute "${name}" of namespace "${namespace}" must be of type ${type}: use another namespace.`);
    }
    return present === undefined;
  });
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, types[type]]));
  await unless(ALREADY_EXISTS, operatorService.addSearchAttributes({ namespace, searchAttributes }));
}

/** Whether the call succeeded; false when it failed with this gRPC code. */
async function unless(code: number, call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isGrpcServiceError(error) && (error.code as number) === code) return false;
    throw error;
  }
}

/** Refuses a MongoDB without transactions and change streams, or too old, before anything depends on it. @throws WrongSettings */
export async function checkMongodb(uri: string): Promise<void> {
  const connection = await mongoose
    .createConnection(uri, { serverSelectionTimeoutMS: ANSWER_LIMIT_MS })
    .asPromise()
    .catch((error: unknown) => {
      throw new WrongSettings(`The server of MONGODB_URI does not answer: ${messageOf(error)}`);
    });
  try {
    const hello = await connection.getClient().db('admin').command({ hello: 1 });
    const isCluster = typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid';
    if (!isCluster) throw new WrongSettings('MONGODB_URI must name a replica set: transactions and change streams need one.');
    if (Number(hello['maxWireVersion']) < LEAST_WIRE_VERSION) throw new WrongSettings('MONGODB_URI must name MongoDB 4.4 or newer.');
  } finally {
    await connection.close();
  }
}

function definedOnly(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
