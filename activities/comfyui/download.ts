import { open } from 'node:fs/promises';
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
  try {
    let version: FileState | null = null;
    let have = 0;
    let missing = 0;
    let lastByteAt = Date.now();
    for (;;) {
      try {
        const state = await client.headFile(file);
        if (state === null) {
          missing += 1;
          if (missing >= MISSING_READS) return { kind: 'missing' };
        } else {
          missing = 0;
          if (version === null || state.etag === null || state.etag !== version.etag || state.sizeBytes !== version.sizeBytes) have = 0;
          version = state;
          if (have === state.sizeBytes) return { kind: 'fetched', sizeBytes: have };
          const stream = await client.openFile(file, have, state.etag);
          if (stream.status !== 206) have = 0;
          if (stream.status !== 200 && !(stream.status === 206 && startsAt(stream.headers, have))) {
            stream.close();
            throw new ComfyError('GET /view', { kind: 'http', status: stream.status, body: '' });
          }
          for await (const bytes of stream.bytes) {
            await target.write(bytes, 0, bytes.byteLength, have);
            have += bytes.byteLength;
            lastByteAt = Date.now();
            options.onBytes(have);
            if (have > state.sizeBytes) stream.close();
          }
          if (have === state.sizeBytes) return { kind: 'fetched', sizeBytes: have };
        }
      } catch (error) {
        if (!(error instanceof ComfyError)) throw error;
        if (Date.now() - lastByteAt >= options.silenceLimitMs) return { kind: 'silent', problem: error.message };
      }
      await delay(options.retryMs);
    }
  } finally {
    await target.close();
  }
}

function startsAt(headers: Headers, start: number): boolean {
  return headers.get('content-range')?.startsWith(`bytes ${start}-`) === true;
}
