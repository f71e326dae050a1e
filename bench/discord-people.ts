import type { PersonName } from '../sandbox/discord/people.js';

/** Everything of one account at once would wait for one account's limits. */
export const PEOPLE: readonly PersonName[] = ['mira', 'jonas', 'olga'];

export type Datasets = ReadonlyMap<PersonName, string>;

export function datasetOf(datasets: Datasets, name: PersonName): string {
  const datasetId = datasets.get(name);
  if (datasetId === undefined) throw new Error(`Expected ${name} to have a dataset.`);
  return datasetId;
}
