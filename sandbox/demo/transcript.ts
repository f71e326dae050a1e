import { renderMessage, renderModal } from '../discord/driver/render-message.js';
import type { SeenMessage, SeenModal } from '../discord/user/view.js';

/** What the demo shows of a conversation, line by line. */
export interface Transcript {
  /** A heading between the parts of the play. */
  chapter(title: string): void;
  /** What somebody does. */
  act(who: string, what: string): void;
  message(message: SeenMessage): void;
  modal(modal: SeenModal): void;
  /** What happens outside of the conversation. */
  aside(text: string): void;
}

const INDENT = '    ';
/** A link of 150 signed characters tells a reader nothing. */
const LONG_LINK = /(https?:\/\/[^\s)]{60})[^\s)]+/g;
const TIME_TAG = /<t:(\d+)(?::([a-zA-Z]))?>/g;

export function createTranscript(write: (line: string) => void): Transcript {
  const block = (text: string): void => {
    for (const line of readable(text).split('\n')) write(`${INDENT}${line}`);
    write('');
  };
  return {
    chapter: (title) => {
      write(`── ${title} ${'─'.repeat(Math.max(3, 72 - title.length))}`);
      write('');
    },
    act: (who, what) => {
      write(`${who} ▸ ${what}`);
    },
    message: (message) => {
      block(renderMessage(message));
    },
    modal: (modal) => {
      block(renderModal(modal));
    },
    aside: (text) => {
      write(`  · ${text}`);
      write('');
    },
  };
}

/** As Discord's client shows it: times in words, links shortened. */
function readable(text: string): string {
  return text.replace(LONG_LINK, '$1…').replace(TIME_TAG, (_tag, seconds: string, style?: string) => {
    const time = new Date(Number(seconds) * 1000).toISOString();
    return style === 'f' ? `${time.slice(0, 10)} ${time.slice(11, 16)}` : time.slice(11, 16);
  });
}

export const silentTranscript: Transcript = createTranscript(() => undefined);
