import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FeedChannel } from '../../control/feed-types.js';
import { Refused, sendPost, withoutFiles } from '../api.js';
import { type CommandEntry, commandEntries, type FieldValues, type GivenFile, parseCommandText } from '../command-line.js';
import { useClient, useClientState } from '../hooks.js';
import { CommandForm } from './command-form.js';
import { ComposerInput } from './composer-input.js';
import { ChosenFiles } from './file-input.js';

interface Props {
  channel: FeedChannel;
  name: string;
  /** Files dropped on the channel. */
  dropped: readonly File[];
}

interface OpenCommand {
  readonly entry: CommandEntry;
  readonly values: FieldValues;
}

/** Where one writes: plain messages with files, or a command and its options. */
export function Composer({ channel, name, dropped }: Props) {
  const client = useClient();
  const person = useClientState((state) => state.person);
  const entries = useMemo(() => commandEntries(channel.commands), [channel.commands]);
  const [command, setCommand] = useState<OpenCommand>();
  const [text, setText] = useState('');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [refusal, setRefusal] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const isBack = useRef(false);

  useEffect(() => {
    if (dropped.length > 0 && command === undefined) setFiles((before) => [...before, ...dropped]);
  }, [dropped]);

  useLayoutEffect(() => {
    if (command === undefined && isBack.current) input.current?.focus();
    isBack.current = false;
  }, [command]);

  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    setRefusal('');
    try {
      await work();
      return true;
    } catch (error) {
      setRefusal(error instanceof Refused ? error.message : 'The stand-in does not answer.');
      return false;
    }
  };
  const backToText = (): void => {
    setCommand(undefined);
    setRefusal('');
    isBack.current = true;
  };
  const runCommand = async (entry: CommandEntry, options: Readonly<Record<string, string | number | boolean | GivenFile>>): Promise<void> => {
    const uploads: File[] = [];
    const act = { kind: 'command', channel: channel.id, path: entry.path, options: withoutFiles(options, uploads) };
    if (await attempt(() => client.act(act, uploads))) backToText();
  };
  const pick = (entry: CommandEntry, values: FieldValues = {}): void => {
    setText('');
    setRefusal('');
    setCommand({ entry, values });
  };
  const post = async (): Promise<void> => {
    const typed = parseCommandText(entries, text);
    if (typed !== undefined) {
      pick(typed.entry, typed.values);
      return;
    }
    if (text.trim() === '' && files.length === 0) return;
    if (await attempt(() => sendPost({ user: person, channel: channel.id, content: text }, files))) {
      setText('');
      setFiles([]);
    }
  };

  return (
    <section class="composer" aria-label="Write">
      {refusal !== '' && <p class="failure" role="alert">{refusal}</p>}
      {command !== undefined ? (
        <CommandForm key={command.entry.path} entry={command.entry} initial={command.values} channel={channel} dropped={dropped} onRun={runCommand} onCancel={backToText} />
      ) : (
        <TextLine inputRef={input} name={name} text={text} files={files} entries={entries} onText={setText} onFiles={setFiles} onPick={pick} onSend={() => { void post(); }} />
      )}
    </section>
  );
}

interface TextLineProps {
  inputRef: RefObject<HTMLInputElement | null>;
  name: string;
  text: string;
  files: readonly File[];
  entries: readonly CommandEntry[];
  onText: (text: string) => void;
  onFiles: (files: readonly File[]) => void;
  onPick: (entry: CommandEntry) => void;
  onSend: () => void;
}

function TextLine({ inputRef, name, text, files, entries, onText, onFiles, onPick, onSend }: TextLineProps) {
  const picker = useRef<HTMLInputElement>(null);
  const add = (more: readonly File[]): void => {
    onFiles([...files, ...more]);
  };
  return (
    <>
      <ChosenFiles files={files} onChange={onFiles} />
      <div class="composer-line">
        <button type="button" class="button" onClick={() => picker.current?.click()}>Add files</button>
        <input
          ref={picker}
          class="hidden"
          type="file"
          multiple
          tabIndex={-1}
          aria-label="Files for the message"
          onChange={(event) => {
            add([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
            inputRef.current?.focus();
          }}
        />
        <ComposerInput inputRef={inputRef} label={`Message ${name}`} text={text} entries={entries} onText={onText} onPick={onPick} onSend={onSend} onFiles={add} />
        <button type="button" class="button is-primary" onClick={onSend}>Send</button>
      </div>
    </>
  );
}
