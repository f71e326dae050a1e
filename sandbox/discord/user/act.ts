import { z } from 'zod';
import type { IncomingFile } from '../cdn.js';
import type { Gateway } from '../gateway/gateway.js';
import { type NewInteraction, openInteraction } from '../interactions/lifecycle.js';
import type { Interaction, User, World } from '../world.js';
import { commandData, findOption } from './command-input.js';
import { chooseInSelect, findButton } from './component-input.js';
import { messageCommandData, userCommandData } from './context-command.js';
import { channelById, findChannel, findUser } from './find.js';
import { type FieldValue, modalData } from './modal-input.js';
import { UserRefusal } from './refusal.js';

const fileReference = z.strictObject({ file: z.number() });
const optionValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), fileReference])).default({});
const fieldValues = z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string()), z.strictObject({ files: z.array(z.number()) })])).default({});
const who = { user: z.string() };
const where = { channel: z.string().default('training') };

/** What a person does in Discord's client. */
export const actSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), ...who, ...where, path: z.string(), options: optionValues }),
  z.strictObject({ kind: z.literal('autocomplete'), ...who, ...where, path: z.string(), option: z.string(), text: z.string(), options: optionValues }),
  z.strictObject({ kind: z.literal('message-command'), ...who, messageId: z.string(), name: z.string() }),
  z.strictObject({ kind: z.literal('user-command'), ...who, ...where, person: z.string(), name: z.string() }),
  z.strictObject({ kind: z.literal('click'), ...who, messageId: z.string(), button: z.string() }),
  z.strictObject({ kind: z.literal('select'), ...who, messageId: z.string(), customId: z.string(), values: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('modal'), ...who, interactionId: z.string(), values: fieldValues }),
]);

export type Act = z.infer<typeof actSchema>;

/** Turns an act into an interaction and hands it to the bot. Throws {@link UserRefusal} for what the client would not let a person do. */
export function perform(world: World, gateway: Gateway, act: Act, files: readonly IncomingFile[]): Interaction {
  const user = findUser(world, act.user);
  const interaction = openInteraction(world, { user, ...intended(world, user, act, files) });
  gateway.dispatch('INTERACTION_CREATE', interaction.payload);
  return interaction;
}

function intended(world: World, user: User, act: Act, files: readonly IncomingFile[]): Omit<NewInteraction, 'user'> {
  switch (act.kind) {
    case 'command': {
      const channel = findChannel(world, user, act.channel);
      const data = commandData(world, { user, channel, path: act.path, options: act.options, files });
      return { kind: 'command', channel, data, label: [`/${act.path}`, ...Object.entries(act.options).map(([name, value]) => `${name}:${shown(value, files)}`)].join(' ') };
    }
    case 'autocomplete': {
      const channel = findChannel(world, user, act.channel);
      const input = { user, channel, path: act.path, options: { ...act.options, [act.option]: act.text }, files, focused: act.option };
      if (findOption(world, input, act.option).autocomplete !== true) throw new UserRefusal(`"${act.option}" offers no suggestions.`);
      return { kind: 'autocomplete', channel, data: commandData(world, input), label: `/${act.path} ${act.option}:${act.text}…` };
    }
    case 'message-command':
      return { kind: 'command', ...messageCommandData(world, user, act.messageId, act.name) };
    case 'user-command':
      return { kind: 'command', ...userCommandData(world, user, findChannel(world, user, act.channel), act.person, act.name) };
    case 'click': {
      const { message, button, data } = findButton(world, user, act.messageId, act.button);
      return { kind: 'component', channel: channelById(world, message.channelId), data, source: message, label: `[${button.label ?? act.button}]` };
    }
    case 'select': {
      const { message, data } = chooseInSelect(world, user, act.messageId, act.customId, act.values);
      return { kind: 'component', channel: channelById(world, message.channelId), data, source: message, label: `${act.customId}: ${act.values.join(', ')}` };
    }
    case 'modal':
      return submitted(world, user, act.interactionId, act.values, files);
  }
}

function submitted(world: World, user: User, interactionId: string, values: Readonly<Record<string, FieldValue>>, files: readonly IncomingFile[]): Omit<NewInteraction, 'user'> {
  const opener = world.interactions.get(interactionId);
  if (opener?.modal === undefined || opener.userId !== user.id) throw new UserRefusal(`${user.displayName} has no form open from ${interactionId}.`);
  const isSent = [...world.interactions.values()].some((one) => one.modalOf === opener.id && one.acknowledgedAt !== undefined);
  if (isSent) throw new UserRefusal(`The form "${opener.modal.title}" was sent already and is closed.`);
  const source = world.messages.get(opener.sourceMessageId ?? '');
  return {
    kind: 'modal',
    channel: channelById(world, opener.channelId),
    data: modalData(world, opener.modal, values, files),
    label: `${opener.modal.title}: sent`,
    modalOf: opener.id,
    ...(source === undefined || source.deleted ? {} : { source }),
  };
}

const shown = (value: unknown, files: readonly IncomingFile[]): string =>
  typeof value === 'object' && value !== null && 'file' in value ? (files.find((file) => file.field === `files[${String(value.file)}]`)?.filename ?? 'file') : String(value);
