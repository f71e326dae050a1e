import { checkTriggerWord } from './datasets.js';
import { checkSettings, type Recipe, type RunSettings, type SettingProblem } from './recipes.js';

/** The settings of a run as somebody typed them, in a form or as options; an empty one is the recipe's own. */
export interface TypedSettings {
  /** `1500`, or `12 epochs`: how often each image is looked at. */
  readonly steps: string;
  readonly learningRate: string;
  readonly rank: string;
  readonly resolutionPx: string;
  readonly triggerWord: string;
}

export const NOTHING_TYPED: TypedSettings = { steps: '', learningRate: '', rank: '', resolutionPx: '', triggerWord: '' };

/** Settings as they stand in the fields of a form. */
export function typedOf(settings: RunSettings, triggerWord: string): TypedSettings {
  const { steps, learningRate, rank, resolutionPx } = settings;
  return { steps: String(steps), learningRate: String(learningRate), rank: String(rank), resolutionPx: String(resolutionPx), triggerWord };
}

/** What the typed settings are for. */
export interface Training {
  readonly recipe: Recipe;
  readonly images: number;
  /** The dataset's own trigger word. */
  readonly triggerWord: string;
}

export type TypedCheck =
  | { readonly kind: 'ok'; readonly settings: RunSettings; readonly triggerWord: string }
  | { readonly kind: 'invalid'; readonly problems: readonly SettingProblem[] };

/** Reads what was typed and holds it against the recipe; every problem is reported at once. */
export function checkTyped(typed: TypedSettings, { recipe, images, triggerWord }: Training): TypedCheck {
  const read = {
    steps: stepsFrom(typed.steps, images),
    learningRate: numberFrom(typed.learningRate),
    rank: countFrom(typed.rank),
    resolutionPx: countFrom(typed.resolutionPx),
  };
  const unreadable = NAMES.filter((name) => read[name] === 'unreadable');
  const wished = Object.fromEntries(NAMES.flatMap((name) => (typeof read[name] === 'number' ? [[name, read[name]]] : [])));
  const checked = checkSettings(recipe, wished);
  const word = typed.triggerWord.trim() === '' ? ({ kind: 'ok', triggerWord } as const) : checkTriggerWord(typed.triggerWord);
  const problems: SettingProblem[] = [
    ...unreadable.map((name) => ({ kind: 'unreadable', name, typed: typed[name], rule: recipe.settings[name] }) as const),
    ...(checked.kind === 'invalid' ? checked.problems.map((problem) => (problem.name === 'steps' && isEpochs(typed.steps) ? { ...problem, typed: typed.steps.trim() } : problem)) : []),
    ...(word.kind === 'refused' && word.refusal.code === 'trigger-word-invalid' ? [{ kind: 'trigger-word', refusal: word.refusal } as const] : []),
  ];
  if (checked.kind === 'invalid' || word.kind === 'refused' || unreadable.length > 0) return { kind: 'invalid', problems };
  return { kind: 'ok', settings: checked.settings, triggerWord: word.triggerWord };
}

const NAMES = ['steps', 'learningRate', 'rank', 'resolutionPx'] as const;

type Read = number | 'own' | 'unreadable';

// `12 epochs`, `12 Epochen`, `12 épocas`: the word is the reader's.
const EPOCHS = /^(\d{1,9})\s*[eé][\p{L}.]*$/iu;

const isEpochs = (typed: string): boolean => EPOCHS.test(typed.trim());

function stepsFrom(typed: string, images: number): Read {
  const epochs = EPOCHS.exec(typed.trim());
  return epochs === null ? countFrom(typed) : Number(epochs[1]) * images;
}

/** Thousands may be set apart as people do: `1,500`, `1.500`, `1 500`, `1’500`. */
const GROUPED = /^[-+]?[1-9]\d{0,2}([,.’'\s]\d{3})+$/u;

function countFrom(typed: string): Read {
  const trimmed = typed.trim();
  return numberFrom(GROUPED.test(trimmed) ? trimmed.replace(/[,.’'\s]/gu, '') : trimmed);
}

const NUMBER = /^[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d{1,4})?$/iu;

/** `0.0003`, `0,0003` or `3e-4`. */
function numberFrom(typed: string): Read {
  const trimmed = typed.trim();
  if (trimmed === '') return 'own';
  return NUMBER.test(trimmed) ? Number(trimmed.replace(',', '.')) : 'unreadable';
}

/** Settings taken along to another recipe: what was left as its own becomes the other's own, and so does what the other does not take. */
export function typedForRecipe(typed: TypedSettings, from: Recipe | undefined, to: Recipe): TypedSettings {
  const kept = { ...typed };
  for (const name of NAMES) {
    const value = Number(typed[name]);
    const rule = to.settings[name];
    if (value === from?.settings[name].default || !(value >= rule.min && value <= rule.max)) kept[name] = '';
  }
  return kept;
}
