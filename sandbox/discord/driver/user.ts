import type { PersonName } from '../people.js';
import type { SeenInteraction, SeenMessage, SeenModal } from '../user/view.js';
import type { Choice } from '../wire.js';
import { type ControlClient, DriverError, type PickedFile } from './http.js';
import { createInteractionHandle, type InteractionHandle, type Wait, type WaitOptions } from './interaction.js';
import { renderMessage } from './render-message.js';

export type OptionInput = string | number | boolean | PickedFile;
/** Text, a tick, chosen values (or their labels), or files of a file upload. */
export type FieldInput = string | boolean | string[] | PickedFile[];

export interface Place {
  /** A channel by name or id; `training` when absent. */
  channel?: string;
  /** In the person's direct messages with the bot instead. */
  dm?: boolean;
}

/** One person in front of Discord's client. What the client would not allow is refused with its reason. */
export interface DiscordUser {
  readonly name: PersonName;
  /** Runs `/<path>`; options are checked against the registered command. */
  slash(path: string, options?: Readonly<Record<string, OptionInput>>, place?: Place): Promise<InteractionHandle>;
  /** Types `text` into an option and returns what is suggested. */
  autocomplete(path: string, option: string, text: string, options?: Place & WaitOptions & { options?: Readonly<Record<string, OptionInput>> }): Promise<Choice[]>;
  /** Runs a command of the message's menu. */
  messageCommand(name: string, message: { id: string }): Promise<InteractionHandle>;
  /** Runs a command of a person's menu. */
  userCommand(name: string, person: PersonName, place?: Place): Promise<InteractionHandle>;
  /** Writes a message of one's own; a channel by name or id, `dm` for the direct messages with the bot. */
  post(channel: string, message: { content?: string; files?: readonly PickedFile[] }): Promise<SeenMessage>;
  /** Presses the button with this label or custom id. */
  click(message: { id: string }, labelOrCustomId: string): Promise<InteractionHandle>;
  /** Chooses in a select menu, by value or label. */
  select(message: { id: string }, customId: string, values: readonly string[]): Promise<InteractionHandle>;
  /** Fills in and sends a form, by custom id; checked against the form as shown. */
  submitModal(modal: Pick<SeenModal, 'interactionId'>, values?: Readonly<Record<string, FieldInput>>): Promise<InteractionHandle>;
  /** The messages this person can scroll through, oldest first, everywhere or in one place. */
  visibleMessages(place?: Place): Promise<SeenMessage[]>;
  /** The message as it is now; `undefined` when it is gone. */
  lookAt(message: { id: string }): Promise<SeenMessage | undefined>;
  /** All acts of this person with what they saw of them, oldest first. */
  interactions(): Promise<SeenInteraction[]>;
  /** The visible messages of a place as readable text. */
  transcript(place?: Place): Promise<string>;
}

export function createDiscordUser(name: PersonName, control: ControlClient, wait: Wait): DiscordUser {
  const view = (id: string) => () => control.get<SeenInteraction>(`/users/${name}/interactions/${id}`);
  const act = async (body: Record<string, unknown>, files: readonly PickedFile[], what: string): Promise<InteractionHandle> => {
    const { interactionId } = await control.post<{ interactionId: string }>('/acts', { user: name, ...body }, files);
    return createInteractionHandle(interactionId, what, view(interactionId), wait);
  };
  const visibleMessages = (place: Place = {}): Promise<SeenMessage[]> => {
    const channel = place.dm === true ? 'dm' : place.channel;
    return control.get(`/users/${name}/messages${channel === undefined ? '' : `?channel=${encodeURIComponent(channel)}`}`);
  };

  return {
    name,
    slash(path, options = {}, place = {}) {
      const files: PickedFile[] = [];
      return act({ kind: 'command', ...channelOf(place), path, options: withFileNumbers(options, files) }, files, `/${path}`);
    },
    async autocomplete(path, option, text, { options = {}, timeoutMs, ...place } = {}) {
      const handle = await act({ kind: 'autocomplete', ...channelOf(place), path, option, text, options }, [], `suggestions for "${option}"`);
      const seen = await handle.waitFor((one) => one.choices !== undefined || one.failure !== undefined, timeoutMs === undefined ? {} : { timeoutMs });
      if (seen.choices === undefined) throw new DriverError(`/${path} ${option}: ${seen.failure ?? ''}`);
      return seen.choices;
    },
    messageCommand: (command, message) => act({ kind: 'message-command', messageId: message.id, name: command }, [], `"${command}"`),
    userCommand: (command, person, place = {}) => act({ kind: 'user-command', ...channelOf(place), person, name: command }, [], `"${command}"`),
    async post(channel, { content = '', files = [] }) {
      const { messageId } = await control.post<{ messageId: string }>('/posts', { user: name, channel, content }, files);
      const posted = (await visibleMessages({ channel })).find((message) => message.id === messageId);
      if (posted === undefined) throw new DriverError(`The message ${messageId} is gone.`);
      return posted;
    },
    click: (message, button) => act({ kind: 'click', messageId: message.id, button }, [], `[${button}]`),
    select: (message, customId, values) => act({ kind: 'select', messageId: message.id, customId, values }, [], `select menu "${customId}"`),
    submitModal(modal, values = {}) {
      const files: PickedFile[] = [];
      const filled = Object.entries(values).map(([field, value]) => [field, fieldValue(value, files)]);
      return act({ kind: 'modal', interactionId: modal.interactionId, values: Object.fromEntries(filled) }, files, 'the form');
    },
    visibleMessages,
    async lookAt({ id }) {
      return (await visibleMessages()).find((message) => message.id === id);
    },
    interactions: () => control.get(`/users/${name}/interactions`),
    async transcript(place) {
      const messages = await visibleMessages(place);
      return messages.map((message) => `${message.author} in ${message.channel}\n${renderMessage(message)}`).join('\n\n');
    },
  };
}

const channelOf = ({ channel, dm }: Place): { channel?: string } => (dm === true ? { channel: 'dm' } : channel === undefined ? {} : { channel });

const isFile = (value: unknown): value is PickedFile => typeof value === 'object' && value !== null && 'bytes' in value;

function withFileNumbers(options: Readonly<Record<string, OptionInput>>, files: PickedFile[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, isFile(value) ? { file: files.push(value) - 1 } : value]));
}

function fieldValue(value: FieldInput, files: PickedFile[]): unknown {
  if (!Array.isArray(value) || !value.some(isFile)) return value;
  return { files: value.filter(isFile).map((file) => files.push(file) - 1) };
}
