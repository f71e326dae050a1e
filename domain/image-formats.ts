/** What the first bytes of a file say it is. The name of a file is never asked. */
export type FileFormat =
  | 'jpeg' | 'png' | 'webp' | 'apng' | 'animated-webp'
  | 'gif' | 'heic' | 'avif' | 'tiff' | 'bmp' | 'svg' | 'jxl' | 'psd' | 'ico'
  | 'pdf' | 'zip' | 'rar' | 'video' | 'html' | 'text' | 'unknown';

/** The formats that are taken in, each a single still picture. */
export type PictureFormat = Extract<FileFormat, 'jpeg' | 'png' | 'webp'>;

export function isPictureFormat(format: FileFormat): format is PictureFormat {
  return format === 'jpeg' || format === 'png' || format === 'webp';
}

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);
const AVIF_BRANDS = new Set(['avif', 'avis']);
const VP8X_ANIMATION_FLAG = 0x02;

const SIGNATURES: readonly (readonly [string, FileFormat])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['BM', 'bmp'],
  ['\xff\x0a', 'jxl'],
  ['\0\0\0\x0cJXL ', 'jxl'],
  ['8BPS', 'psd'],
  ['\0\0\x01\0', 'ico'],
  ['%PDF-', 'pdf'],
  ['PK\x03\x04', 'zip'],
  ['Rar!\x1a\x07', 'rar'],
  ['\x1aE\xdf\xa3', 'video'],
];

/** Names the format of a file by its bytes; a moving PNG or WebP is told from a still one. */
export function sniffFormat(bytes: Uint8Array): FileFormat {
  if (latin(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return hasAnimationChunk(bytes) ? 'apng' : 'png';
  if (latin(bytes, 0, 4) === 'RIFF' && latin(bytes, 8, 12) === 'WEBP') return isAnimatedWebp(bytes) ? 'animated-webp' : 'webp';
  if (latin(bytes, 4, 8) === 'ftyp') return formatOfBrand(latin(bytes, 8, 12));
  const head = latin(bytes, 0, 16);
  const known = SIGNATURES.find(([signature]) => head.startsWith(signature));
  return known === undefined ? formatOfText(bytes) : known[1];
}

/** True for a WebP whose pixels are stored without loss. */
export function isLosslessWebp(bytes: Uint8Array): boolean {
  let found = false;
  forEachRiffChunk(bytes, (type) => {
    found ||= type === 'VP8L';
  });
  return found;
}

function formatOfBrand(brand: string): FileFormat {
  if (HEIC_BRANDS.has(brand)) return 'heic';
  return AVIF_BRANDS.has(brand) ? 'avif' : 'video';
}

function isAnimatedWebp(bytes: Uint8Array): boolean {
  if (latin(bytes, 12, 16) !== 'VP8X') return false;
  return ((bytes[20] ?? 0) & VP8X_ANIMATION_FLAG) !== 0;
}

/** `acTL` stands before the pixels, so the walk ends at the first of them. */
function hasAnimationChunk(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length; ) {
    const type = latin(bytes, at + 4, at + 8);
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
    at += 12 + view.getUint32(at);
  }
  return false;
}

function forEachRiffChunk(bytes: Uint8Array, visit: (type: string) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    visit(latin(bytes, at, at + 4));
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
}

const TEXT_SAMPLE_BYTES = 1024;

function formatOfText(bytes: Uint8Array): FileFormat {
  const text = asText(bytes.subarray(0, TEXT_SAMPLE_BYTES));
  if (text === null) return 'unknown';
  const start = text.trimStart().toLowerCase();
  if (/<svg[\s>]/.test(start)) return 'svg';
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'html';
  return 'text';
}

/** The sample as text, or null when it holds bytes no text has. Bytes above ASCII pass: they may be UTF-8 cut in the middle. */
function asText(sample: Uint8Array): string | null {
  if (sample.length === 0) return null;
  const hasBinary = sample.some((byte) => byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d));
  if (hasBinary) return null;
  const high = sample.filter((byte) => byte >= 0x80).length;
  return high * 2 > sample.length && !startsLikeUtf8(sample) ? null : latin(sample, 0, sample.length);
}

/** Junk of high bytes is told from text in another script by the first sequence. */
function startsLikeUtf8(sample: Uint8Array): boolean {
  const first = sample.findIndex((byte) => byte >= 0x80);
  const lead = sample[first] ?? 0;
  const next = sample[first + 1] ?? 0;
  return lead >= 0xc2 && lead <= 0xf4 && next >= 0x80 && next <= 0xbf;
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < Math.min(to, bytes.length); at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
