import { memo } from 'preact/compat';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { FeedChannel } from '../../control/feed-types.js';
import type { SeenMessage } from '../../user/seen.js';
import { useClient, useClientState, useDomId } from '../hooks.js';
import { runAddress, runIdIn } from '../run-link.js';
import { isAfter } from '../state.js';
import { Attachments } from './attachments.js';
import { ComponentList } from './component-view.js';
import { Embed } from './embed.js';
import { Markdown } from './markdown.js';
import { MessageHeader } from './message-header.js';
import { MessageMenu, type MenuPlace } from './message-menu.js';

interface Props {
  message: SeenMessage;
  channel: FeedChannel;
}

/** One message with its menu. It is drawn again only when it changes. */
export const Message = memo(function Message({ message, channel }: Props) {
  const client = useClient();
  const [menu, setMenu] = useState<MenuPlace>();
  const article = useKeptFocus(message);
  const headId = useDomId('head');
  const failure = useClientState(({ interactions, dismissed }) => {
    const acts = [...interactions.values()].filter((act) => act.sourceMessageId === message.id && act.kind === 'component');
    const latest = acts.sort((one, other) => (isAfter(one.id, other.id) ? -1 : 1))[0];
    return latest === undefined || dismissed.has(latest.id) ? undefined : latest.failure;
  });
  return (
    <article
      ref={article}
      class={['message', message.ephemeral ? 'is-private' : '', message.pinged ? 'is-ping' : ''].join(' ').trim()}
      aria-labelledby={headId}
      data-message-id={message.id}
      tabIndex={-1}
      onContextMenu={(event) => {
        // Links and pictures keep the browser's own menu.
        if (event.target instanceof Element && event.target.closest('a, img') !== null) return;
        event.preventDefault();
        setMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      <MessageHeader message={message} headId={headId} />
      <div class="message-body">
        {message.thinking ? <p class="thinking">{message.author} is thinking…</p> : <MessageContent message={message} />}
        {failure !== undefined && <p class="failure" role="alert">{failure}</p>}
        <RunLink message={message} />
        {message.ephemeral && !message.thinking && (
          <p class="private-note">
            Only you can see this · <button type="button" class="text-button" onClick={() => { client.dismiss(message.id); }}>Dismiss message</button>
          </p>
        )}
      </div>
      <MessageMenu message={message} channel={channel} place={menu} onPlace={setMenu} />
    </article>
  );
});

function MessageContent({ message }: { message: SeenMessage }) {
  return (
    <>
      {message.content !== '' && <Markdown text={message.content} />}
      {message.embeds.map((embed, index) => <Embed key={index} embed={embed} />)}
      <ComponentList components={message.components} messageId={message.id} />
      <Attachments message={message} />
    </>
  );
}

function RunLink({ message }: { message: SeenMessage }) {
  const template = useClientState((state) => state.runLink);
  const runId = runIdIn(message.components, message.content);
  if (template === undefined || runId === undefined) return null;
  return (
    <p class="run-link">
      <a href={runAddress(template, runId)} target="_blank" rel="noopener noreferrer">Open in Temporal Web UI</a>
    </p>
  );
}

/** When a change takes the focused button away, the focus stays on the message instead of falling to the page. */
function useKeptFocus(message: SeenMessage) {
  const article = useRef<HTMLElement>(null);
  const hadFocus = useRef(false);
  hadFocus.current = article.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (hadFocus.current && isLost) article.current?.focus({ preventScroll: true });
  }, [message]);
  return article;
}
