import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ComfyClient } from './client.js';
import { ComfyError } from './comfy-error.js';
import type { ComfyFile, FileState } from './file-calls.js';

export type Download =
  | { readonly kind: 'fetched'; readonly sizeBytes: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'silent'; readonly problem: string };

export interface DownloadOptions {
  /** How long the node may give not one further byte. */
  readonly silenceLimitMs: number;
  readonly retryMs: number;
  readonly onBytes: (bytes: number) => void;
}

/** Absences in a row that are believed. */
const MISSING_READS = 3;

/**
 * Fetches one version of a file to `path`. A broken connection continues where it stopped, as long as the file keeps its ETag;
 * a changed file starts over. Memory stays bounded whatever the size.
 */
export async function download(client: ComfyClient, file: ComfyFile, path: string, options: DownloadOptions): Promise<Download> {
  const target = await open(path, 'w');
  const got: Got = { bytes: 0, version: null, lastByteAt: Date.now() };
  let missing = 0;
  try {
    for (;;) {
      try {
        const state = await client.headFile(file);
        missing = state === null ? missing + 1 : 0;
        if (missing >= MISSING_READS) return { kind: 'missing' };
        if (state !== null && (await fetchRest(client, file, state, target, got, options.onBytes))) return { kind: 'fetched', sizeBytes: state.sizeBytes };
      } catch (error) {
        if (!(error instanceof ComfyError)) throw error;
        if (Date.now() - got.lastByteAt >= options.silenceLimitMs) return { kind: 'silent', problem: error.message };
      }
      await delay(options.retryMs);
    }
  } finally {
    await target.close();
  }
}

interface Got {
  bytes: number;
  version: FileState | null;
  lastByteAt: number;
}

/** Continues from what is there of the same version; true when the file is whole. */
async function fetchRest(client: ComfyClient, file: ComfyFile, state: FileState, target: FileHandle, got: Got, onBytes: (bytes: number) => void): Promise<boolean> {
  const same = state.etag !== null && state.etag === got.version?.etag && state.sizeBytes === got.version.sizeBytes;
  if (!same) await startOver(target, got);
  got.version = state;
  const stream = await client.openFile(file, got.bytes, state.etag);
  try {
    const continues = stream.status === 206 && startsAt(stream.headers, got.bytes);
    if (stream.status !== 200 && !continues) throw new ComfyError('GET /view', { kind: 'http', status: stream.status, body: '' });
    requireSameVersion(stream.headers, state);
    if (stream.status === 200) await startOver(target, got);
    for await (const bytes of stream.bytes) {
      await target.write(bytes, 0, bytes.byteLength, got.bytes);
      got.bytes += bytes.byteLength;
      got.lastByteAt = Date.now();
      onBytes(got.bytes);
      if (got.bytes > state.sizeBytes) throw new ComfyError('GET /view', { kind: 'malformed', problem: `expected ${state.sizeBytes} bytes, got more` });
    }
  } finally {
    stream.close();
  }
  return got.bytes === state.sizeBytes;
}

/** A proxy's page in place of the file is no version of it: none of its bytes may stand before what is fetched later. */
function requireSameVersion(headers: Headers, { etag }: FileState): void {
  const found = headers.get('etag');
  if (etag !== null && found !== etag) throw new ComfyError('GET /view', { kind: 'malformed', problem: `expected version ${etag} of the file, got ${found ?? 'none'}` });
}

async function startOver(target: FileHandle, got: Got): Promise<void> {
  if (got.bytes > 0) await target.truncate(0);
  got.bytes = 0;
}

function startsAt(headers: Headers, start: number): boolean {
  return headers.get('content-range')?.startsWith(`bytes ${start}-`) === true;
}
