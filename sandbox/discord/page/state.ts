import type { Feed, FeedChannel, FeedPerson } from '../control/feed-types.js';
import type { SeenInteraction, SeenMessage } from '../user/seen.js';

export interface ClientState {
  /** Who sits in front of the page. */
  readonly person: string;
  /** Name or id of the open channel, as in the address. */
  readonly place: string;
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly epoch: string;
  readonly seq: number;
  /** The stand-in's clock minus this browser's, in ms. */
  readonly clockOffsetMs: number;
  readonly botConnected: boolean;
  readonly uploadLimitBytes: number;
  readonly runLink: string | undefined;
  readonly people: readonly FeedPerson[];
  readonly channels: readonly FeedChannel[];
  readonly messages: ReadonlyMap<string, SeenMessage>;
  readonly interactions: ReadonlyMap<string, SeenInteraction>;
  /** Acts begun on this page: their forms open here and nowhere else. */
  readonly own: ReadonlySet<string>;
  /** The interaction whose form is open. */
  readonly openForm: string | undefined;
  /** Private messages and failures the person has put away. */
  readonly dismissed: ReadonlySet<string>;
  /** By channel: the last message the person has seen. */
  readonly read: Readonly<Record<string, string>>;
  /** The picture shown large. */
  readonly picture: { readonly url: string; readonly alt: string } | undefined;
}

export const emptyState = (person: string, place: string): ClientState => ({
  person,
  place,
  connection: 'connecting',
  epoch: '',
  seq: 0,
  clockOffsetMs: 0,
  botConnected: false,
  uploadLimitBytes: 10 * 1024 * 1024,
  runLink: undefined,
  people: [],
  channels: [],
  messages: new Map(),
  interactions: new Map(),
  own: new Set(),
  openForm: undefined,
  dismissed: new Set(),
  read: {},
  picture: undefined,
});

/** What the person knows after a feed. Unchanged messages stay the same objects, so that only what changed is drawn again. */
export function withFeed(state: ClientState, feed: Feed, browserNow: number): ClientState {
  const messages = new Map(feed.whole ? [] : state.messages);
  for (const message of feed.messages) messages.set(message.id, message);
  for (const id of feed.gone) messages.delete(id);
  const interactions = new Map(feed.whole ? [] : state.interactions);
  for (const interaction of feed.interactions) interactions.set(interaction.id, interaction);
  const shownForm = feed.interactions.find(({ id, modal }) => modal !== undefined && state.own.has(id) && state.interactions.get(id)?.modal === undefined);
  const hasNewMessages = feed.whole || feed.messages.length + feed.gone.length > 0;
  return {
    ...state,
    connection: 'live',
    epoch: feed.epoch,
    seq: feed.seq,
    clockOffsetMs: feed.now - browserNow,
    botConnected: feed.botConnected,
    uploadLimitBytes: feed.uploadLimitBytes,
    runLink: feed.runLink,
    people: feed.people,
    channels: sameJson(state.channels, feed.channels) ? state.channels : feed.channels,
    messages: hasNewMessages ? inOrder(messages) : state.messages,
    interactions,
    openForm: shownForm?.id ?? (feed.whole ? undefined : state.openForm),
  };
}

/** The channel the address means, else the first one. */
export const channelAt = ({ channels, place }: Pick<ClientState, 'channels' | 'place'>): FeedChannel | undefined =>
  channels.find((channel) => (place === 'dm' ? channel.kind === 'dm' : channel.id === place || (channel.kind !== 'dm' && channel.name === place))) ?? channels[0];

/** How a channel stands in the address. */
export const placeOf = ({ kind, name }: Pick<FeedChannel, 'kind' | 'name'>): string => (kind === 'dm' ? 'dm' : name);

export interface Unread {
  readonly messages: number;
  readonly pings: number;
}

/** What came to a channel since the person last looked; their own and private messages do not count. */
export function unreadIn(state: ClientState, channel: FeedChannel): Unread {
  const me = state.people.find(({ name }) => name === state.person)?.id;
  const lastRead = state.read[channel.id] ?? '0';
  const unread = [...state.messages.values()].filter((message) => message.channelId === channel.id && !message.ephemeral && message.authorId !== me && isAfter(message.id, lastRead));
  return { messages: unread.length, pings: unread.filter(({ pinged }) => pinged).length };
}

/** Ids grow with time. */
export const isAfter = (id: string, other: string): boolean => id.length > other.length || (id.length === other.length && id > other);

const inOrder = (messages: ReadonlyMap<string, SeenMessage>): ReadonlyMap<string, SeenMessage> => new Map([...messages].sort(([one], [other]) => (isAfter(one, other) ? 1 : -1)));

const sameJson = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
