import type { Refusal } from '../../domain/refusals.js';
import { refusalSentence, type Help } from '../texts/refusals.js';
import { ACCENT, framed, row, text, type View } from './layout.js';
import type { APIComponentInMessageActionRow } from 'discord.js';

/** One sentence or a few, where nothing else is to be shown. */
export function saidView(...lines: readonly string[]): View {
  return framed(ACCENT.calm, [text(...lines)]);
}

/** What could not be done just now, and whether to try again. `buttons` keep what can be pressed again. */
export function troubleView(line: string, ...buttons: readonly APIComponentInMessageActionRow[]): View {
  return framed(ACCENT.waiting, [text(line), row(...buttons)]);
}

export function refusalView(refusal: Refusal, help: Help): View {
  const { what, hint, points } = refusalSentence(refusal, help);
  return framed(ACCENT.waiting, [text(`**${what}**`, hint, `-# ${points}`)]);
}
