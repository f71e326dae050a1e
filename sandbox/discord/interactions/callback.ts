import type { ZodMiniType } from 'zod/mini';
import {
  ApplicationCommandAutocompleteCallbackRequestSchema,
  CreateMessageInteractionCallbackRequestSchema,
  ModalInteractionCallbackRequestSchema,
  UpdateMessageInteractionCallbackRequestSchema,
} from 'discord-api-spec/zod';
import type { IncomingFile } from '../cdn.js';
import { type FormIssue, invalidForm, refuse } from '../errors.js';
import { numbered } from '../messages/component-ids.js';
import { messageObject } from '../messages/objects.js';
import { createMessage, createThinking, editMessage } from '../messages/store.js';
import { checkModal } from '../validation/modal-rules.js';
import { withoutNulls } from '../validation/walk.js';
import { type Choice, type MessageBody, MessageFlag, type Modal } from '../wire.js';
import type { Interaction, StoredMessage, World } from '../world.js';
import { acknowledge, requireUnanswered } from './lifecycle.js';

export const CallbackType = { Message: 4, Deferred: 5, DeferredUpdate: 6, Update: 7, Autocomplete: 8, Modal: 9 } as const;

/** Checks a body against Discord's schema and reports unknown keys; throws 50035. */
export type CheckBody = (schema: ZodMiniType, body: unknown) => void;

export interface Callback {
  type: number;
  data?: Record<string, unknown>;
}

interface Answer {
  message?: StoredMessage;
}

const SCHEMAS: Readonly<Record<number, ZodMiniType>> = {
  [CallbackType.Message]: CreateMessageInteractionCallbackRequestSchema,
  [CallbackType.Deferred]: CreateMessageInteractionCallbackRequestSchema,
  [CallbackType.DeferredUpdate]: UpdateMessageInteractionCallbackRequestSchema,
  [CallbackType.Update]: UpdateMessageInteractionCallbackRequestSchema,
  [CallbackType.Autocomplete]: ApplicationCommandAutocompleteCallbackRequestSchema,
  [CallbackType.Modal]: ModalInteractionCallbackRequestSchema,
};

/** POST /interactions/{id}/{token}/callback: the one first response. Returns what `with_response=true` shows. */
export function answerInteraction(world: World, id: string, token: string, callback: Callback, files: readonly IncomingFile[], checkBody: CheckBody): Record<string, unknown> {
  const interaction = requireUnanswered(world, id, token);
  const notAllowed = checkType(interaction, callback.type);
  if (notAllowed !== undefined) throw invalidForm([notAllowed]);
  const schema = SCHEMAS[callback.type];
  if (schema !== undefined) checkBody(schema, callback);
  const { message } = carryOut(world, interaction, callback, files);
  acknowledge(world, interaction, callback.type);
  return callbackResponse(world, interaction, callback.type, message);
}

/** Rules 15 and 16. */
function checkType(interaction: Interaction, type: unknown): FormIssue | undefined {
  const allowed = allowedTypes(interaction);
  if (typeof type === 'number' && allowed.includes(type)) return undefined;
  const rule = interaction.kind === 'modal' && type === CallbackType.Modal ? '15 no-modal-to-modal' : '16 callback-type';
  return { path: ['type'], code: 'BASE_TYPE_CHOICES', message: `Value must be one of {${allowed.join(', ')}}.`, rule };
}

function allowedTypes({ kind, sourceMessageId }: Interaction): number[] {
  switch (kind) {
    case 'command':
      return [4, 5, 9];
    case 'component':
      return [4, 5, 6, 7, 9];
    case 'autocomplete':
      return [8];
    case 'modal':
      return sourceMessageId === undefined ? [4, 5] : [4, 5, 6, 7];
  }
}

function carryOut(world: World, interaction: Interaction, callback: Callback, files: readonly IncomingFile[]): Answer {
  const data = (callback.data ?? {}) as MessageBody;
  const channel = world.channels.get(interaction.channelId);
  if (channel === undefined || channel.deleted) throw refuse.unknownChannel();
  const isEphemeral = ((data.flags ?? 0) & MessageFlag.Ephemeral) !== 0;
  const onlyFor = isEphemeral ? { onlyFor: interaction.userId } : {};
  switch (callback.type) {
    case CallbackType.Message: {
      const message = createMessage(world, { channel, body: data, files, root: ['data'], interactionId: interaction.id, ...onlyFor });
      interaction.originalId = message.id;
      return { message };
    }
    case CallbackType.Deferred: {
      const message = createThinking(world, channel, interaction.id, checkDefer(data) ? interaction.userId : undefined);
      interaction.originalId = message.id;
      return {};
    }
    case CallbackType.DeferredUpdate:
      return { message: takeSource(world, interaction) };
    case CallbackType.Update: {
      const message = takeSource(world, interaction);
      editMessage(world, message, data, files, ['data']);
      return { message };
    }
    case CallbackType.Autocomplete:
      interaction.choices = (callback.data?.choices ?? []) as Choice[];
      world.journal.changed('choices', interaction.id);
      return {};
    default: {
      const modal = withoutNulls(callback.data) as unknown as Modal;
      const issues = checkModal(modal);
      if (issues.length > 0) throw invalidForm(issues);
      interaction.modal = { ...modal, components: numbered(modal.components) };
      world.journal.changed('modal', interaction.id);
      return {};
    }
  }
}

/** Rule 14: a deferred message takes the EPHEMERAL flag and nothing else. */
function checkDefer(data: MessageBody): boolean {
  const flags = data.flags ?? 0;
  if ((flags & ~MessageFlag.Ephemeral) === 0) return flags !== 0;
  throw invalidForm([{ path: ['data', 'flags'], code: 'INTERACTION_DEFER_FLAGS_INVALID', message: 'A deferred response takes only the EPHEMERAL flag.', rule: '14 defer-flags' }]);
}

function takeSource(world: World, interaction: Interaction): StoredMessage {
  const source = interaction.sourceMessageId === undefined ? undefined : world.messages.get(interaction.sourceMessageId);
  if (source === undefined || source.deleted) throw refuse.unknownMessage();
  interaction.originalId = source.id;
  return source;
}

function callbackResponse(world: World, interaction: Interaction, type: number, message: StoredMessage | undefined): Record<string, unknown> {
  const original = interaction.originalId === undefined ? undefined : world.messages.get(interaction.originalId);
  const showsMessage = type === CallbackType.Message || type === CallbackType.Update;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.payload.type,
      channel_id: interaction.channelId,
      ...(interaction.guildId === undefined ? {} : { guild_id: interaction.guildId }),
      ...(original === undefined
        ? {}
        : { response_message_id: original.id, response_message_loading: (original.flags & MessageFlag.Loading) !== 0, response_message_ephemeral: original.onlyFor !== undefined }),
    },
    resource: { type, ...(showsMessage && message !== undefined ? { message: messageObject(world, message) } : {}) },
  };
}
