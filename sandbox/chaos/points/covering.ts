import { CASES, type CrashCase } from './cases.js';

/** What a case is an example of: who calls where, who dies, and on which side. */
function examplesOf({ effect, victim, side, deed }: CrashCase): readonly string[] {
  return [`${effect.caller} ${effect.hop}`, `${deed} ${victim}`, `${victim} ${side}`];
}

/** Each start of it costs more than all others: it bundles the workflows, and its steps are asked for again only after 20 s. */
const COSTLY = 'yard';
const PLAYED: readonly string[] = ['train', 'dataset'];

/** So many cases that every part, every way out, every victim and each side occur in them. */
export function coveringCases(count: number): readonly CrashCase[] {
  const chosen: CrashCase[] = [];
  const shown = new Set<string>();
  const candidates = CASES.filter(({ effect, deed }) => PLAYED.includes(effect.play) && (deed === 'kill' || effect.worker === 'gpu'));
  while (chosen.length < count) {
    const news = (each: CrashCase): number => examplesOf(each).filter((example) => !shown.has(example)).length * 10 - (each.victim === COSTLY ? 9 : 0);
    const [best] = candidates.filter((each) => !chosen.includes(each)).sort((a, b) => news(b) - news(a));
    if (best === undefined) break;
    chosen.push(best);
    for (const example of examplesOf(best)) shown.add(example);
  }
  return chosen;
}
