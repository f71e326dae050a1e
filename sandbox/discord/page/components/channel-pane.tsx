import { useState } from 'preact/hooks';
import type { FeedChannel } from '../../control/feed-types.js';
import { useClientState } from '../hooks.js';
import { Composer } from './composer.js';
import { MessageLog } from './message-log.js';

interface Props {
  channel: FeedChannel;
  isMenuOpen: boolean;
  onMenu: () => void;
}

/** One channel: its name, its messages and where one writes. Files dropped anywhere on it go to the composer. */
export function ChannelPane({ channel, isMenuOpen, onMenu }: Props) {
  const person = useClientState((state) => state.people.find(({ name }) => name === state.person)?.displayName ?? '');
  const [dropped, setDropped] = useState<readonly File[]>([]);
  const [isOver, setOver] = useState(false);
  const name = channel.kind === 'dm' ? 'Trainyard' : `#${channel.name}`;
  return (
    <div
      class={`channel-pane${isOver ? ' is-drop-target' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => { if (event.currentTarget === event.target) setOver(false); }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        setDropped([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <div class="channel-header">
        <button type="button" class="menu-button" aria-expanded={isMenuOpen} aria-controls="sidebar" onClick={onMenu}>
          Menu
        </button>
        <h2>{channel.kind === 'dm' ? 'Trainyard' : <><span aria-hidden="true"># </span>{channel.name}</>}</h2>
        <span class="channel-note">{channel.kind === 'dm' ? `Direct messages of ${person} with the bot` : channel.server}</span>
      </div>
      <MessageLog channel={channel} name={name} />
      <Composer channel={channel} name={name} dropped={dropped} />
    </div>
  );
}
