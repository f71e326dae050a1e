/** Length of the text that is put before every caption of an upload. */
export const CAPTION_PREFIX_MAX_LENGTH = 300;

/**
 * The caption of a picture whose upload has a prefix for all: the prefix and its own one, or the prefix alone where it has none.
 * Neither the prefix nor the trigger word comes twice: an own caption that begins with the prefix stays as it is, and one that
 * begins with a trigger word the prefix holds already goes on after it. Without a prefix the own caption stays as it was written.
 */
export function prefixedCaption(prefix: string | undefined, own: string | undefined, triggerWord: string): string | undefined {
  const before = prefix?.trim() ?? '';
  if (before === '') return own;
  const written = own?.trim() ?? '';
  if (written === '' || beginsWith(written, before)) return written === '' ? before : written;
  const holdsTrigger = before.toLowerCase().includes(triggerWord.toLowerCase());
  const rest = holdsTrigger && beginsWith(written, triggerWord) ? written.slice(triggerWord.length).replace(/^[\s,;:.]+/u, '') : written;
  if (rest === '') return before;
  return `${before}${/\p{P}$/u.test(before) ? ' ' : ', '}${rest}`;
}

/** As whole words: `a cat` does not begin `a category`. */
function beginsWith(text: string, start: string): boolean {
  if (start === '' || !text.toLowerCase().startsWith(start.toLowerCase())) return false;
  return !/^[\p{L}\p{N}_]/u.test(text.slice(start.length));
}
