import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockHolder } from '../bootstrap/lock-file.mjs';
import { errorCode } from '../servers/error-code.js';

export interface NodeAddress {
  readonly name: string;
  readonly url: string;
  readonly standIn: boolean;
  /** Of a stand-in: where tests and the demo steer it. */
  readonly controlUrl?: string;
}

export interface DiscordAddress {
  readonly standIn: boolean;
  /** Of a stand-in only: a real token is never written down. */
  readonly apiUrl?: string;
  readonly controlUrl?: string;
  readonly token?: string;
}

export interface PartState {
  readonly pid?: number;
  readonly restarts: number;
  readonly isReady: boolean;
}

/** Where everything of a yard is, as written to `yard.json` in its data folder while it runs. */
export interface YardState {
  readonly startedAt: string;
  readonly pid: number;
  readonly status: 'starting' | 'ready' | 'stopping';
  readonly temporal: { readonly address: string; readonly namespace: string; readonly uiUrl?: string };
  readonly mongodbUri: string;
  readonly discord: DiscordAddress;
  readonly comfyui: readonly NodeAddress[];
  readonly web: { readonly url: string };
  readonly parts: Readonly<Record<string, PartState>>;
}

export function lockPath(dataDir: string): string {
  return join(dataDir, 'yard.lock');
}

/** The yard that runs on this data folder, if one does. */
export async function findRunningYard(dataDir: string): Promise<YardState | undefined> {
  return lockHolder(lockPath(dataDir)) === undefined ? undefined : readYardState(dataDir);
}

/** What the last yard wrote, whether it still runs or not. */
export async function readYardState(dataDir: string): Promise<YardState | undefined> {
  const text = await readFile(statePath(dataDir), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as YardState);
}

/** Writes the latest state, one write after the other, each whole or not at all. */
export function createStateFile(dataDir: string): { write(state: YardState): void; remove(): Promise<void> } {
  let writing: Promise<void> = Promise.resolve();
  let next: YardState | undefined;
  const path = statePath(dataDir);
  const writeNext = async (): Promise<void> => {
    const state = next;
    next = undefined;
    if (state === undefined) return;
    // Only for the owner: it may hold the address of a database with its password.
    await writeFile(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  };
  return {
    write: (state) => {
      next = state;
      writing = writing.then(writeNext);
    },
    remove: async () => {
      next = undefined;
      await writing;
      await rm(path, { force: true });
    },
  };
}

function statePath(dataDir: string): string {
  return join(dataDir, 'yard.json');
}
