import { useDomId } from '../hooks.js';
import { ComponentType, type Component } from '../../wire.js';
import type { FormValue, FormValues } from '../form-state.js';
import { CheckboxInput, ChoiceInput } from './choice-inputs.js';
import { FileInput } from './file-input.js';
import { FormSelect } from './form-select.js';
import { Markdown } from './markdown.js';
import { TextInput } from './text-input.js';

interface Props {
  component: Component;
  values: FormValues;
  problems: Readonly<Record<string, string>>;
  onChange: (name: string, value: FormValue) => void;
}

/** One part of a form: text, or a label with its input, its description and what is wrong with it. */
export function FormField({ component, values, problems, onChange }: Props) {
  const labelId = useDomId('label');
  const noteId = useDomId('note');
  if (component.type === ComponentType.TextDisplay) return <Markdown text={component.content ?? ''} />;
  if (component.type === ComponentType.ActionRow) {
    return <>{(component.components ?? []).map((inner, index) => <FormField key={index} component={inner} values={values} problems={problems} onChange={onChange} />)}</>;
  }
  const field = component.component ?? component;
  const name = field.custom_id ?? '';
  const problem = problems[name];
  const isRequired = field.required !== false && field.type !== ComponentType.Checkbox;
  return (
    <div class="field">
      <label class="field-label" id={labelId} for={`field-${name}`}>
        {component.label ?? field.label ?? ''}
        {isRequired && <span class="required"> (required)</span>}
      </label>
      <div id={noteId} class="field-notes">
        {component.description !== undefined && <p class="subtext">{component.description}</p>}
        {problem !== undefined && <p class="failure">{problem}</p>}
      </div>
      <FieldInput field={field} name={name} value={values[name]} isWrong={problem !== undefined} labelId={labelId} noteId={noteId} onChange={(value) => { onChange(name, value); }} />
    </div>
  );
}

export interface InputProps {
  field: Component;
  name: string;
  value: FormValue | undefined;
  isWrong: boolean;
  labelId: string;
  noteId: string;
  onChange: (value: FormValue) => void;
}

function FieldInput(props: InputProps) {
  switch (props.field.type) {
    case ComponentType.TextInput:
      return <TextInput {...props} />;
    case ComponentType.FileUpload: {
      const { field, name, value, isWrong, labelId, noteId, onChange } = props;
      const files = typeof value === 'object' && 'files' in value ? value.files : [];
      return <FileInput id={`field-${name}`} files={files} max={field.max_values ?? 1} types={field.file_types} isWrong={isWrong} labelId={labelId} noteId={noteId} onChange={(next) => { onChange({ files: next }); }} />;
    }
    case ComponentType.RadioGroup:
    case ComponentType.CheckboxGroup:
      return <ChoiceInput {...props} />;
    case ComponentType.Checkbox:
      return <CheckboxInput {...props} />;
    default:
      return <FormSelect {...props} />;
  }
}
