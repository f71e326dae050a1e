import { useMemo, useState } from 'preact/hooks';
import { parseMarkdown } from '../markdown/blocks.js';
import type { Block, Inline, List, TimeStyle } from '../markdown/nodes.js';
import { useClientState, useNow } from '../hooks.js';
import { jumpTo } from '../jump.js';
import { timeText } from '../times.js';
import { placeOf } from '../state.js';

const SECOND_MS = 1_000;

/** A message's text. It becomes elements one by one; nothing a person wrote is ever read as HTML. */
export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return <div class="markdown">{blocks.map((block, index) => <BlockView key={index} block={block} />)}</div>;
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return <p><Inlines nodes={block.children} /></p>;
    case 'subtext':
      return <p class="subtext"><Inlines nodes={block.children} /></p>;
    case 'heading':
      // The page's own headings take two levels; a message may begin with any, so all of them are the third.
      return <h3 class={`level-${block.level}`}><Inlines nodes={block.children} /></h3>;
    case 'code':
      return <pre tabIndex={0}><code>{block.text}</code></pre>;
    case 'quote':
      return <blockquote>{block.blocks.map((inner, index) => <BlockView key={index} block={inner} />)}</blockquote>;
    case 'list':
      return <ListView list={block} />;
  }
}

function ListView({ list }: { list: List }) {
  const items = list.items.map((item, index) => (
    <li key={index}>
      <Inlines nodes={item.children} />
      {item.lists.map((below, at) => <ListView key={at} list={below} />)}
    </li>
  ));
  return list.ordered ? <ol start={list.start}>{items}</ol> : <ul>{items}</ul>;
}

function Inlines({ nodes }: { nodes: readonly Inline[] }) {
  return <>{nodes.map((node, index) => <InlineView key={index} node={node} />)}</>;
}

function InlineView({ node }: { node: Inline }) {
  switch (node.kind) {
    case 'text':
      return <>{node.text}</>;
    case 'break':
      return <br />;
    case 'bold':
      return <strong><Inlines nodes={node.children} /></strong>;
    case 'italic':
      return <em><Inlines nodes={node.children} /></em>;
    case 'underline':
      return <u><Inlines nodes={node.children} /></u>;
    case 'strike':
      return <s><Inlines nodes={node.children} /></s>;
    case 'spoiler':
      return <Spoiler nodes={node.children} />;
    case 'code':
      return <code>{node.text}</code>;
    case 'link':
      return <Link url={node.url} nodes={node.children} />;
    case 'mention':
      return <Mention of={node.of} id={node.id} />;
    case 'command':
      return <span class="mention">/{node.name}</span>;
    case 'time':
      return <Time seconds={node.seconds} style={node.style} />;
    case 'emoji':
      return <>:{node.name}:</>;
  }
}

// As Discord's clients do: an address of a message is a way to it, not to a web site.
const MESSAGE_URL = /^https:\/\/discord\.com\/channels\/(?:\d+|@me)\/(\d+)\/(\d+)$/;

function Link({ url, nodes }: { url: string; nodes: readonly Inline[] }) {
  const [, channelId, messageId = ''] = MESSAGE_URL.exec(url) ?? [];
  const channel = useClientState((state) => state.channels.find((one) => one.id === channelId));
  const me = useClientState((state) => state.person);
  if (channel === undefined) return <a href={url} target="_blank" rel="noopener noreferrer"><Inlines nodes={nodes} /></a>;
  const name = channel.kind === 'dm' ? 'Direct messages' : `#${channel.name}`;
  return <a class="mention" href={`#/${me}/${placeOf(channel)}`} onClick={() => { jumpTo(messageId); }}>{name} › message</a>;
}

function Mention({ of, id }: { of: 'user' | 'role' | 'channel'; id: string }) {
  const person = useClientState((state) => state.people.find((one) => one.id === id));
  const isMe = useClientState((state) => person !== undefined && person.name === state.person);
  const channel = useClientState((state) => state.channels.find((one) => one.id === id));
  const me = useClientState((state) => state.person);
  if (of === 'channel' && channel !== undefined) return <a class="mention" href={`#/${me}/${placeOf(channel)}`}>#{channel.name}</a>;
  if (of === 'user' && person !== undefined) return <span class={isMe ? 'mention is-me' : 'mention'}>@{person.displayName}</span>;
  return <span class="mention">{of === 'role' ? '@role' : of === 'channel' ? '#unknown' : '@unknown'}</span>;
}

function Time({ seconds, style }: { seconds: number; style: TimeStyle }) {
  const now = useNow(SECOND_MS);
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return <>Invalid date</>;
  return <time dateTime={date.toISOString()} title={timeText(seconds, 'F', now)}>{timeText(seconds, style, now)}</time>;
}

function Spoiler({ nodes }: { nodes: readonly Inline[] }) {
  const [isShown, setShown] = useState(false);
  if (isShown) return <span class="spoiler is-shown"><Inlines nodes={nodes} /></span>;
  return <button type="button" class="spoiler" aria-label="Spoiler: show" onClick={() => { setShown(true); }}>spoiler</button>;
}
