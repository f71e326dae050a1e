import { ask, httpError } from './calls.js';
import { ComfyError } from './comfy-error.js';
import { open, send, type HttpOptions, type HttpRequest, type HttpStream } from './http.js';
import { uploadedSchema } from './replies.js';

/** A place below `input/` or `output/`; folder segments and file name are generated, never user text. */
export interface ComfyFile {
  readonly type: 'input' | 'output';
  readonly folder: string;
  readonly fileName: string;
}

export interface FileState {
  readonly sizeBytes: number;
  readonly etag: string | null;
}

const UPLOAD_TIMEOUT_MS = 60_000;
/** A compressing proxy would change sizes and ranges. */
const AS_IT_IS = { 'accept-encoding': 'identity' };

/** Taking files to a node and fetching them from it. */
export function fileCalls(http: HttpOptions) {
  return {
    /** Stores a file below `input/`, replacing one of the same name. */
    async upload(file: Omit<ComfyFile, 'type'>, bytes: Uint8Array): Promise<void> {
      const form = new FormData();
      form.set('image', new Blob([new Uint8Array(bytes)]), file.fileName);
      form.set('type', 'input');
      form.set('subfolder', file.folder);
      form.set('overwrite', 'true');
      const request: HttpRequest = { method: 'POST', path: '/upload/image', body: form, timeoutMs: Math.max(http.timeoutMs, UPLOAD_TIMEOUT_MS) };
      const stored = await ask(http, request, uploadedSchema);
      if (stored.name !== file.fileName || stored.subfolder !== file.folder) {
        throw new ComfyError('POST /upload/image', { kind: 'malformed', problem: `expected the file to be stored as ${file.fileName}, got ${stored.name}` });
      }
    },

    /** Null when there is no such file. */
    async headFile(file: ComfyFile): Promise<FileState | null> {
      const request: HttpRequest = { method: 'HEAD', path: '/view', query: viewQuery(file), headers: AS_IT_IS };
      const reply = await send(http, request);
      if (reply.status === 404) return null;
      if (reply.status !== 200) throw httpError(request, reply);
      const sizeBytes = Number(reply.headers.get('content-length') ?? Number.NaN);
      if (!Number.isSafeInteger(sizeBytes)) throw new ComfyError('HEAD /view', { kind: 'malformed', problem: 'expected a Content-Length, got none' });
      return { sizeBytes, etag: reply.headers.get('etag') };
    },

    /** The bytes of a file from `start` on, of the version `etag` names; 206 continues, 200 starts over. */
    openFile: (file: ComfyFile, start: number, etag: string | null): Promise<HttpStream> =>
      open(http, {
        method: 'GET',
        path: '/view',
        query: viewQuery(file),
        headers: { ...AS_IT_IS, ...(start === 0 ? {} : { range: `bytes=${start}-`, ...(etag === null ? {} : { 'if-range': etag }) }) },
      }),
  };
}

function viewQuery({ type, folder, fileName }: ComfyFile): Record<string, string> {
  return { filename: fileName, subfolder: folder, type };
}
