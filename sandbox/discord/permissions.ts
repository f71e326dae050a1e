import { refuse } from './errors.js';
import type { Channel } from './world.js';

/** The permission bits a bot of this kind meets. */
export const PERMISSION = {
  ADD_REACTIONS: 1n << 6n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  USE_EXTERNAL_EMOJIS: 1n << 18n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
} as const;

export type PermissionName = keyof typeof PERMISSION;

export const ALL_PERMISSIONS = Object.values(PERMISSION).reduce((all, bit) => all | bit, 0n);

export const permissionsOf = (names: readonly PermissionName[]): bigint => names.reduce((bits, name) => bits | PERMISSION[name], 0n);

const isThread = (channel: Channel): boolean => channel.type === 11;

/** Throws as Discord does when the bot may not see the channel. */
export function requireView(channel: Channel): void {
  if ((channel.botPermissions & PERMISSION.VIEW_CHANNEL) === 0n) throw refuse.missingAccess();
}

/** Throws as Discord does when the bot may not post this in the channel. */
export function requirePosting(channel: Channel, post: { hasFiles: boolean; isReply: boolean }): void {
  requireView(channel);
  const sending = isThread(channel) ? PERMISSION.SEND_MESSAGES_IN_THREADS : PERMISSION.SEND_MESSAGES;
  if ((channel.botPermissions & sending) === 0n) throw refuse.missingPermissions();
  if (post.hasFiles && (channel.botPermissions & PERMISSION.ATTACH_FILES) === 0n) throw refuse.missingPermissions();
  if (post.isReply && (channel.botPermissions & PERMISSION.READ_MESSAGE_HISTORY) === 0n) throw refuse.noHistoryForReply();
}
