import { Context } from '@temporalio/activity';
import type { FileProblem } from '../../domain/verdicts.js';
import { openAttachment, TooManyBytes } from './download.js';
import type { DownloadRules } from './download.js';
import type { FileDecisions, OpenFile } from './file-decisions.js';

export type Fetched<Result> = { readonly kind: 'fetched'; readonly result: Result } | { readonly kind: 'decided' };

export type FileFetch = ReturnType<typeof createFileFetch>;

/** Fetching the files of an upload; what cannot be had at all becomes the verdict on the file. */
export function createFileFetch(decisions: FileDecisions, download: DownloadRules) {
  async function refuse(open: OpenFile, problem: FileProblem): Promise<{ readonly kind: 'decided' }> {
    await decisions.decide(open, { kind: 'refused', problem });
    return { kind: 'decided' };
  }

  /** Streams the file into `take`, cut at `maxBytes`. */
  async function fetchInto<Result>(open: OpenFile, maxBytes: number, take: (body: AsyncIterable<Uint8Array>) => Promise<Result>): Promise<Fetched<Result>> {
    const { sizeBytes, url } = open.file;
    if (sizeBytes > maxBytes) return refuse(open, { code: 'IMG_TOO_MANY_BYTES', sizeBytes, maxBytes });
    const attachment = await openAttachment(url, maxBytes, download, Context.current().cancellationSignal);
    if (attachment.kind === 'refused') return refuse(open, { code: attachment.code });
    try {
      return { kind: 'fetched', result: await take(heartbeating(attachment.body)) };
    } catch (error) {
      if (!(error instanceof TooManyBytes)) throw error;
      return refuse(open, { code: 'IMG_TOO_MANY_BYTES', sizeBytes: error.sizeBytes, maxBytes });
    }
  }

  return { refuse, fetchInto };
}

async function* heartbeating(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    Context.current().heartbeat();
    yield piece;
  }
}
