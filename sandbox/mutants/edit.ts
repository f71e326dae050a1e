/** One change of one file, by its place in the text. */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** A change by the words it replaces, which must be there exactly once. */
export interface Mutation {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The code has changed since the mutant was written: it proves nothing until it is written anew. */
export class DoesNotApplyError extends Error {
  override readonly name = 'DoesNotApplyError';
}

/** @throws DoesNotApplyError unless what is to be replaced is there exactly once. */
export function editOf(source: string, { file, find, replace }: Mutation): Edit {
  const times = source.split(find).length - 1;
  if (times !== 1) throw new DoesNotApplyError(`Expected ${JSON.stringify(find)} once in ${file}, found it ${times} times.`);
  const start = source.indexOf(find);
  return { file, start, end: start + find.length, replacement: replace };
}

export function edited(source: string, { start, end, replacement }: Edit): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** The lines that an edit touches, before and after it, each as one line: what a mutant is known by while code around it moves. */
export function linesOf(source: string, edit: Edit): { readonly before: string; readonly after: string } {
  const from = source.lastIndexOf('\n', edit.start - 1) + 1;
  const newline = source.indexOf('\n', edit.end);
  const to = newline === -1 ? source.length : newline;
  const after = source.slice(from, edit.start) + edit.replacement + source.slice(edit.end, to);
  return { before: oneLine(source.slice(from, to)), after: oneLine(after) };
}

export function lineNumberOf(source: string, { start }: Edit): number {
  return source.slice(0, start).split('\n').length;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
