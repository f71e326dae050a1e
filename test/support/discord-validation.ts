import { MessageFlags, type APIModalInteractionResponseCallbackData } from 'discord.js';
import { MessageCreateRequestSchema, ModalInteractionCallbackRequestSchema } from 'discord-api-spec/zod';
import type { View } from '../../bot/views/layout.js';
import { checkMessage } from '../../sandbox/discord/validation/message-rules.js';
import { checkModal } from '../../sandbox/discord/validation/modal-rules.js';
import { checkSchema } from '../../sandbox/discord/validation/schema.js';
import type { MessageBody } from '../../sandbox/discord/wire.js';

/** What Discord would say against a view sent as a new message: its public schema, then the rules the schema lacks. */
export function problemsOfView({ components, files = [], textFile }: View): string[] {
  const body = { flags: MessageFlags.IsComponentsV2, components, allowed_mentions: { parse: [] } };
  const { issues, unknownKeys } = checkSchema(MessageCreateRequestSchema, body);
  // The stand-in reads bodies in its own loose shape.
  const semantic = checkMessage(body as unknown as MessageBody, { root: [], fileNames: [...files, ...(textFile === undefined ? [] : [textFile])].map(({ name }) => name) });
  return [...issues, ...semantic].map(({ path, message }) => `${path.join('.')}: ${message}`).concat(unknownKeys.map((key) => `unknown key ${key}`));
}

export function problemsOfModal(modal: APIModalInteractionResponseCallbackData): string[] {
  const { issues, unknownKeys } = checkSchema(ModalInteractionCallbackRequestSchema, { type: 9, data: modal });
  const semantic = checkModal(modal);
  return [...issues, ...semantic].map(({ path, message }) => `${path.join('.')}: ${message}`).concat(unknownKeys.map((key) => `unknown key ${key}`));
}
