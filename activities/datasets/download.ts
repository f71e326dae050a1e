import { ApplicationFailure } from '@temporalio/common';
import type { SignalType } from '../../domain/failures.js';
import { attachmentUrl } from './attachment-source.js';

export interface DownloadTimeouts {
  /** Until the host answers with a header, connecting included. */
  readonly answerMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  readonly totalMs: number;
}

export const DOWNLOAD_TIMEOUTS: DownloadTimeouts = { answerMs: 5_000, idleMs: 10_000, totalMs: 60_000 };

export interface DownloadRules {
  /** Origins besides Discord's, by configuration only. */
  readonly allowedOrigins: readonly string[];
  readonly timeouts: DownloadTimeouts;
}

export type Download =
  | { readonly kind: 'opened'; readonly body: AsyncIterable<Uint8Array> }
  | { readonly kind: 'refused'; readonly code: 'IMG_SOURCE' | 'IMG_EXPIRED' | 'IMG_FETCH_FAILED' };

/** The body is longer than allowed; `sizeBytes` is how much was known of it when it was cut. */
export class TooManyBytes extends Error {
  constructor(readonly sizeBytes: number, readonly maxBytes: number) {
    super(`Expected at most ${maxBytes} bytes, got ${sizeBytes} or more.`);
  }
}

/** What an address that is signed for a day answers once it has expired, or its file is gone. */
const EXPIRED = new Set([401, 403, 404, 410]);

/**
 * Opens an attachment. The body is counted and cut at `maxBytes`, whatever its header says; it must be read to its end or left.
 * Nothing of the address reaches an error: it is a credential.
 *
 * @throws `AttachmentUnavailable` (retryable) when the host fails or falls silent, also while the body is read;
 *   {@link TooManyBytes} for a body that is too long.
 */
export async function openAttachment(address: string, maxBytes: number, rules: DownloadRules, cancelled: AbortSignal): Promise<Download> {
  const url = attachmentUrl(address, rules.allowedOrigins);
  if (url === null) return { kind: 'refused', code: 'IMG_SOURCE' };

  const { timeouts } = rules;
  const guard = new AbortController();
  const signal = AbortSignal.any([guard.signal, cancelled, AbortSignal.timeout(timeouts.totalMs)]);
  const answerTimer = setTimeout(() => { guard.abort(); }, timeouts.answerMs);
  try {
    // A redirect is an answer here and is never followed; `error` would make it look like a network fault that deserves a retry.
    const response = await fetch(url, { redirect: 'manual', signal, headers: { 'accept-encoding': 'identity' } });
    const { status, body } = response;
    if (status === 200 && body !== null) return { kind: 'opened', body: counted(body, Number(response.headers.get('content-length') ?? 0), maxBytes, timeouts.idleMs, guard) };
    guard.abort();
    if (EXPIRED.has(status)) return { kind: 'refused', code: 'IMG_EXPIRED' };
    if (status >= 500 || status === 429 || status === 408) throw unavailable(`The attachment host answered ${status}.`);
    return { kind: 'refused', code: 'IMG_FETCH_FAILED' };
  } catch (error) {
    throw error instanceof ApplicationFailure ? error : unavailable('The attachment host did not answer.', error);
  } finally {
    clearTimeout(answerTimer);
  }
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  announcedBytes: number,
  maxBytes: number,
  idleMs: number,
  guard: AbortController,
): AsyncGenerator<Uint8Array> {
  const idleTimer = setTimeout(() => { guard.abort(); }, idleMs);
  try {
    if (announcedBytes > maxBytes) throw new TooManyBytes(announcedBytes, maxBytes);
    let sizeBytes = 0;
    for await (const piece of body) {
      sizeBytes += piece.length;
      if (sizeBytes > maxBytes) throw new TooManyBytes(sizeBytes, maxBytes);
      yield piece;
      idleTimer.refresh();
    }
  } catch (error) {
    throw error instanceof TooManyBytes ? error : unavailable('The attachment host broke off.', error);
  } finally {
    clearTimeout(idleTimer);
    guard.abort();
  }
}

function unavailable(message: string, cause?: unknown): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'AttachmentUnavailable' satisfies SignalType, ...(cause instanceof Error ? { cause } : {}) });
}
