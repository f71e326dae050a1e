import { escapeMarkdown } from 'discord.js';

// Control characters, line breaks, zero-width and bidirectional marks: none can be seen, all can deceive.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu;

/**
 * User text for a message: one line, without unseen characters, Markdown and mentions shown as they were typed.
 * Clamped to `maxLength` visible characters; escaping can at most double that.
 */
export function safe(text: string, maxLength = 200): string {
  const visible = clamp(plain(text), maxLength);
  const escaped = escapeMarkdown(visible, { heading: true, bulletedList: true, numberedList: true, maskedLink: true });
  return escaped.replace(/[<@]/gu, '\\$&').replace(/:\/\//gu, ':\\//');
}

/** User text for places that render no Markdown: labels of choices, buttons and selects. */
export function plain(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}

/** The text, cut to `maxLength` UTF-16 units with an ellipsis and never through a character. */
export function clamp(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let cut = '';
  for (const character of text) {
    if (cut.length + character.length > maxLength - 1) break;
    cut += character;
  }
  return `${cut}…`;
}
