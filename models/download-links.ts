import { createHmac, timingSafeEqual } from 'node:crypto';

export interface DownloadLinkOptions {
  /** Where users reach the web part, without a slash at the end. */
  readonly baseUrl: string;
  readonly secret: string;
  readonly ttlMs: number;
}

export interface DownloadLink {
  readonly url: string;
  readonly expiresAt: Date;
}

export interface DownloadQuestion {
  readonly loraId: string;
  /** Unix seconds, as it stood in the link. */
  readonly expires: string;
  readonly sig: string;
}

/** Links that let whoever holds them fetch one lora until they expire. */
export interface DownloadLinks {
  linkFor(loraId: string, now: Date): DownloadLink;
  /** `invalid` comes before `expired`: only a link that we made is told that its time has passed. */
  verify(question: DownloadQuestion, now: Date): 'ok' | 'expired' | 'invalid';
}

export function createDownloadLinks({ baseUrl, secret, ttlMs }: DownloadLinkOptions): DownloadLinks {
  if (secret === '') throw new RangeError('Expected a secret that signs download links, got an empty text.');
  const base = baseUrl.replace(/\/+$/, '');
  const sign = (loraId: string, expires: string): Buffer => createHmac('sha256', secret).update(`download\n${loraId}\n${expires}`).digest();
  return {
    linkFor(loraId, now) {
      const expires = Math.floor((now.getTime() + ttlMs) / 1000);
      const sig = sign(loraId, String(expires)).toString('base64url');
      return { url: `${base}/download/${encodeURIComponent(loraId)}?expires=${expires}&sig=${sig}`, expiresAt: new Date(expires * 1000) };
    },
    verify({ loraId, expires, sig }, now) {
      if (!/^\d{1,12}$/.test(expires)) return 'invalid';
      const given = Buffer.from(sig, 'base64url');
      const expected = sign(loraId, expires);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'invalid';
      return Number(expires) * 1000 <= now.getTime() ? 'expired' : 'ok';
    },
  };
}
