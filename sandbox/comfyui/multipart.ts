export interface MultipartPart {
  name: string;
  /** Null for a plain field. Kept as sent: nothing is unescaped. */
  filename: string | null;
  bytes: Buffer;
}

/**
 * The parts of a `multipart/form-data` body.
 * @throws when the content type names no boundary, or the body does not end with it
 */
export function parseMultipart(contentType: string, body: Buffer): MultipartPart[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error(`Expected a multipart body with a boundary, got "${contentType}".`);
  const marker = Buffer.from(`--${boundary}`);
  const parts: MultipartPart[] = [];
  let at = body.indexOf(marker);
  for (;;) {
    const start = at + marker.length;
    if (at === -1) throw new Error('Expected the multipart body to end with its boundary.');
    if (body.subarray(start, start + 2).toString() === '--') return parts;
    at = body.indexOf(Buffer.concat([Buffer.from('\r\n'), marker]), start);
    if (at === -1) continue;
    parts.push(parsePart(body.subarray(start + 2, at)));
    at += 2;
  }
}

function parsePart(part: Buffer): MultipartPart {
  const end = part.indexOf('\r\n\r\n');
  const disposition = /content-disposition:([^\r\n]*)/i.exec(part.subarray(0, end).toString('utf8'))?.[1] ?? '';
  return {
    name: /[; ]name="([^"]*)"/.exec(disposition)?.[1] ?? '',
    filename: /[; ]filename="([^"]*)"/.exec(disposition)?.[1] ?? null,
    bytes: part.subarray(end + 4),
  };
}
