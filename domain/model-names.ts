import { NAME_MAX_LENGTH } from './datasets.js';

/** The name, with a number when it is taken: several trainings of a dataset would all be called the same. */
export function freeModelName(wanted: string, taken: readonly string[]): string {
  const keys = new Set(taken.map(modelNameKey));
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? '' : ` ${number}`;
    const name = `${Array.from(wanted).slice(0, NAME_MAX_LENGTH - ending.length).join('').trimEnd()}${ending}`;
    if (!keys.has(modelNameKey(name))) return name;
  }
}

/** What tells two names apart: not case, and not width. */
export function modelNameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
