import type { FormIssue } from '../errors.js';
import { ComponentType, type Component, type Modal } from '../wire.js';
import { checkSelect } from './component-rules.js';
import { type Path, type Placed, walk } from './walk.js';

const MAX_TOP_LEVEL = 5;
const ROOT = ['data', 'components'] as const;

/** Rules 9, 12 and 13: what the schema cannot say about a form. */
export function checkModal(modal: Modal): FormIssue[] {
  const all = walk(modal.components, ROOT);
  return [...checkCount(modal), ...checkCustomIds(all), ...all.flatMap(checkInput), ...all.flatMap(checkSelect)];
}

function checkCount(modal: Modal): FormIssue[] {
  if (modal.components.length <= MAX_TOP_LEVEL) return [];
  return [{ path: ROOT, code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 5 in length.', rule: '12 modal-size' }];
}

function checkCustomIds(all: readonly Placed[]): FormIssue[] {
  const seen = new Set<string>();
  return all.flatMap(({ component, path }): FormIssue[] => {
    if (component.custom_id === undefined) return [];
    if (!seen.has(component.custom_id)) {
      seen.add(component.custom_id);
      return [];
    }
    return [{ path: [...path, 'custom_id'], code: 'COMPONENT_CUSTOM_ID_DUPLICATED', message: 'Component custom id cannot be duplicated', rule: '9 custom-id-unique' }];
  });
}

function checkInput({ component, path }: Placed): FormIssue[] {
  const issues: FormIssue[] = [];
  const report = (field: string, code: string, message: string, rule: string): void => {
    issues.push({ path: [...path, field], code, message, rule });
  };
  if (component.disabled === true) report('disabled', 'MODAL_COMPONENT_DISABLED', 'Components in a modal cannot be disabled', '13 modal-inputs');
  if (component.type === ComponentType.Checkbox && component.required !== undefined) {
    report('required', 'MODAL_CHECKBOX_REQUIRED', 'A checkbox cannot be required', '13 modal-inputs');
  }
  if (isRangeWrong(component)) report(component.min_length === undefined ? 'min_values' : 'min_length', 'NUMBER_TYPE_MAX', 'The minimum is larger than the maximum', 'modal-ranges');
  if (component.type === ComponentType.TextInput) issues.push(...checkTextInput(component, path));
  if (component.min_values === 0 && component.required !== false && component.type !== ComponentType.TextInput) {
    report('min_values', 'MODAL_MIN_VALUES_ZERO_REQUIRED', 'min_values 0 needs required: false', 'modal-ranges');
  }
  return issues;
}

const isRangeWrong = (component: Component): boolean =>
  (component.min_length ?? 0) > (component.max_length ?? 4000) ||
  (component.type !== ComponentType.StringSelect && (component.min_values ?? 0) > (component.max_values ?? Math.max(1, component.options?.length ?? 1)));

function checkTextInput(component: Component, path: Path): FormIssue[] {
  const isInLabel = path.at(-1) === 'component';
  const issues: FormIssue[] = [];
  if (isInLabel && component.label !== undefined) {
    issues.push({ path: [...path, 'label'], code: 'TEXT_INPUT_LABEL_IN_LABEL', message: 'label is not allowed inside a Label', rule: 'modal-text-input' });
  }
  if (!isInLabel && component.label === undefined) {
    issues.push({ path: [...path, 'label'], code: 'BASE_TYPE_REQUIRED', message: 'This field is required', rule: 'modal-text-input' });
  }
  if (component.value !== undefined && component.value.length > (component.max_length ?? 4000)) {
    issues.push({ path: [...path, 'value'], code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${component.max_length ?? 4000} or fewer in length.`, rule: 'modal-text-input' });
  }
  return issues;
}
