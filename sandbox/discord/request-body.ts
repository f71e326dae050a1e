import type { IncomingFile } from './cdn.js';
import { refuse } from './errors.js';

/** Discord's bound on a whole request. */
const MAX_REQUEST_BYTES = 25 * 1024 * 1024;
const BLANK_LINE = '\r\n\r\n';

export interface RequestBody {
  json: unknown;
  files: IncomingFile[];
}

/** Reads a JSON or multipart body (`payload_json` and any file parts). Throws Discord's answer for what cannot be read. */
export function readRequestBody(contentType: string | undefined, raw: unknown, maxBytes = MAX_REQUEST_BYTES): RequestBody {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return { json: undefined, files: [] };
  if (raw.length > maxBytes) throw refuse.requestTooLarge();
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
  if (boundary !== undefined) return readMultipart(boundary, raw);
  return { json: parseJson(raw.toString('utf8')), files: [] };
}

function readMultipart(boundary: string, raw: Buffer): RequestBody {
  const files: IncomingFile[] = [];
  let json: unknown = {};
  for (const part of partsOf(boundary, raw)) {
    const headEnd = part.indexOf(BLANK_LINE);
    const head = part.subarray(0, headEnd).toString('utf8');
    const bytes = part.subarray(headEnd + BLANK_LINE.length);
    const field = parameterOf(head, 'name') ?? '';
    const filename = parameterOf(head, 'filename');
    if (filename === undefined) json = field === 'payload_json' ? parseJson(bytes.toString('utf8')) : json;
    else files.push({ field, filename, bytes: Buffer.from(bytes) });
  }
  return { json, files };
}

/** What stands between the boundary lines, without the line ends that belong to them. */
function partsOf(boundary: string, raw: Buffer): Buffer[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let start = raw.indexOf(delimiter);
  while (start !== -1) {
    const end = raw.indexOf(delimiter, start + delimiter.length);
    if (end === -1) return parts;
    parts.push(raw.subarray(start + delimiter.length + 2, end - 2));
    start = end;
  }
  return parts;
}

/** A parameter of Content-Disposition; browsers and undici write quotes and line breaks in names as %22, %0D and %0A. */
function parameterOf(head: string, name: string): string | undefined {
  const value = new RegExp(`content-disposition:[^\\r\\n]*[; ]${name}="([^"]*)"`, 'i').exec(head)?.[1];
  return value?.replace(/%22|%0D|%0A/gi, (escape) => decodeURIComponent(escape));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse.invalidJson();
    throw error;
  }
}
