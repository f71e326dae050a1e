import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type CommandEntry, matchingCommands } from '../command-line.js';
import { useDomId } from '../hooks.js';

interface Props {
  inputRef: RefObject<HTMLInputElement | null>;
  label: string;
  text: string;
  entries: readonly CommandEntry[];
  onText: (text: string) => void;
  onPick: (entry: CommandEntry) => void;
  onSend: () => void;
  onFiles: (files: readonly File[]) => void;
}

/** The line one types in. After `/` it lists the commands that fit. */
export function ComposerInput({ inputRef, label, text, entries, onText, onPick, onSend, onFiles }: Props) {
  const [at, setAt] = useState(0);
  const [isClosed, setClosed] = useState(false);
  const listId = useDomId('commands');
  const list = useRef<HTMLDivElement>(null);
  // Once a value follows, the line is a command written out, not a search.
  const found = text.startsWith('/') && !/\s\S+:/.test(text) ? matchingCommands(entries, text) : [];
  const isOpen = found.length > 0 && !isClosed;
  const current = Math.min(at, found.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [current, isOpen]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const moves: Readonly<Record<string, number>> = { ArrowDown: (current + 1) % found.length, ArrowUp: (current + found.length - 1) % found.length };
    const move = isOpen ? moves[event.key] : undefined;
    const entry = found[current];
    if (move !== undefined) setAt(move);
    else if (isOpen && entry !== undefined && (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey))) onPick(entry);
    else if (isOpen && event.key === 'Escape') setClosed(true);
    else if (event.key === 'Enter') onSend();
    else return;
    event.preventDefault();
  };
  return (
    <div class="composer-input">
      <input
        ref={inputRef}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen ? `${listId}-${current}` : undefined}
        placeholder={`${label}, or type / for commands`}
        autocomplete="off"
        maxLength={2_000}
        value={text}
        onInput={(event) => {
          setAt(0);
          setClosed(false);
          onText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const files = [...(event.clipboardData?.files ?? [])];
          if (files.length === 0) return;
          event.preventDefault();
          onFiles(files);
        }}
      />
      <div ref={list} id={listId} class="listbox is-above" role="listbox" aria-label="Commands" hidden={!isOpen}>
        {isOpen && found.map((entry, index) => (
          <div key={entry.path} id={`${listId}-${index}`} role="option" aria-selected={index === current} {...(index === current ? { 'data-active': true } : {})} onMouseDown={(event) => { event.preventDefault(); onPick(entry); }}>
            <span class="command-name">/{entry.path}</span>
            <span class="command-options">{entry.options.filter(({ required }) => required === true).map(({ name }) => name).join(' ')}</span>
            <small>{entry.description}</small>
          </div>
        ))}
      </div>
      <p class="hidden" role="status">{isOpen ? `${found.length} ${found.length === 1 ? 'command' : 'commands'}` : text.startsWith('/') && found.length === 0 ? 'No command fits' : ''}</p>
    </div>
  );
}
