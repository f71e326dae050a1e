import type { InputProps } from './form-field.js';

const PARAGRAPH = 2;
/** From here on the count is shown. */
const NEAR_THE_END = 0.8;

/** Text of one line or several. More than fits is kept and said, not cut. */
export function TextInput({ field, name, value, isWrong, noteId, onChange }: InputProps) {
  const text = typeof value === 'string' ? value : '';
  const max = field.max_length ?? 4_000;
  const shared = { id: `field-${name}`, name, value: text, placeholder: field.placeholder ?? '', 'aria-invalid': isWrong, 'aria-describedby': noteId, 'aria-required': field.required !== false, autocomplete: 'off' as const };
  return (
    <>
      {field.style === PARAGRAPH ? (
        <textarea {...shared} rows={4} onInput={(event) => { onChange(event.currentTarget.value); }} />
      ) : (
        <input {...shared} type="text" onInput={(event) => { onChange(event.currentTarget.value); }} />
      )}
      {text.length >= max * NEAR_THE_END && <p class="subtext">{text.length} of {max} characters</p>}
    </>
  );
}
