import { setTimeout as delay } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import proto from '@temporalio/proto';
import mongoose from 'mongoose';
import { SEARCH_ATTRIBUTES } from '../servers/temporal.js';
import { WrongSettings, type Environment } from './yard-settings.js';

const ANSWER_LIMIT_MS = 10_000;
const LEAST_WIRE_VERSION = 9;
const ALREADY_EXISTS = 6;
const NOT_FOUND = 5;
const RETENTION_MS = 30 * 24 * 3_600_000;

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
  const known = await unless(NOT_FOUND, workflowService.describeNamespace({ namespace }));
  if (known !== undefined) return;
  await unless(ALREADY_EXISTS, workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(RETENTION_MS) }));
}

/** Asks until the server shows them all: its parts learn of a new namespace or attribute some seconds later. */
async function ensureSearchAttributes({ operatorService }: Connection, namespace: string): Promise<void> {
  let asked = false;
  const areThere = async (): Promise<boolean> => {
    const answer = await unless(NOT_FOUND, operatorService.listSearchAttributes({ namespace }));
    if (answer === undefined) return false;
    const missing = missingAttributes(answer.customAttributes, namespace);
    if (missing.length > 0 && !asked) {
      await unless(ALREADY_EXISTS, operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) }));
      asked = true;
    }
    return missing.length === 0;
  };
  while (!(await areThere())) await delay(250);
}

type AttributeTypes = Readonly<Record<string, proto.temporal.api.enums.v1.IndexedValueType>>;

function missingAttributes(present: AttributeTypes, namespace: string): [string, proto.temporal.api.enums.v1.IndexedValueType][] {
  const { INDEXED_VALUE_TYPE_KEYWORD: Keyword, INDEXED_VALUE_TYPE_INT: Int } = proto.temporal.api.enums.v1.IndexedValueType;
  const types = { Keyword, Int };
  return Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => {
    if (present[name] === types[type]) return [];
    if (present[name] === undefined) return [[name, types[type]]];
    throw new WrongSettings(`Search attribute "${name}" of namespace "${namespace}" must be of type ${type}: use another namespace.`);
  });
}

/** The answer, or undefined when the call failed with this gRPC code. */
async function unless<T>(code: number, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isGrpcServiceError(error) && (error.code as number) === code) return undefined;
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
