import type { Chance } from '../seeded-random.js';
import { shuffled } from './shuffled.js';
import type { Site } from './operators.js';

/**
 * `count` sites that compile, spread over the files as evenly as it goes: the same ones for the same chance and code.
 * `stillborn` are those that were drawn and do not compile: the check of types is red for them already.
 */
export function chooseSites(
  sitesByFile: ReadonlyMap<string, readonly Site[]>,
  count: number,
  chance: Chance,
  compiles: (site: Site) => boolean,
): { readonly chosen: readonly Site[]; readonly stillborn: number } {
  const files = shuffled([...sitesByFile.keys()].sort(), chance);
  const left = new Map(files.map((file) => [file, shuffled(sitesByFile.get(file) ?? [], chance)]));
  const chosen: Site[] = [];
  let stillborn = 0;
  while (chosen.length < count && left.size > 0) {
    for (const [file, sites] of left) {
      if (chosen.length >= count) break;
      const site = nextOf(sites);
      if (site === null) left.delete(file);
      else chosen.push(site);
    }
  }
  return { chosen, stillborn };

  function nextOf(sites: Site[]): Site | null {
    for (let site = sites.pop(); site !== undefined; site = sites.pop()) {
      if (compiles(site)) return site;
      stillborn += 1;
    }
    return null;
  }
}
