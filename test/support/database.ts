import { randomBytes } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import { testServerAddress } from './config.js';

export interface TestDatabase {
  readonly connection: Connection;
  /** Connects another process or client to the same database. */
  readonly uri: string;
  /** Drops the database and closes the connection. */
  close(): Promise<void>;
}

/** An empty database of its own on this run's replica set. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const url = new URL(testServerAddress('mongodb'));
  url.pathname = `/test_${randomBytes(6).toString('hex')}`;
  const uri = url.toString();
  const connection = await mongoose.createConnection(uri, { serverSelectionTimeoutMS: 10_000 }).asPromise();
  return {
    connection,
    uri,
    close: async () => {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
