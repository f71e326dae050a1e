import { useEffect, useRef, useState } from 'preact/hooks';
import type { FeedChannel } from '../../control/feed-types.js';
import type { Choice, CommandOption } from '../../wire.js';
import { Refused } from '../api.js';
import { type CommandEntry, type FieldValue, type FieldValues, sentOptions } from '../command-line.js';
import { useClient, useDomId } from '../hooks.js';

const DEBOUNCE_MS = 200;

/** An option of the command that is being filled in, and what is in its field. */
export interface OptionField {
  option: CommandOption;
  entry: CommandEntry;
  channel: FeedChannel;
  values: FieldValues;
  problem: string | undefined;
  onChange: (value: FieldValue | undefined) => void;
}

interface Props extends OptionField {
  noteId: string;
  inputId: string;
}

type Suggestions = { readonly kind: 'none' | 'asking' | 'failed' } | { readonly kind: 'given'; readonly choices: readonly Choice[] };

/** A field whose suggestions come from the bot while one types. What is typed and not chosen is sent as it stands. */
export function SuggestField(props: Props) {
  const { option, values, problem, onChange, noteId, inputId } = props;
  const [at, setAt] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const suggestions = useSuggestions(props, isOpen);
  const listId = useDomId('suggestions');
  const list = useRef<HTMLDivElement>(null);
  const text = values[option.name]?.text ?? '';
  const choices = suggestions.kind === 'given' ? suggestions.choices : [];
  const current = Math.min(at, choices.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const choose = ({ name, value }: Choice): void => {
    onChange({ text: name, value });
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const choice = choices[current];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!isOpen) setOpen(true);
      else if (choices.length > 0) setAt((current + (event.key === 'ArrowDown' ? 1 : choices.length - 1)) % choices.length);
    } else if (isOpen && choice !== undefined && event.key === 'Enter') choose(choice);
    else if (isOpen && choice !== undefined && event.key === 'Tab' && !event.shiftKey) {
      choose(choice);
      return;
    } else if (isOpen && event.key === 'Escape') setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="suggest">
      <input
        id={inputId}
        type="text"
        role="combobox"
        autocomplete="off"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && choices.length > 0 ? `${listId}-${current}` : undefined}
        aria-describedby={noteId}
        aria-invalid={problem !== undefined}
        aria-required={option.required === true}
        value={text}
        onFocus={() => { if (values[option.name]?.value === undefined) setOpen(true); }}
        onBlur={() => { setOpen(false); }}
        onInput={(event) => {
          onChange({ text: event.currentTarget.value });
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={listId} class="listbox is-above" role="listbox" aria-label={`Suggestions for ${option.name}`} hidden={!isOpen || choices.length === 0}>
        {isOpen && choices.map((choice, index) => (
          <div key={String(choice.value)} id={`${listId}-${index}`} role="option" aria-selected={index === current} {...(index === current ? { 'data-active': true } : {})} onMouseDown={(event) => { event.preventDefault(); choose(choice); }}>
            {choice.name}
          </div>
        ))}
      </div>
      <p class="subtext" role="status">{isOpen ? said(suggestions) : ''}</p>
    </div>
  );
}

function said(suggestions: Suggestions): string {
  switch (suggestions.kind) {
    case 'none':
      return '';
    case 'asking':
      return 'Loading options…';
    case 'failed':
      return 'Loading options failed.';
    case 'given':
      return suggestions.choices.length === 0 ? 'No options match your search.' : `${suggestions.choices.length} ${suggestions.choices.length === 1 ? 'option' : 'options'}`;
  }
}

/** Asks the bot once the person pauses; only the latest answer counts. */
function useSuggestions({ option, entry, channel, values }: Props, isOpen: boolean): Suggestions {
  const client = useClient();
  const [suggestions, setSuggestions] = useState<Suggestions>({ kind: 'none' });
  const text = values[option.name]?.text ?? '';
  useEffect(() => {
    if (!isOpen) return undefined;
    let isLatest = true;
    const ask = async (): Promise<Suggestions> => {
      const others = Object.entries(sentOptions(entry, values)).filter(([name, value]) => name !== option.name && typeof value !== 'object');
      const id = await client.act({ kind: 'autocomplete', channel: channel.id, path: entry.path, option: option.name, text, options: Object.fromEntries(others) });
      const choices = (await client.settled(id))?.choices;
      return choices === undefined ? { kind: 'failed' } : { kind: 'given', choices };
    };
    setSuggestions((before) => (before.kind === 'given' ? before : { kind: 'asking' }));
    const timer = setTimeout(() => {
      ask().catch((error: unknown): Suggestions => {
        if (!(error instanceof Refused) && !(error instanceof TypeError)) throw error;
        return { kind: 'failed' };
      }).then((next) => { if (isLatest) setSuggestions(next); }, () => undefined);
    }, DEBOUNCE_MS);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [text, isOpen]);
  return suggestions;
}
