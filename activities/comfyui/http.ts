import { ComfyError, type ComfyProblem } from './comfy-error.js';

export interface HttpOptions {
  /** Base address of the node, without a slash at the end. */
  readonly url: string;
  /** Sent with every request, for a proxy in front of the node. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  readonly timeoutMs?: number;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An open reply: whoever takes it reads the body to its end or calls `close`. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: AsyncIterable<Uint8Array>;
  close(): void;
}

/** The largest JSON ComfyUI gives us is the queue: about 30 kB a job. */
const REPLY_MAX_BYTES = 32 * 1024 * 1024;
/** Errors after which no byte of the request can have arrived. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** A reply that comes drop by drop is never silent; after this many timeouts it is not waited for any longer. */
const WHOLE_REPLY_TIMEOUTS = 3;

/** Sends one request and reads its whole, capped reply. Never sends `Origin`: ComfyUI refuses a foreign one. */
export async function send(options: HttpOptions, request: HttpRequest): Promise<HttpReply> {
  const endsAt = Date.now() + WHOLE_REPLY_TIMEOUTS * (request.timeoutMs ?? options.timeoutMs);
  const stream = await open(options, request);
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const bytes of stream.bytes) {
    size += bytes.byteLength;
    const problem: ComfyProblem | null =
      size > REPLY_MAX_BYTES ? { kind: 'malformed', problem: `expected a reply of at most ${REPLY_MAX_BYTES} bytes, got more` } : Date.now() > endsAt ? { kind: 'timeout' } : null;
    if (problem !== null) {
      stream.close();
      throw new ComfyError(callName(request), problem);
    }
    text += decoder.decode(bytes, { stream: true });
  }
  return { status: stream.status, headers: stream.headers, text: text + decoder.decode() };
}

/** Sends one request and hands on its body as it comes. The timeout counts anew with every piece. */
export async function open(options: HttpOptions, request: HttpRequest): Promise<HttpStream> {
  const call = callName(request);
  const timeoutMs = request.timeoutMs ?? options.timeoutMs;
  const silence = new AbortController();
  let timer = setTimeout(fallSilent, timeoutMs);
  const signal = options.signal === undefined ? silence.signal : AbortSignal.any([silence.signal, options.signal]);
  try {
    const response = await fetch(addressOf(options.url, request), {
      method: request.method,
      headers: { ...options.headers, ...request.headers },
      body: request.body ?? null,
      redirect: 'error',
      signal,
    });
    return { status: response.status, headers: response.headers, bytes: pieces(response), close };
  } catch (error) {
    clearTimeout(timer);
    throw asComfyError(error);
  }

  function fallSilent(): void {
    silence.abort(new Error(`silent for ${timeoutMs} ms`));
  }

  function close(): void {
    clearTimeout(timer);
    silence.abort(new Error('no longer wanted'));
  }

  async function* pieces(response: Response): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(fallSilent, timeoutMs);
        yield bytes;
      }
    } catch (error) {
      throw asComfyError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  function asComfyError(error: unknown): unknown {
    if (options.signal?.aborted === true) return error;
    if (silence.signal.aborted) return new ComfyError(call, { kind: 'timeout' }, { cause: error });
    return new ComfyError(call, { kind: 'unreachable', refused: NEVER_SENT.has(codeOf(error)) }, { cause: error });
  }
}

function addressOf(url: string, request: HttpRequest): string {
  const query = new URLSearchParams(request.query).toString();
  return `${url}${request.path}${query === '' ? '' : `?${query}`}`;
}

function callName(request: HttpRequest): string {
  return `${request.method} ${request.path}`;
}

/** `fetch` wraps the socket's error; several addresses of one host come as an AggregateError with the code on top. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeOf(error.cause) : '';
}
