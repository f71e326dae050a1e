import type { CommandOption } from '../../wire.js';
import { OptionType } from '../command-line.js';
import { useClientState, useDomId } from '../hooks.js';
import { FileInput } from './file-input.js';
import { SelectMenu } from './select-menu.js';
import { type OptionField, SuggestField } from './suggest-field.js';

interface Props extends OptionField {
  onRemove: () => void;
}

/** One option of a command, labelled, described, and with what is wrong with it. */
export function CommandField(props: Props) {
  const { option, problem, onRemove } = props;
  const labelId = useDomId('option');
  const noteId = useDomId('about');
  const inputId = useDomId('input');
  return (
    <div class="command-field" data-option={option.name}>
      <div class="command-label">
        <label id={labelId} for={inputId}>{option.name}</label>
        {option.required !== true && <button type="button" class="text-button" aria-label={`Remove ${option.name}`} onClick={onRemove}>Remove</button>}
      </div>
      <OptionInput {...props} labelId={labelId} noteId={noteId} inputId={inputId} />
      <div id={noteId}>
        <p class="subtext">{option.description}</p>
        {problem !== undefined && <p class="failure">{problem}</p>}
      </div>
    </div>
  );
}

function OptionInput(props: Props & { labelId: string; noteId: string; inputId: string }) {
  const { option, values, problem, onChange, labelId, noteId, inputId } = props;
  const given = values[option.name];
  const choices = useListed(option);
  if (option.type === OptionType.Attachment) {
    const files = given?.file instanceof File ? [given.file] : [];
    return <FileInput id={inputId} files={files} max={1} types={option.file_types} isWrong={problem !== undefined} labelId={labelId} noteId={noteId} onChange={([file]) => { onChange(file === undefined ? undefined : { text: file.name, file }); }} />;
  }
  if (option.autocomplete === true) return <SuggestField {...props} />;
  if (choices !== undefined) {
    const chosen = choices.find(({ value, name }) => value === given?.value || (given !== undefined && given.value === undefined && (name === given.text || String(value) === given.text)));
    return (
      <SelectMenu
        label={`Choose ${option.name}`}
        choices={choices.map(({ name, value }) => ({ label: name, value: String(value), isDefault: false }))}
        chosen={chosen === undefined ? [] : [String(chosen.value)]}
        min={1}
        max={1}
        labelledBy={labelId}
        describedBy={noteId}
        onChoose={([value]) => {
          const choice = choices.find((one) => String(one.value) === value);
          if (choice !== undefined) onChange({ text: choice.name, value: choice.value });
        }}
      />
    );
  }
  const isNumber = option.type === OptionType.Integer || option.type === OptionType.Number;
  return (
    <input
      id={inputId}
      type="text"
      inputMode={isNumber ? 'decimal' : 'text'}
      autocomplete="off"
      value={given?.text ?? ''}
      aria-describedby={noteId}
      aria-invalid={problem !== undefined}
      aria-required={option.required === true}
      onInput={(event) => { onChange({ text: event.currentTarget.value }); }}
    />
  );
}

/** What an option offers to choose from; `undefined` when it is typed. */
function useListed(option: CommandOption): readonly { name: string; value: string | number | boolean }[] | undefined {
  const people = useClientState((state) => state.people);
  const channels = useClientState((state) => state.channels);
  if (option.choices !== undefined && option.choices.length > 0) return option.choices;
  switch (option.type) {
    case OptionType.Boolean:
      return [{ name: 'True', value: true }, { name: 'False', value: false }];
    case OptionType.User:
    case OptionType.Mentionable:
      return people.map(({ id, displayName }) => ({ name: displayName, value: id }));
    case OptionType.Channel:
      return channels.filter(({ kind }) => kind !== 'dm').map(({ id, name }) => ({ name: `#${name}`, value: id }));
    default:
      return undefined;
  }
}
