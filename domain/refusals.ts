import type { SettingProblem, TriggerWordInvalid } from './recipes.js';

/**
 * Everything the yard says no to, before a point is touched and without anything lost. A refusal is a value:
 * each has one sentence and one hint in the texts of each platform.
 */
export type Refusal =
  | { readonly code: 'dataset-not-found' }
  | { readonly code: 'run-not-found' }
  | { readonly code: 'image-not-found' }
  | { readonly code: 'name-invalid'; readonly problem: 'empty' | 'too-long' | 'characters'; readonly length: number; readonly maxLength: number }
  | { readonly code: 'name-taken'; readonly name: string }
  | TriggerWordInvalid
  | { readonly code: 'too-many-datasets'; readonly limit: number }
  | { readonly code: 'caption-invalid'; readonly problem: 'empty' | 'too-long'; readonly length: number; readonly maxLength: number }
  | { readonly code: 'dataset-busy'; readonly runId: string }
  | { readonly code: 'recipe-unknown'; readonly recipeId: string; readonly known: readonly string[] }
  | { readonly code: 'settings-invalid'; readonly problems: readonly SettingProblem[] }
  | { readonly code: 'image-count'; readonly recipeId: string; readonly min: number; readonly max: number; readonly found: number }
  | { readonly code: 'captions-missing'; readonly fileNames: readonly string[] }
  | { readonly code: 'images-unfit'; readonly images: readonly { readonly fileName: string; readonly problem: string }[] }
  | { readonly code: 'quote-expired' }
  | { readonly code: 'dataset-changed' }
  | { readonly code: 'price-changed'; readonly shownPoints: number; readonly pricePoints: number }
  | { readonly code: 'already-running'; readonly runId: string }
  | { readonly code: 'too-many-runs'; readonly limit: number }
  | { readonly code: 'not-enough-points'; readonly neededPoints: number; readonly availablePoints: number }
  | { readonly code: 'run-settled' }
  | { readonly code: 'nothing-to-retry' }
  | { readonly code: 'too-late'; readonly status: string }
  | { readonly code: 'operators-only' }
  | { readonly code: 'model-not-found' }
  | { readonly code: 'model-deleted'; readonly name: string }
  | { readonly code: 'model-name-taken'; readonly name: string }
  | { readonly code: 'reason-missing' };

export type RefusalCode = Refusal['code'];
