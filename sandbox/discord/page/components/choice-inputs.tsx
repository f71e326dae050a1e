import { ComponentType } from '../../wire.js';
import type { InputProps } from './form-field.js';

/** A radio group or a group of ticks. */
export function ChoiceInput({ field, name, value, labelId, noteId, onChange }: InputProps) {
  const isRadio = field.type === ComponentType.RadioGroup;
  const chosen = Array.isArray(value) ? (value as readonly string[]) : [];
  return (
    <div role={isRadio ? 'radiogroup' : 'group'} aria-labelledby={labelId} aria-describedby={noteId}>
      {(field.options ?? []).map((option, index) => (
        <label key={option.value} class="choice">
          <input
            type={isRadio ? 'radio' : 'checkbox'}
            id={index === 0 ? `field-${name}` : undefined}
            name={name}
            checked={chosen.includes(option.value)}
            onChange={(event) => {
              const others = chosen.filter((one) => one !== option.value);
              onChange(isRadio ? [option.value] : event.currentTarget.checked ? [...others, option.value] : others);
            }}
          />
          <span>
            {option.label}
            {option.description !== undefined && <small>{option.description}</small>}
          </span>
        </label>
      ))}
    </div>
  );
}

/** One tick. */
export function CheckboxInput({ name, value, labelId, noteId, onChange }: InputProps) {
  return <input type="checkbox" id={`field-${name}`} aria-labelledby={labelId} aria-describedby={noteId} checked={value === true} onChange={(event) => { onChange(event.currentTarget.checked); }} />;
}
