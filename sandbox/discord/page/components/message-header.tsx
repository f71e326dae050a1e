import type { SeenMessage } from '../../user/seen.js';
import { useClientState, useNow } from '../hooks.js';
import { jumpTo } from '../jump.js';
import { stampText } from '../times.js';
import { Avatar } from './avatar.js';

const MINUTE_MS = 60_000;

/** Who says it, when, and in answer to what. */
export function MessageHeader({ message, headId }: { message: SeenMessage; headId: string }) {
  const now = useNow(MINUTE_MS);
  const isBot = useClientState((state) => state.people.find(({ id }) => id === message.authorId)?.isBot ?? true);
  // The first text of a deferred answer is no change of it.
  const isEdited = !message.thinking && message.edits > (message.interactionId === undefined ? 0 : 1);
  return (
    <>
      <AnsweredTo message={message} />
      <Avatar id={message.authorId} name={message.author} />
      <p class="message-head" id={headId}>
        <strong>{message.author}</strong>
        {isBot && <span class="tag">app</span>}
        <time dateTime={new Date(message.createdAt).toISOString()}>{stampText(message.createdAt, now)}</time>
        {isEdited && <span class="edited">edited</span>}
      </p>
    </>
  );
}

/** What was run, without what was given: `/train start`. */
export const withoutOptions = (label: string): string => label.replace(/ [^\s:]+:.*$/s, '');

/** The command it answers, or the message it replies to. */
function AnsweredTo({ message }: { message: SeenMessage }) {
  const target = useClientState((state) => (message.replyTo === undefined ? undefined : state.messages.get(message.replyTo)));
  const me = useClientState((state) => state.people.find(({ name }) => name === state.person)?.id);
  if (message.askedBy?.kind === 'command') {
    return <p class="asked">{message.askedBy.userId === me ? 'You' : message.askedBy.name} used {withoutOptions(message.askedBy.label)}</p>;
  }
  if (message.replyTo === undefined) return null;
  const jump = (): void => { jumpTo(message.replyTo ?? ''); };
  return (
    <p class="asked">
      {target === undefined ? 'In reply to a message that is gone' : <>In reply to <button type="button" class="text-button" onClick={jump}>{target.author}’s message</button></>}
    </p>
  );
}
