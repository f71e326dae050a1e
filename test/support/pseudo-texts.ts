import { en } from '../../bot/texts/en.js';
import type { Texts } from '../../bot/texts/texts.js';

/** A language that says everything the English texts say, between marks: what stands outside of them is not translated. */
export function pseudoTexts(open: string, close: string): Texts {
  // Every text stays what it was, a string or a function that says one, so the shape is that of a language.
  return marked(en, open, close) as Texts;
}

function marked(part: unknown, open: string, close: string): unknown {
  if (typeof part === 'string') return part === '' ? '' : `${open}${part}${close}`;
  if (typeof part === 'function') return (...values: unknown[]): unknown => marked((part as (...values: unknown[]) => unknown)(...values), open, close);
  if (Array.isArray(part)) return part.map((item) => marked(item, open, close));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, marked(value, open, close)]));
}
