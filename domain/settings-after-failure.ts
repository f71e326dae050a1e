import type { Failure } from './failures.js';
import type { Recipe, RunSettings } from './recipes.js';

/** Settings for another try, with the one that the failure names made easier. `lowered` is null when no setting was to blame. */
export interface NextTry {
  readonly settings: RunSettings;
  readonly lowered: keyof RunSettings | null;
}

/** What a setting becomes after it was too much. */
const EASIER = { resolutionPx: 3 / 4, rank: 1 / 2, learningRate: 1 / 3, steps: 1 / 2 } as const;

/** Never higher than before, never below what the recipe takes: a setting that is at its least already stays, and another one gives way. */
export function settingsAfterFailure(failure: Failure | null, settings: RunSettings, recipe: Recipe): NextTry {
  for (const name of blamed(failure)) {
    const lowered = lower(name, settings[name], recipe);
    if (lowered < settings[name]) return { settings: { ...settings, [name]: lowered }, lowered: name };
  }
  return { settings, lowered: null };
}

function blamed(failure: Failure | null): readonly (keyof RunSettings)[] {
  switch (failure?.type) {
    case 'OutOfMemory':
      return failure.setting === 'rank' ? ['rank', 'resolutionPx'] : ['resolutionPx', 'rank'];
    case 'ArtifactWithoutEffect':
      return ['learningRate'];
    case 'TrainingTooLong':
      return ['steps'];
    default:
      return [];
  }
}

function lower(name: keyof RunSettings, value: number, { settings, images }: Recipe): number {
  const rule = settings[name];
  const wished = value * EASIER[name];
  // A node cuts pictures to this multiple anyway, and nobody trains 563 steps.
  const multiple = name === 'resolutionPx' ? images.sideMultiplePx : name === 'steps' ? 100 : 1;
  const rounded = rule.integer ? Math.floor(wished / multiple) * multiple : Number(wished.toPrecision(1));
  return Math.max(rule.min, rounded);
}
