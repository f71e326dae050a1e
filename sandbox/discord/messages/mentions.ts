import { walk } from '../validation/walk.js';
import { ComponentType, type Component, type MessageBody } from '../wire.js';
import type { Channel, World } from '../world.js';

const SUPPRESS_NOTIFICATIONS = 1 << 12;
const IN_DM = 1;

/** The text a message shows, content and text displays. */
function shownText(content: string, components: readonly Component[]): string {
  const displays = walk(components).filter(({ component }) => component.type === ComponentType.TextDisplay);
  return [content, ...displays.map(({ component }) => component.content ?? '')].join('\n');
}

export function mentionsIn(world: World, content: string, components: readonly Component[]): string[] {
  const named = [...shownText(content, components).matchAll(/<@!?(\d+)>/g)].map((match) => match[1] ?? '');
  return [...new Set(named)].filter((id) => world.users.has(id));
}

/** Who is notified by a new message: those named whom `allowed_mentions` lets through, and always the person of a DM. */
export function pingsOf(channel: Channel, body: MessageBody, mentions: readonly string[]): string[] {
  if (((body.flags ?? 0) & SUPPRESS_NOTIFICATIONS) !== 0) return [];
  if (channel.type === IN_DM) return channel.recipientId === undefined ? [] : [channel.recipientId];
  const allowed = body.allowed_mentions;
  if (allowed === undefined || allowed === null || allowed.parse?.includes('users') === true) return [...mentions];
  return mentions.filter((id) => allowed.users?.includes(id) === true);
}
