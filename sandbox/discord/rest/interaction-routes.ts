import { IncomingWebhookInteractionRequestSchema, IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema } from 'discord-api-spec/zod';
import { invalidForm, refuse } from '../errors.js';
import { answerInteraction, type Callback } from '../interactions/callback.js';
import { requireLiveToken } from '../interactions/lifecycle.js';
import { messageObject } from '../messages/objects.js';
import { createMessage, deleteMessage, editMessage } from '../messages/store.js';
import { type MessageBody, MessageFlag } from '../wire.js';
import type { Channel, Interaction, StoredMessage, World } from '../world.js';
import { cleanMessageBody, readMessageBody, withIdStrings } from './message-body.js';
import { noContent, ok, type RestContext, type Route } from './route.js';

const MAX_USER_INSTALL_FOLLOW_UPS = 5;
const WEBHOOK_BUCKET = { limit: 5, windowMs: 5_000 } as const;

function callback(context: RestContext) {
  const { world, params, query, body, checkBody } = context;
  const given = body.json;
  if (typeof given !== 'object' || given === null) {
    throw invalidForm([{ path: ['type'], code: 'BASE_TYPE_REQUIRED', message: 'This field is required', rule: 'schema' }]);
  }
  const data = 'data' in given && typeof given.data === 'object' && given.data !== null ? { data: withIdStrings(given.data) } : {};
  const checked = { ...given, ...data } as unknown as Callback;
  const cleaned = checked.data === undefined ? checked : { ...checked, data: cleanMessageBody(checked.data) as Record<string, unknown> };
  const response = answerInteraction(world, params.id ?? '', params.token ?? '', cleaned, body.files, (schema) => {
    checkBody(schema, checked);
  });
  return query.with_response === 'true' ? ok(response) : noContent;
}

function followUp(context: RestContext) {
  const { world, body, params } = context;
  const interaction = requireLiveToken(world, params.app ?? '', params.token ?? '');
  const message = readMessageBody(context, IncomingWebhookInteractionRequestSchema);
  const channel = channelOf(world, interaction);
  const original = originalOf(world, interaction);
  // Discord's quirk: the first follow-up after a defer fills the "thinking…" message, whatever its own EPHEMERAL flag says.
  if (original !== undefined && (original.flags & MessageFlag.Loading) !== 0) {
    editMessage(world, original, message, body.files);
    return ok(messageObject(world, original));
  }
  if (interaction.userInstalled && interaction.followUpIds.length >= MAX_USER_INSTALL_FOLLOW_UPS) throw refuse.tooManyFollowUps();
  const created = createMessage(world, { channel, body: message, files: body.files, interactionId: interaction.id, ...audienceOf(message, interaction) });
  interaction.followUpIds.push(created.id);
  world.journal.changed('interaction', interaction.id);
  return ok(messageObject(world, created));
}

const audienceOf = (body: MessageBody, interaction: Interaction): { onlyFor?: string } => (((body.flags ?? 0) & MessageFlag.Ephemeral) === 0 ? {} : { onlyFor: interaction.userId });

function edit(context: RestContext) {
  const { world, body } = context;
  const message = messageOf(context);
  editMessage(world, message, readMessageBody(context, IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema), body.files);
  return ok(messageObject(world, message));
}

function remove(context: RestContext) {
  deleteMessage(context.world, messageOf(context));
  return noContent;
}

/** `@original` or one of the interaction's follow-ups; every other id is unknown to this token. */
function messageOf({ world, params }: RestContext): StoredMessage {
  const interaction = requireLiveToken(world, params.app ?? '', params.token ?? '');
  const message = params.message === '@original' ? originalOf(world, interaction) : ownMessage(world, interaction, params.message ?? '');
  if (message === undefined || message.deleted) throw refuse.unknownMessage();
  return message;
}

const ownMessage = (world: World, interaction: Interaction, id: string): StoredMessage | undefined =>
  id === interaction.originalId || interaction.followUpIds.includes(id) ? world.messages.get(id) : undefined;

const originalOf = (world: World, { originalId }: Interaction): StoredMessage | undefined => (originalId === undefined ? undefined : world.messages.get(originalId));

function channelOf(world: World, interaction: Interaction): Channel {
  const channel = world.channels.get(interaction.channelId);
  if (channel === undefined || channel.deleted) throw refuse.unknownChannel();
  return channel;
}

export const interactionRoutes: readonly Route[] = [
  { method: 'POST', pattern: '/interactions/:id/:token/callback', auth: 'token', handle: callback },
  { method: 'POST', pattern: '/webhooks/:app/:token', auth: 'token', bucket: WEBHOOK_BUCKET, major: 'token', handle: followUp },
  {
    method: 'GET',
    pattern: '/webhooks/:app/:token/messages/:message',
    auth: 'token',
    bucket: WEBHOOK_BUCKET,
    major: 'token',
    handle: (context) => ok(messageObject(context.world, messageOf(context))),
  },
  { method: 'PATCH', pattern: '/webhooks/:app/:token/messages/:message', auth: 'token', bucket: WEBHOOK_BUCKET, major: 'token', handle: edit },
  { method: 'DELETE', pattern: '/webhooks/:app/:token/messages/:message', auth: 'token', bucket: WEBHOOK_BUCKET, major: 'token', handle: remove },
];
