import type { Refusal } from '../../domain/refusals.js';
import type { Help } from '../texts/en/refusals.js';
import { ACCENT, framed, row, text, type View } from './layout.js';
import type { APIComponentInMessageActionRow } from 'discord.js';
import type { Texts } from '../texts/texts.js';

/** One sentence or a few, where nothing else is to be shown. */
export function saidView(...lines: readonly string[]): View {
  return framed(ACCENT.calm, [text(...lines)]);
}

/** What could not be done just now, and whether to try again. `buttons` keep what can be pressed again. */
export function troubleView(line: string, ...buttons: readonly APIComponentInMessageActionRow[]): View {
  return framed(ACCENT.waiting, [text(line), row(...buttons)]);
}

export function refusalView(t: Texts, refusal: Refusal, help: Help): View {
  const { what, hint, points } = t.refusal(refusal, help);
  return framed(ACCENT.waiting, [text(`**${what}**`, hint, `-# ${points}`)]);
}
