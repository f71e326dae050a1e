import { DefaultRestOptions, type RESTOptions, type ResponseLike } from 'discord.js';

type MakeRequest = RESTOptions['makeRequest'];

/** Of a reply from its headers to its end: Discord answers with a message at most. */
export const REPLY_LIMIT_MS = 10_000;

/** A reply began, so Discord has decided about the request, and broke off or stalled. The client does not repeat it by itself. */
export class ReplyCutError extends Error {
  override readonly name = 'ReplyCutError';

  /** @param isTaken Discord did what was asked; only its account of it is lost. */
  constructor(message: string, readonly isTaken: boolean, options: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Requests whose whole reply is there within a limit, for the bot's client and the workers'. The REST client stops its clock at the
 * headers: a body that stalled after them would hold up every request of its bucket for five minutes, one that drips for ever.
 * @throws {ReplyCutError}
 */
export function wholeReplies(limitMs = REPLY_LIMIT_MS, makeRequest: MakeRequest = DefaultRestOptions.makeRequest): MakeRequest {
  return async (url, init) => {
    const tooLong = new AbortController();
    const signals = [tooLong.signal, init.signal].filter((signal) => signal instanceof AbortSignal);
    const response = await makeRequest(url, { ...init, signal: AbortSignal.any(signals) });
    const timer = setTimeout(() => {
      tooLong.abort();
    }, limitMs);
    try {
      return readReply(response, await response.arrayBuffer());
    } catch (error) {
      throw new ReplyCutError(`Expected the whole reply of Discord (HTTP ${response.status}) within ${limitMs} ms, got a part of it.`, response.ok, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
}

function readReply({ headers, ok, status, statusText }: ResponseLike, bytes: ArrayBuffer): ResponseLike {
  const text = (): string => new TextDecoder().decode(bytes);
  return {
    body: null,
    bodyUsed: true,
    headers,
    ok,
    status,
    statusText,
    arrayBuffer: () => Promise.resolve(bytes),
    text: () => Promise.resolve(text()),
    json: async () => Promise.resolve<unknown>(JSON.parse(text())),
  };
}
