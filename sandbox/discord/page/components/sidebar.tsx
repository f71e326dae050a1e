import { useEffect, useRef } from 'preact/hooks';
import type { FeedChannel } from '../../control/feed-types.js';
import { useClientState } from '../hooks.js';
import { channelAt, placeOf, unreadIn } from '../state.js';
import { Avatar } from './avatar.js';

interface Props {
  isOpen: boolean;
  onClose: () => void;
}

/** Who one is and where one can go. On narrow screens it lies over the messages while it is open. */
export function Sidebar({ isOpen, onClose }: Props) {
  const channels = useClientState((state) => state.channels);
  const first = useRef<HTMLElement>(null);
  const servers = [...new Set(channels.flatMap(({ server }) => (server === undefined ? [] : [server])))];
  useEffect(() => {
    if (isOpen) first.current?.querySelector<HTMLElement>('input:checked, a')?.focus();
  }, [isOpen]);
  return (
    <aside id="sidebar" class={`sidebar${isOpen ? ' is-open' : ''}`} aria-label="People and channels" ref={first}>
      <PeoplePicker />
      <nav aria-label="Channels" onClick={onClose}>
        <ChannelGroup title="Direct messages" channels={channels.filter(({ kind }) => kind === 'dm')} />
        {servers.map((server) => (
          <ChannelGroup key={server} title={server} channels={channels.filter((channel) => channel.server === server)} />
        ))}
      </nav>
    </aside>
  );
}

function PeoplePicker() {
  const people = useClientState((state) => state.people);
  const person = useClientState((state) => state.person);
  const place = useClientState((state) => state.place);
  return (
    <fieldset class="people">
      <legend>You are</legend>
      {people.filter(({ isBot }) => !isBot).map(({ id, name, displayName, isOperator }) => (
        <label key={id} class="person">
          <input type="radio" name="person" value={name} checked={name === person} onChange={() => { location.hash = `#/${name}/${/^\d+$/.test(place) ? 'training' : place}`; }} />
          <Avatar id={id} name={displayName} />
          <span>
            {displayName}
            {isOperator && <small> operator</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function ChannelGroup({ title, channels }: { title: string; channels: readonly FeedChannel[] }) {
  if (channels.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul>
        {channels.map((channel) => (
          <li key={channel.id}>
            <ChannelLink channel={channel} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ChannelLink({ channel }: { channel: FeedChannel }) {
  const person = useClientState((state) => state.person);
  const isOpen = useClientState((state) => channelAt(state)?.id === channel.id);
  const messages = useClientState((state) => unreadIn(state, channel).messages);
  const pings = useClientState((state) => unreadIn(state, channel).pings);
  return (
    <a href={`#/${person}/${placeOf(channel)}`} class={messages > 0 ? 'channel is-unread' : 'channel'} {...(isOpen ? { 'aria-current': 'page' as const } : {})}>
      {channel.kind === 'dm' ? 'Trainyard' : <><span aria-hidden="true"># </span>{channel.name}</>}
      {pings > 0 && <span class="badge"><span aria-hidden="true">{pings}</span><span class="hidden">, {pings} for you</span></span>}
      {pings === 0 && messages > 0 && <span class="dot"><span class="hidden">, unread</span></span>}
    </a>
  );
}
