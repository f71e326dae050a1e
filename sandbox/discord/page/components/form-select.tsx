import { useClientState } from '../hooks.js';
import type { InputProps } from './form-field.js';
import { choicesOf } from './select-choices.js';
import { SelectMenu } from './select-menu.js';

/** A select menu inside a form: it holds its choice until the form is sent. */
export function FormSelect({ field, value, labelId, noteId, onChange }: InputProps) {
  const people = useClientState((state) => state.people);
  const channels = useClientState((state) => state.channels);
  return (
    <SelectMenu
      label={field.placeholder ?? 'Choose'}
      choices={choicesOf(field, people, channels)}
      chosen={Array.isArray(value) ? (value as readonly string[]) : []}
      min={field.required === false ? 0 : (field.min_values ?? 1)}
      max={field.max_values ?? 1}
      labelledBy={labelId}
      describedBy={noteId}
      onChoose={onChange}
    />
  );
}
