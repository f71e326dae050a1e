import type { Gateway } from '../gateway/gateway.js';
import type { Change, ChangeKind } from '../journal.js';
import { ELSEWHERE_GUILD_ID, GUILD_ID, GUILD_NAME, OPERATOR_ROLE_ID } from '../people.js';
import { usableCommands } from '../user/command-input.js';
import { seenInteraction, seenMessage, seesChannel, seesMessage, visibleMessages } from '../user/view.js';
import { type Channel, directChannel, type User, type World } from '../world.js';
import type { Feed, FeedChannel, FeedPerson } from './feed-types.js';

const GUILD_NAMES: ReadonlyMap<string, string> = new Map([
  [GUILD_ID, GUILD_NAME],
  [ELSEWHERE_GUILD_ID, 'A server without the bot'],
]);
const UNSEEN: readonly ChangeKind[] = ['call', 'violation'];

export interface FeedRequest {
  user: User;
  /** What the client knows: nothing when absent or from another start. */
  epoch: string;
  after: number;
  timeoutMs: number;
  runLink?: string;
}

/** Waits for something the person's client shows, and returns what changed for it. */
export async function readFeed(world: World, gateway: Gateway, request: FeedRequest): Promise<Feed> {
  const { user, runLink } = request;
  directChannel(world, user.id);
  const changes = await changesFor(world, request);
  const { seq } = world.journal;
  const ids = (...kinds: ChangeKind[]): string[] => [...new Set((changes ?? []).filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id))];
  const touched = ids('message').map((id) => ({ id, message: world.messages.get(id) }));
  return {
    epoch: world.epoch,
    seq,
    now: world.clock.now(),
    whole: changes === undefined,
    botConnected: gateway.isConnected(),
    uploadLimitBytes: world.uploadLimitBytes,
    ...(runLink === undefined ? {} : { runLink }),
    people: [...world.users.values()].map(feedPerson),
    channels: [...world.channels.values()].filter((channel) => seesChannel(channel, user)).map((channel) => feedChannel(world, channel, user)),
    messages: changes === undefined ? visibleMessages(world, user, undefined) : touched.flatMap(({ message }) => (seesMessage(world, message, user) ? [seenMessage(world, message, user)] : [])),
    gone: touched.filter(({ message }) => message?.deleted !== false).map(({ id }) => id),
    interactions: ids('interaction', 'modal', 'failure', 'choices').flatMap((id) => {
      const interaction = world.interactions.get(id);
      return interaction?.userId === user.id ? [seenInteraction(world, interaction, user)] : [];
    }),
  };
}

/** `undefined`: the client must learn everything anew. */
async function changesFor(world: World, { epoch, after, timeoutMs }: FeedRequest): Promise<readonly Change[] | undefined> {
  const { journal } = world;
  if (epoch !== world.epoch || after > journal.seq) return undefined;
  const endsAt = performance.now() + timeoutMs;
  for (let seen = after; ; ) {
    const changes = journal.changesAfter(after);
    const isTorn = journal.seq > after && changes[0]?.seq !== after + 1;
    if (isTorn) return undefined;
    const shown = changes.filter(({ kind }) => !UNSEEN.includes(kind));
    const leftMs = endsAt - performance.now();
    if (shown.length > 0 || leftMs <= 0) return shown;
    seen = Math.max(seen, journal.seq);
    await journal.waitForChange(seen, leftMs);
    // Woken without news: the time is over, or the stand-in stops.
    if (journal.seq === seen) return [];
  }
}

const feedPerson = (user: User): FeedPerson => ({ id: user.id, name: user.username, displayName: user.displayName, isOperator: user.roles.includes(OPERATOR_ROLE_ID), isBot: user.bot });

function feedChannel(world: World, channel: Channel, user: User): FeedChannel {
  const server = GUILD_NAMES.get(channel.guildId ?? '');
  return {
    id: channel.id,
    name: channel.name,
    kind: channel.type === 1 ? 'dm' : channel.type === 11 ? 'thread' : 'channel',
    ...(server === undefined ? {} : { server }),
    archived: channel.archived,
    commands: usableCommands(world, channel, user),
  };
}
