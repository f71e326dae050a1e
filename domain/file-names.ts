/** The name up to its last dot, in lower case: what a picture and its caption file have in common. */
export function baseNameOf(fileName: string): string {
  return split(fileName.normalize('NFC').toLowerCase()).stem;
}

/**
 * The name an image gets among others: its own when it is free, else with the next free number, as `image (2).jpg`.
 * Phones call every picture the same; lists, captions and verdicts have to name one.
 */
export function freeFileName(wanted: string, taken: readonly string[]): string {
  const used = new Set(taken);
  if (!used.has(wanted)) return wanted;
  const { stem, ending } = split(wanted);
  const numbered = /^(.*) \((\d{1,4})\)$/su.exec(stem);
  const start = numbered?.[1] ?? stem;
  for (let number = Number(numbered?.[2] ?? 1) + 1; ; number += 1) {
    const name = `${start} (${number})${ending}`;
    if (!used.has(name)) return name;
  }
}

/** The name of one file when those before it have theirs: the third `image.jpg` of an upload is `image (3).jpg`. */
export function nameAmong(files: readonly { readonly number: number; readonly fileName: string }[], number: number): string {
  const named: string[] = [];
  for (const file of files) {
    const name = freeFileName(file.fileName, named);
    if (file.number === number) return name;
    named.push(name);
  }
  throw new RangeError(`Expected a file with number ${number} among ${files.length}.`);
}

function split(name: string): { readonly stem: string; readonly ending: string } {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? { stem: name, ending: '' } : { stem: name.slice(0, dot), ending: name.slice(dot) };
}
