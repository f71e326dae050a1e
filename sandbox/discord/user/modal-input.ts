import type { IncomingFile } from '../cdn.js';
import { walk } from '../validation/walk.js';
import { ComponentType, type Component, type Modal } from '../wire.js';
import type { World } from '../world.js';
import { uploadFile } from './command-input.js';
import { chosenValues } from './component-input.js';
import { UserRefusal } from './refusal.js';

/** What a person fills in, by custom id: text, chosen values, a tick, or files as `{ files: [n, …] }`. */
export type FieldValue = string | boolean | string[] | { files: number[] };

const MAX_TEXT = 4_000;

/** The interaction `data` of a submitted form, checked against the form as shown. */
export function modalData(world: World, modal: Modal, values: Readonly<Record<string, FieldValue>>, files: readonly IncomingFile[]): Record<string, unknown> {
  const attachments: Record<string, unknown> = {};
  const inputs = walk(modal.components).flatMap(({ component }) => (component.custom_id === undefined ? [] : [component.custom_id]));
  for (const name of Object.keys(values)) {
    if (!inputs.includes(name)) throw new UserRefusal(`The form has no field "${name}". It has: ${inputs.join(', ')}.`);
  }
  const fill = (component: Component): Record<string, unknown> => {
    const base = { type: component.type, id: component.id ?? 0 };
    if (component.component !== undefined) return { ...base, component: fill(component.component) };
    if (component.components !== undefined) return { ...base, components: component.components.map(fill) };
    if (component.custom_id === undefined) return base;
    return { ...base, custom_id: component.custom_id, ...filled(world, component, values[component.custom_id], files, attachments) };
  };
  const components = modal.components.map(fill);
  return { custom_id: modal.custom_id, components, ...(Object.keys(attachments).length === 0 ? {} : { resolved: { attachments } }) };
}

function filled(world: World, field: Component, value: FieldValue | undefined, files: readonly IncomingFile[], attachments: Record<string, unknown>): Record<string, unknown> {
  switch (field.type) {
    case ComponentType.TextInput:
      return { value: textOf(field, value) };
    case ComponentType.FileUpload:
      return { values: filesOf(world, field, value, files, attachments) };
    case ComponentType.Checkbox:
      return { value: value ?? false };
    case ComponentType.RadioGroup:
      return { value: listOf(field, value)[0] ?? null };
    default:
      return { values: listOf(field, value) };
  }
}

function textOf(field: Component, value: FieldValue | undefined): string {
  const text = value ?? field.value ?? '';
  const name = field.custom_id ?? '';
  if (typeof text !== 'string') throw new UserRefusal(`"${name}" takes text.`);
  if (text === '' && field.required === false) return text;
  if (text === '') throw new UserRefusal(`"${name}" is required.`);
  const { min_length: min = 0, max_length: max = MAX_TEXT } = field;
  if (text.length < min || text.length > max) throw new UserRefusal(`"${name}" takes ${min} to ${max} characters; ${text.length} given.`);
  return text;
}

function listOf(field: Component, value: FieldValue | undefined): string[] {
  const given = typeof value === 'string' ? [value] : (value ?? []);
  if (!Array.isArray(given)) throw new UserRefusal(`"${field.custom_id ?? ''}" takes a list of choices.`);
  if (given.length === 0 && field.required === false) return [];
  const max = field.type === ComponentType.CheckboxGroup ? (field.max_values ?? field.options?.length ?? 1) : (field.max_values ?? 1);
  return chosenValues({ ...field, max_values: max }, given);
}

function filesOf(world: World, field: Component, value: FieldValue | undefined, files: readonly IncomingFile[], attachments: Record<string, unknown>): string[] {
  const name = field.custom_id ?? '';
  const numbers = typeof value === 'object' && !Array.isArray(value) ? value.files : [];
  if (numbers.length === 0 && field.required === false) return [];
  const { min_values: min = 1, max_values: max = 1 } = field;
  if (numbers.length < min || numbers.length > max) throw new UserRefusal(`"${name}" takes ${min} to ${max} files; ${numbers.length} given.`);
  return numbers.map((number) => {
    const file = files.find((one) => one.field === `files[${number}]`);
    if (file === undefined) throw new UserRefusal(`"${name}": file ${number} was not sent along.`);
    return uploadFile(world, file, field.file_types, attachments);
  });
}
