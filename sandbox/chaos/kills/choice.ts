import type { Chance } from '../../seeded-random.js';

/** One of the choices, each as likely as its weight. */
export function chosen<Choice extends string>(chance: Chance, weights: Readonly<Record<Choice, number>>): Choice {
  const choices = Object.entries<number>(weights) as [Choice, number][];
  let left = chance() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new Error('Expected at least one choice with a weight.');
}
