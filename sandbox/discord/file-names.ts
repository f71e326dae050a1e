import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.jfif': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.avif': 'image/avif',
  '.heic': 'image/heic',
  '.svg': 'image/svg+xml',
  '.mp4': 'video/mp4',
  '.mp3': 'audio/mpeg',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.zip': 'application/zip',
};

const IMAGE_EXTENSIONS = ['.png', '.gif', '.jpg', '.jpeg', '.jfif', '.webp', '.avif'];
const VIDEO_EXTENSIONS = ['.mp4', '.mov', '.webm'];
const AUDIO_EXTENSIONS = ['.mp3', '.ogg', '.wav', '.flac', '.m4a'];

/** Discord judges by the name alone, also for what it tells the bot. */
export const contentTypeOf = (filename: string): string => CONTENT_TYPES[extname(filename).toLowerCase()] ?? 'application/octet-stream';

/**
 * The name Discord keeps: spaces become underscores, everything but ASCII letters, digits, `_`, `-` and `.` is dropped, and dots and
 * underscores at both ends too. A name of which nothing is left is replaced by a random one. Source: discord/discord-api-docs#7754, #6945.
 */
export function cleanFileName(name: string): string {
  const clean = asciiOf(name);
  const extension = extname(name).toLowerCase();
  if (clean.length > 0 && `.${clean}`.toLowerCase() !== extension) return clean;
  return `${randomBytes(4).toString('hex')}${asciiOf(extension) === '' ? '' : `.${asciiOf(extension)}`}`;
}

const asciiOf = (text: string): string =>
  text
    .normalize('NFKD')
    .split(/[\s/\\]+/)
    .join('_')
    .replace(/[^A-Za-z0-9_.-]/g, '')
    .replace(/^[._]+|[._]+$/g, '');

/** Whether `file_types` of an option or form field lets the name through. The content is never looked at. */
export function allowsFileType(fileTypes: readonly string[] | undefined, filename: string): boolean {
  if (fileTypes === undefined || fileTypes.length === 0) return true;
  const extension = extname(filename).toLowerCase();
  const groups: Readonly<Record<string, readonly string[]>> = { image: IMAGE_EXTENSIONS, video: VIDEO_EXTENSIONS, audio: AUDIO_EXTENSIONS };
  return fileTypes.some((type) => (groups[type] ?? [type.toLowerCase()]).includes(extension));
}
