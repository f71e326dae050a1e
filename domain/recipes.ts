/** What a user may set for a run. */
export interface RunSettings {
  readonly steps: number;
  readonly learningRate: number;
  readonly rank: number;
  readonly resolutionPx: number;
}

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly integer: boolean;
}

/** A training graph for ComfyUI with its settings, limits, price, progress and artifact rule (`recipes/*.json`). */
export interface Recipe {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Nodes that can train it serve the lease queue of this name. */
  readonly queue: string;
  readonly baseModel: {
    readonly title: string;
    /** The setting in which an operator names the checkpoint file, for example `SDXL_BASE_MODEL`. */
    readonly setting: string;
    readonly defaultFileName: string;
    readonly kind: 'sd15' | 'sdxl';
  };
  readonly images: { readonly min: number; readonly max: number; readonly maxSidePx: number; readonly sideMultiplePx: number; readonly minSidePx: number };
  readonly captions: { readonly required: boolean };
  readonly settings: { readonly [Name in keyof RunSettings]: NumberRule };
  readonly price: { readonly basePoints: number; readonly perImagePoints: number; readonly perHundredStepsPoints: number };
  readonly limits: { readonly firstStepMs: number | null; readonly stallMs: number | null };
  /** How strongly its models are best used; {@link DEFAULT_STRENGTH} without it. */
  readonly strength?: number;
  readonly comfyui: {
    readonly minVersion: string;
    readonly graph: Readonly<Record<string, GraphNode>>;
    /** JSON pointers into the graph for what the yard and the user bind. */
    readonly bindings: Readonly<Record<'folder' | 'prefix' | 'baseModel' | 'seed' | 'steps' | 'learningRate' | 'rank', string>>;
    readonly outputNode: string;
    readonly progressNode: string;
    readonly artifact: { readonly fileName: string };
  };
}

/** Models are trained at full strength; a little less leaves the base model room for what was not in the pictures. */
export const DEFAULT_STRENGTH = 0.8;

export interface GraphNode {
  readonly class_type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly _meta?: { readonly title: string };
}

export type SettingsCheck =
  | { readonly kind: 'ok'; readonly settings: RunSettings }
  | { readonly kind: 'invalid'; readonly problems: readonly OutOfBounds[] };

/** What is wrong with one wished setting. */
export type SettingProblem =
  | OutOfBounds
  /** What was typed is no number. */
  | { readonly kind: 'unreadable'; readonly name: keyof RunSettings; readonly typed: string; readonly rule: NumberRule }
  | { readonly kind: 'steps-and-epochs' }
  | { readonly kind: 'trigger-word'; readonly refusal: TriggerWordInvalid };

interface OutOfBounds {
  readonly kind: 'bounds';
  readonly name: keyof RunSettings;
  readonly value: number;
  /** What stands for the value, where it is no plain number: `12 epochs`. */
  readonly typed?: string;
  readonly rule: NumberRule;
}

/** Why a word cannot be a trigger word. */
export interface TriggerWordInvalid {
  readonly code: 'trigger-word-invalid';
  readonly problem: 'too-short' | 'too-long' | 'characters';
  readonly length: number;
  readonly minLength: number;
  readonly maxLength: number;
}

const SETTING_NAMES = ['steps', 'learningRate', 'rank', 'resolutionPx'] as const;

/** Fills in the recipe's defaults and reports every setting out of bounds at once. */
export function checkSettings(recipe: Recipe, wished: Partial<RunSettings>): SettingsCheck {
  const problems: OutOfBounds[] = [];
  const settings: Record<keyof RunSettings, number> = { steps: 0, learningRate: 0, rank: 0, resolutionPx: 0 };
  for (const name of SETTING_NAMES) {
    const rule = recipe.settings[name];
    const value = wished[name] ?? rule.default;
    if (!fits(value, rule)) problems.push({ kind: 'bounds', name, value, rule });
    settings[name] = value;
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', settings };
}

function fits(value: number, rule: NumberRule): boolean {
  if (!Number.isFinite(value) || value < rule.min || value > rule.max) return false;
  return !rule.integer || Number.isInteger(value);
}
