import { useLayoutEffect, useRef } from 'preact/hooks';
import type { FeedChannel } from '../../control/feed-types.js';
import type { SeenMessage } from '../../user/seen.js';
import { Refused } from '../api.js';
import { useClient } from '../hooks.js';
import { useToast } from './toast.js';

const MESSAGE_COMMAND = 3;
const MENU_WIDTH_PX = 208;

/** Where the menu was opened; no coordinates = under its button. */
export interface MenuPlace {
  readonly x?: number;
  readonly y?: number;
}

interface Props {
  message: SeenMessage;
  channel: FeedChannel;
  place: MenuPlace | undefined;
  onPlace: (place: MenuPlace | undefined) => void;
}

/** What can be done with a message: the apps' commands and copying. */
export function MessageMenu({ message, channel, place, onPlace }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    onPlace(undefined);
    button.current?.focus();
  };
  return (
    <div class="message-tools">
      <button
        type="button"
        ref={button}
        class="more"
        aria-haspopup="menu"
        aria-expanded={place !== undefined}
        aria-label={`More for the message of ${message.author}`}
        onClick={() => { onPlace(place === undefined ? {} : undefined); }}
      >
        More
      </button>
      {place !== undefined && <Menu message={message} channel={channel} place={place.x === undefined ? underButton(button.current) : place} onClose={close} />}
    </div>
  );
}

function underButton(button: HTMLButtonElement | null): MenuPlace {
  const { right = 0, bottom = 0 } = button?.getBoundingClientRect() ?? {};
  return { x: right - MENU_WIDTH_PX, y: bottom + 2 };
}

function Menu({ message, channel, place, onClose }: Omit<Props, 'onPlace' | 'place'> & { place: MenuPlace; onClose: () => void }) {
  const client = useClient();
  const say = useToast();
  const menu = useRef<HTMLDivElement>(null);
  const commands = message.ephemeral ? [] : channel.commands.filter(({ type }) => type === MESSAGE_COMMAND);
  useLayoutEffect(() => {
    const element = menu.current;
    element?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    if (element !== null) {
      element.style.left = `${Math.max(8, Math.min(place.x ?? 0, window.innerWidth - element.offsetWidth - 8))}px`;
      element.style.top = `${Math.max(8, Math.min(place.y ?? 0, window.innerHeight - element.offsetHeight - 8))}px`;
    }
    const away = (event: PointerEvent): void => {
      if (event.target instanceof Node && element?.contains(event.target) !== true) onClose();
    };
    document.addEventListener('pointerdown', away);
    return () => {
      document.removeEventListener('pointerdown', away);
    };
  }, []);
  const run = (name: string): void => {
    onClose();
    client.act({ kind: 'message-command', messageId: message.id, name }).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      say(error.message);
    });
  };
  const copy = (text: string, what: string): void => {
    onClose();
    navigator.clipboard.writeText(text).then(
      () => { say(`${what} copied.`); },
      () => { say('The browser does not allow copying.'); },
    );
  };
  return (
    <div ref={menu} class="menu" role="menu" aria-label="Message" onKeyDown={(event) => { moveInMenu(event, onClose); }}>
      {commands.length > 0 && (
        <div role="group" aria-label="Apps">
          <p class="menu-title" aria-hidden="true">Apps</p>
          {commands.map(({ id, name }) => <button key={id} type="button" role="menuitem" tabIndex={-1} onClick={() => { run(name); }}>{name}</button>)}
        </div>
      )}
      <button type="button" role="menuitem" tabIndex={-1} onClick={() => { copy(plainText(message), 'Text'); }}>Copy text</button>
      <button type="button" role="menuitem" tabIndex={-1} onClick={() => { copy(message.id, 'Message id'); }}>Copy message id</button>
    </div>
  );
}

function moveInMenu(event: KeyboardEvent, onClose: () => void): void {
  const { currentTarget } = event;
  if (!(currentTarget instanceof HTMLElement)) return;
  const items = [...currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.findIndex((item) => item === document.activeElement);
  const goals: Readonly<Record<string, number>> = { ArrowDown: (at + 1) % items.length, ArrowUp: (at + items.length - 1) % items.length, Home: 0, End: items.length - 1 };
  const goal = goals[event.key];
  if (event.key === 'Escape' || event.key === 'Tab') onClose();
  else if (goal !== undefined) items[goal]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

const plainText = (message: SeenMessage): string => {
  const texts = (components: SeenMessage['components']): string[] => components.flatMap(({ content, components: below }) => [...(content === undefined ? [] : [content]), ...texts(below ?? [])]);
  return [message.content, ...texts(message.components)].filter((text) => text !== '').join('\n');
};
