import { ComponentType, type Component } from '../wire.js';

/** What stands in one field: text, chosen values, a tick, or files. */
export type FormValue = string | boolean | readonly string[] | { readonly files: readonly File[] };
export type FormValues = Readonly<Record<string, FormValue>>;

const MAX_TEXT = 4_000;

/** Every field of a form that holds a value. */
export function fieldsOf(components: readonly Component[]): Component[] {
  return components.flatMap((component) => [
    ...(component.custom_id === undefined ? [] : [component]),
    ...(component.component === undefined ? [] : fieldsOf([component.component])),
    ...fieldsOf(component.components ?? []),
  ]);
}

export const initialValues = (components: readonly Component[]): FormValues => Object.fromEntries(fieldsOf(components).map((field) => [field.custom_id ?? '', initialValue(field)]));

function initialValue(field: Component): FormValue {
  const chosen = (field.options ?? []).filter((option) => option.default === true).map(({ value }) => value);
  switch (field.type) {
    case ComponentType.TextInput:
      return field.value ?? '';
    case ComponentType.FileUpload:
      return { files: [] };
    case ComponentType.Checkbox:
      return (field as { default?: boolean }).default === true;
    default:
      return chosen;
  }
}

/** What is wrong, by field. */
export function problemsIn(components: readonly Component[], values: FormValues, uploadLimitBytes: number): Record<string, string> {
  return Object.fromEntries(
    fieldsOf(components).flatMap((field) => {
      const name = field.custom_id ?? '';
      const problem = problemOf(field, values[name], uploadLimitBytes);
      return problem === undefined ? [] : [[name, problem] as const];
    }),
  );
}

function problemOf(field: Component, value: FormValue | undefined, uploadLimitBytes: number): string | undefined {
  const isOptional = field.required === false;
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'string') {
    const { min_length: min = 0, max_length: max = MAX_TEXT } = field;
    if (value === '') return isOptional ? undefined : 'Required.';
    return value.length < min || value.length > max ? `${min} to ${max} characters; this has ${value.length}.` : undefined;
  }
  const { min_values: min = 1, max_values: max = field.type === ComponentType.CheckboxGroup ? (field.options?.length ?? 1) : 1 } = field;
  if (isFiles(value)) {
    const tooLarge = value.files.find(({ size }) => size > uploadLimitBytes);
    if (tooLarge !== undefined) return `${tooLarge.name} is too large: at most ${Math.floor(uploadLimitBytes / 1024 / 1024)} MiB.`;
  }
  const count = isFiles(value) ? value.files.length : (value?.length ?? 0);
  if (count === 0 && isOptional) return undefined;
  if (count >= min && count <= max) return undefined;
  if (min === 1 && max === 1) return isFiles(value) ? 'Choose one file.' : 'Choose one.';
  return `Choose ${min === max ? min : `${min} to ${max}`}${isFiles(value) ? ' files' : ''}; ${count} chosen.`;
}

const isFiles = (value: FormValue | undefined): value is { readonly files: readonly File[] } => typeof value === 'object' && 'files' in value;

/** What is sent: files become their places in the upload. */
export function sentValues(values: FormValues, files: File[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isFiles(value) ? { files: value.files.map((file) => files.push(file) - 1) } : value]));
}
