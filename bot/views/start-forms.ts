import { ComponentType, TextInputStyle, type APILabelComponent, type APIModalInteractionResponseCallbackData } from 'discord.js';
import { TRIGGER_WORD_MAX_LENGTH } from '../../domain/datasets.js';
import type { NumberRule, Recipe } from '../../domain/recipes.js';
import type { TypedSettings } from '../../domain/typed-settings.js';
import type { Texts } from '../texts/texts.js';

const FIELDS = ['steps', 'learningRate', 'rank', 'resolutionPx', 'triggerWord'] as const satisfies readonly (keyof TypedSettings)[];
/** Room for a slip of the hand, which is answered with a sentence and not cut off. */
const LONGEST = 2 * TRIGGER_WORD_MAX_LENGTH;

/** The settings of a training; `recipe` says what each may be, as far as it is still known. */
export function settingsForm(t: Texts, customId: string, typed: TypedSettings, recipe: Recipe | undefined): APIModalInteractionResponseCallbackData {
  const { form } = t.start;
  const rules = recipe?.settings;
  const number = (rule: NumberRule | undefined): string => (rule === undefined ? form.ownHint : form.numberHint(rule.min, rule.max, rule.default));
  const told = {
    steps: [form.steps, rules === undefined ? form.ownHint : form.stepsHint(rules.steps.min, rules.steps.max, rules.steps.default)],
    learningRate: [form.learningRate, number(rules?.learningRate)],
    rank: [form.rank, number(rules?.rank)],
    resolutionPx: [form.resolution, number(rules?.resolutionPx)],
    triggerWord: [form.triggerWord, form.triggerWordHint],
  } as const;
  return { custom_id: customId, title: form.title, components: FIELDS.map((name) => field(name, told[name], typed[name])) };
}

function field(name: string, [label, description]: readonly [string, string], value: string): APILabelComponent {
  return {
    type: ComponentType.Label,
    label,
    description,
    component: {
      type: ComponentType.TextInput,
      custom_id: name,
      style: TextInputStyle.Short,
      required: false,
      max_length: LONGEST,
      // Discord refuses an empty value.
      ...(value === '' ? {} : { value: value.slice(0, LONGEST) }),
    },
  };
}

/** What was typed into the form. */
export function typedIn(read: (field: string) => string): TypedSettings {
  const [steps, learningRate, rank, resolutionPx, triggerWord] = FIELDS.map(read);
  return { steps: steps ?? '', learningRate: learningRate ?? '', rank: rank ?? '', resolutionPx: resolutionPx ?? '', triggerWord: triggerWord ?? '' };
}
