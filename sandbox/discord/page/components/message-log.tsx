import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FeedChannel } from '../../control/feed-types.js';
import type { SeenInteraction, SeenMessage } from '../../user/seen.js';
import { useClient, useClientState } from '../hooks.js';
import { isAfter } from '../state.js';
import { ActRow } from './act-row.js';
import { Message } from './message.js';

/** How far from the end still counts as at the end, in pixels. */
const END_SLACK_PX = 40;

type Row = { readonly id: string; readonly message: SeenMessage } | { readonly id: string; readonly act: SeenInteraction };

/** The messages of a channel, oldest first. It follows the end only while the person is there. */
export function MessageLog({ channel, name }: { channel: FeedChannel; name: string }) {
  const client = useClient();
  const rows = useRows(channel.id);
  const log = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  const [isBehind, setBehind] = useState(false);
  const me = useClientState((state) => state.people.find((one) => one.name === state.person)?.id);
  const last = rows.at(-1)?.id;

  const toEnd = (): void => {
    if (log.current !== null) log.current.scrollTop = log.current.scrollHeight;
  };
  const noteRead = (): void => {
    const newest = rows.findLast((row) => 'message' in row)?.id;
    if (newest !== undefined && atEnd.current && document.visibilityState === 'visible') client.markRead(channel.id, newest);
  };
  useLayoutEffect(() => {
    if (isOwn(rows.at(-1), me)) atEnd.current = true;
    if (atEnd.current) toEnd();
    else setBehind(true);
    noteRead();
  }, [last]);
  useEffect(() => {
    // Cards grow and pictures arrive: at the end, the end stays in view.
    const observer = new ResizeObserver(() => { if (atEnd.current) toEnd(); });
    if (list.current !== null) observer.observe(list.current);
    if (log.current !== null) observer.observe(log.current);
    document.addEventListener('visibilitychange', noteRead);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', noteRead);
    };
  });
  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = log.current ?? { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };
    const isNear = scrollHeight - scrollTop - clientHeight < END_SLACK_PX;
    // A card that grew has left the end behind, not the person: only who scrolls up leaves it.
    if (isNear || scrollTop < lastTop.current) atEnd.current = isNear;
    lastTop.current = scrollTop;
    if (!atEnd.current) return;
    setBehind(false);
    noteRead();
  };
  return (
    <div class="log-frame">
      <div class="log" role="log" aria-label={`Messages in ${name}`} aria-relevant="additions" tabIndex={0} ref={log} onScroll={onScroll} onKeyDown={moveBetweenMessages}>
        {rows.length === 0 && <p class="empty">Nothing here yet. Type / below to see what the bot can do. Messages last until the stand-in is stopped; datasets and models stay.</p>}
        <ol ref={list}>
          {rows.map((row) => (
            <li key={row.id}>{'message' in row ? <Message message={row.message} channel={channel} /> : <ActRow act={row.act} />}</li>
          ))}
        </ol>
      </div>
      {isBehind && <button type="button" class="to-end" onClick={() => { toEnd(); }}>New messages below</button>}
    </div>
  );
}

/** What the person does brings the end into view; what others do does not. */
const isOwn = (row: Row | undefined, me: string | undefined): boolean => row !== undefined && ('act' in row || row.message.authorId === me);

/** Messages, and among them the person's commands that have no answer. */
function useRows(channelId: string): readonly Row[] {
  const messages = useClientState((state) => state.messages);
  const interactions = useClientState((state) => state.interactions);
  const own = useClientState((state) => state.own);
  const dismissed = useClientState((state) => state.dismissed);
  return useMemo(() => {
    const shown = [...messages.values()].filter((message) => message.channelId === channelId && !dismissed.has(message.id));
    const acts = [...interactions.values()].filter((act) => act.channelId === channelId && act.kind === 'command' && !dismissed.has(act.id) && (act.failure !== undefined || (act.acknowledgedAt === undefined && own.has(act.id))));
    return [...shown.map((message): Row => ({ id: message.id, message })), ...acts.map((act): Row => ({ id: act.id, act }))].sort((one, other) => (isAfter(one.id, other.id) ? 1 : -1));
  }, [messages, interactions, own, dismissed, channelId]);
}

/** Arrow keys go from message to message, when the focus is on one or on the log itself. */
function moveBetweenMessages(event: KeyboardEvent): void {
  const steps: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };
  const step = steps[event.key];
  const { target, currentTarget } = event;
  if (step === undefined || !(target instanceof HTMLElement) || !(currentTarget instanceof HTMLElement)) return;
  if (target !== currentTarget && !target.matches('article')) return;
  const articles = [...currentTarget.querySelectorAll<HTMLElement>('article')];
  const at = articles.findIndex((article) => article === target);
  const next = at === -1 ? articles.at(-1) : articles[at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
