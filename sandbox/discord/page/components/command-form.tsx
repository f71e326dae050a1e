import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { FeedChannel } from '../../control/feed-types.js';
import { type CommandEntry, fieldProblem, type FieldValue, type FieldValues, type GivenFile, OptionType, sentOptions, shownOptions } from '../command-line.js';
import { useClientState } from '../hooks.js';
import { CommandField } from './command-field.js';

interface Props {
  entry: CommandEntry;
  initial: FieldValues;
  channel: FeedChannel;
  dropped: readonly File[];
  onRun: (entry: CommandEntry, options: Readonly<Record<string, string | number | boolean | GivenFile>>) => Promise<void>;
  onCancel: () => void;
}

/** A chosen command with a field for each option. Enter runs it, Escape goes back. */
export function CommandForm({ entry, initial, channel, dropped, onRun, onCancel }: Props) {
  const limit = useClientState((state) => state.uploadLimitBytes);
  const [values, setValues] = useState<FieldValues>(initial);
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set(Object.keys(initial)));
  const [isChecked, setChecked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const shown = shownOptions(entry, asked);
  const others = entry.options.filter((option) => !shown.includes(option));
  const change = (name: string, value: FieldValue | undefined): void => {
    setValues((all) => Object.fromEntries([...Object.entries(all).filter(([other]) => other !== name), ...(value === undefined ? [] : [[name, value] as const])]));
  };
  // Set before it is drawn, focused right after: a second Enter must find its place.
  const [goal, setGoal] = useState({ name: (shown.find(({ name }) => values[name] === undefined) ?? shown[0])?.name });
  useLayoutEffect(() => {
    const where = goal.name === undefined ? '[type=submit]' : `[data-option="${goal.name}"] :is(input, [role=combobox])`;
    form.current?.querySelector<HTMLElement>(where)?.focus();
  }, [goal]);
  useEffect(() => {
    const places = entry.options.filter(({ name, type }) => type === OptionType.Attachment && values[name] === undefined);
    const placed = dropped.slice(0, places.length).flatMap((file, index) => (places[index] === undefined ? [] : [{ option: places[index].name, file }]));
    setAsked((all) => new Set([...all, ...placed.map(({ option }) => option)]));
    for (const { option, file } of placed) change(option, { text: file.name, file });
  }, [dropped]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    const wrong = shown.find((option) => fieldProblem(option, values[option.name], limit) !== undefined);
    if (wrong !== undefined) setGoal({ name: wrong.name });
    else if (!isBusy) {
      setBusy(true);
      void onRun(entry, sentOptions(entry, values)).finally(() => { setBusy(false); });
    }
  };
  return (
    <form ref={form} class="command-form" aria-label={`/${entry.path}`} noValidate onSubmit={submit} onKeyDown={(event) => { if (event.key === 'Escape') onCancel(); }}>
      <p class="command-title"><strong>/{entry.path}</strong> <span>{entry.description}</span></p>
      <div class="command-fields">
        {shown.map((option) => (
          <CommandField
            key={option.name}
            option={option}
            entry={entry}
            channel={channel}
            values={values}
            problem={isChecked ? fieldProblem(option, values[option.name], limit) : undefined}
            onChange={(value) => { change(option.name, value); }}
            onRemove={() => {
              change(option.name, undefined);
              setAsked(new Set([...asked].filter((name) => name !== option.name)));
              setGoal({ name: shown.find(({ name }) => name !== option.name)?.name });
            }}
          />
        ))}
      </div>
      {others.length > 0 && (
        <div class="more-options" role="group" aria-label="More options">
          {others.map(({ name, description }) => (
            <button key={name} type="button" class="chip" title={description} onClick={() => { setAsked(new Set([...asked, name])); setGoal({ name }); }}>+ {name}</button>
          ))}
        </div>
      )}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onCancel}>Cancel</button>
        <button type="submit" class="button is-primary" aria-busy={isBusy}>Run /{entry.path}</button>
      </div>
    </form>
  );
}
