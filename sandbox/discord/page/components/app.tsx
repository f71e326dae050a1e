import { useEffect, useState } from 'preact/hooks';
import { useClient, useClientState } from '../hooks.js';
import { channelAt, unreadIn } from '../state.js';
import { ChannelPane } from './channel-pane.js';
import { FormDialog } from './form-dialog.js';
import { PictureDialog } from './picture-dialog.js';
import { Sidebar } from './sidebar.js';

/** The whole page. */
export function App() {
  const client = useClient();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const person = useClientState((state) => state.person);
  const channel = useClientState(channelAt);
  const openForm = useClientState((state) => state.openForm);
  const picture = useClientState((state) => state.picture);
  const form = useClientState((state) => state.interactions.get(state.openForm ?? '')?.modal);
  const pings = useClientState((state) => state.channels.reduce((sum, one) => sum + unreadIn(state, one).pings, 0));
  const name = channel === undefined ? '' : channel.kind === 'dm' ? 'Direct messages' : `#${channel.name}`;

  useEffect(() => {
    document.title = `${pings > 0 ? `(${pings}) ` : ''}${name === '' ? '' : `${name} · `}Try Trainyard`;
  }, [pings, name]);

  useEffect(() => {
    document.addEventListener('keydown', typeIntoComposer);
    return () => {
      document.removeEventListener('keydown', typeIntoComposer);
    };
  }, []);

  return (
    <div class="app" onKeyDown={(event) => { if (event.key === 'Escape') setMenuOpen(false); }}>
      <Notice />
      <div class="columns">
        <Sidebar isOpen={isMenuOpen} onClose={() => { setMenuOpen(false); }} />
        <main class="pane" aria-label={name}>
          {channel !== undefined && <ChannelPane key={`${person}/${channel.id}`} channel={channel} isMenuOpen={isMenuOpen} onMenu={() => { setMenuOpen(!isMenuOpen); }} />}
        </main>
      </div>
      {form !== undefined && <FormDialog key={openForm} form={form} onClose={() => { client.change({ openForm: undefined }); }} />}
      {picture !== undefined && <PictureDialog picture={picture} onClose={() => { client.change({ picture: undefined }); }} />}
    </div>
  );
}

const composer = (): HTMLElement | null => document.querySelector<HTMLElement>('.composer input[role=combobox]');

/** Whoever begins to type outside a field means to write. */
function typeIntoComposer({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent): void {
  const isText = key.length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey;
  if (!isText || !(target instanceof Element) || target.closest('input, textarea, select, dialog, [role=combobox], [role=menu]') !== null) return;
  composer()?.focus();
}

/** Says what this page is, and whether it works. */
function Notice() {
  const connection = useClientState((state) => state.connection);
  const botConnected = useClientState((state) => state.botConnected);
  return (
    <header class="notice">
      <button type="button" class="skip-link" onClick={() => composer()?.focus()}>Skip to where you write</button>
      <h1>Try Trainyard</h1>
      <p>This is a stand-in of Discord on this machine. It is not Discord, and nothing you do here leaves this machine.</p>
      <p class="notice-state" role="status">
        {connection === 'lost' && 'The stand-in does not answer; this page tries again.'}
        {connection === 'live' && !botConnected && 'The bot is not connected yet.'}
      </p>
    </header>
  );
}
