import type { PickedFile } from '../../sandbox/discord/driver/http.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import { renderMessage } from '../../sandbox/discord/driver/render-message.js';
import type { DiscordUser, OptionInput } from '../../sandbox/discord/driver/user.js';
import type { SeenInteraction, SeenMessage } from '../../sandbox/discord/user/view.js';

/** A busy machine may keep an answer for a while; the bot itself acknowledges within Discord's 3 s or the test fails. */
const ANSWER_MS = 30_000;

/** What the bot answered, as text. */
export async function said(handle: InteractionHandle): Promise<string> {
  return renderMessage(await handle.message({ timeoutMs: ANSWER_MS }));
}

export async function slash(user: DiscordUser, path: string, options: Readonly<Record<string, OptionInput>> = {}): Promise<string> {
  return said(await user.slash(path, options));
}

export async function answerTo(user: DiscordUser, path: string, options: Readonly<Record<string, OptionInput>> = {}): Promise<SeenMessage> {
  return (await user.slash(path, options)).message({ timeoutMs: ANSWER_MS });
}

/** Everything an interaction shows so far: its answers, follow-ups and the message it changed. */
export function textOf({ messages, updated }: SeenInteraction): string {
  return [...messages, ...(updated === undefined ? [] : [updated])].map(renderMessage).join('\n');
}

/** Waits until something of an interaction says `wanted`. */
export async function hears(handle: InteractionHandle, wanted: RegExp, timeoutMs = ANSWER_MS): Promise<string> {
  const seen = await handle.waitFor((one) => one.failure !== undefined || wanted.test(textOf(one)), { timeoutMs, what: `an answer like ${String(wanted)}` });
  if (seen.failure !== undefined) throw new Error(`Expected an answer like ${String(wanted)}, got "${seen.failure}".`);
  return textOf(seen);
}

/** The whole answer to an upload: it comes in pieces when it takes long. */
export async function verdictsOf(handle: InteractionHandle): Promise<string> {
  const isWhole = (seen: SeenInteraction): boolean => /\d+ images? added/.test(textOf(seen)) && !textOf(seen).includes('still being checked');
  const seen = await handle.waitFor((one) => one.failure !== undefined || isWhole(one), { timeoutMs: 60_000, what: 'the verdicts of an upload' });
  if (seen.failure !== undefined) throw new Error(`Expected the verdicts of an upload, got "${seen.failure}".`);
  return textOf(seen);
}

/** Sends files through the upload form, at most ten pictures and ten captions. */
export async function uploadForm(user: DiscordUser, datasetId: string, files: PickedFile[]): Promise<string> {
  const modal = await (await user.slash('train upload', { id: datasetId })).modal({ timeoutMs: ANSWER_MS });
  const isCaption = ({ filename }: PickedFile): boolean => filename.endsWith('.txt');
  return verdictsOf(await user.submitModal(modal, { files: files.filter((file) => !isCaption(file)), captions: files.filter(isCaption) }));
}
