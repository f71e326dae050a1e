import { randomBytes } from 'node:crypto';
import { refuse } from '../errors.js';
import { messageObject } from '../messages/objects.js';
import { deleteMessage } from '../messages/store.js';
import { ELSEWHERE_GUILD_ID, STAND_IN_SECRET } from '../people.js';
import { MessageFlag } from '../wire.js';
import type { Channel, Interaction, InteractionKind, StoredMessage, User, World } from '../world.js';
import { interactionPayload } from './payload.js';

/** Time for the first response. */
const ACKNOWLEDGE_WITHIN_MS = 3_000;
/** Life of a token after that. */
const TOKEN_LIFETIME_MS = 15 * 60_000;

/** What Discord's client shows when the bot does not answer in time. */
const SILENCE: Readonly<Record<InteractionKind, string>> = {
  command: 'The application did not respond',
  component: 'This interaction failed',
  autocomplete: 'Loading options failed',
  modal: 'Something went wrong. Try again.',
};

export interface NewInteraction {
  kind: InteractionKind;
  user: User;
  channel: Channel;
  data: Record<string, unknown>;
  label: string;
  source?: StoredMessage;
  /** The interaction that showed the submitted form. */
  modalOf?: string;
}

/** Creates an interaction and starts its deadline; the caller dispatches `payload` to the bot. */
export function openInteraction(world: World, { kind, user, channel, data, label, source, modalOf }: NewInteraction): Interaction {
  const id = world.nextId();
  const token = `${STAND_IN_SECRET}${randomBytes(86).toString('base64url')}`;
  const userInstalled = channel.guildId === ELSEWHERE_GUILD_ID;
  const payload = interactionPayload(world, {
    id,
    token,
    kind,
    user,
    channel,
    userInstalled,
    data,
    ...(source === undefined ? {} : { message: messageObject(world, source) }),
  });
  const interaction: Interaction = {
    id,
    token,
    kind,
    userId: user.id,
    channelId: channel.id,
    ...(channel.guildId === undefined ? {} : { guildId: channel.guildId }),
    userInstalled,
    createdAt: world.clock.now(),
    ...(source === undefined ? {} : { sourceMessageId: source.id }),
    ...(modalOf === undefined ? {} : { modalOf }),
    label,
    payload,
    followUpIds: [],
  };
  world.interactions.set(id, interaction);
  world.journal.changed('interaction', id);
  world.clock.after(ACKNOWLEDGE_WITHIN_MS, () => {
    if (interaction.acknowledgedAt === undefined) fail(world, interaction);
  });
  return interaction;
}

function fail(world: World, interaction: Interaction): void {
  interaction.failure = SILENCE[interaction.kind];
  world.journal.changed('failure', interaction.id);
}

/** The interaction a callback may still answer. Throws 10062 when it is unknown or late, 40060 when it is answered. */
export function requireUnanswered(world: World, id: string, token: string): Interaction {
  const interaction = world.interactions.get(id);
  if (interaction?.token !== token) throw refuse.unknownInteraction();
  if (interaction.acknowledgedAt !== undefined) throw refuse.alreadyAcknowledged();
  if (world.clock.now() - interaction.createdAt > ACKNOWLEDGE_WITHIN_MS) throw refuse.unknownInteraction();
  return interaction;
}

export function acknowledge(world: World, interaction: Interaction, callbackType: number): void {
  interaction.acknowledgedAt = world.clock.now();
  interaction.callbackType = callbackType;
  world.journal.changed('interaction', interaction.id);
  world.clock.after(TOKEN_LIFETIME_MS, () => {
    const original = interaction.originalId === undefined ? undefined : world.messages.get(interaction.originalId);
    if (original === undefined || original.deleted || (original.flags & MessageFlag.Loading) === 0) return;
    // A "thinking…" nobody filled turns into a failure when its token dies.
    deleteMessage(world, original);
    fail(world, interaction);
  });
}

/** The interaction whose token still works. Throws 10015 for an unknown token, 50027 for an unanswered or expired one. */
export function requireLiveToken(world: World, applicationId: string, token: string): Interaction {
  const interaction = [...world.interactions.values()].find((one) => one.token === token);
  if (interaction?.payload.application_id !== applicationId) throw refuse.unknownWebhook();
  if (world.clock.now() - interaction.createdAt > TOKEN_LIFETIME_MS) throw refuse.invalidWebhookToken();
  if (interaction.acknowledgedAt === undefined) throw refuse.unknownWebhook();
  return interaction;
}
