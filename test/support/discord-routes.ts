import type { DiscordDriver } from '../../sandbox/discord/driver/driver.js';
import type { BotCall } from '../../sandbox/discord/journal.js';

/**
 * Every route of Discord that the product calls, with the test that breaks it. A yard of a test that calls another one fails
 * when it stops: whoever adds a route shows what people see when it is away.
 */
export const CALLED_ROUTES: Readonly<Record<string, string>> = {
  'GET /gateway/bot': 'a start of the bot',
  'GET /applications/:app/commands': 'a start of the bot',
  'PUT /applications/:app/commands': 'a start of the bot',
  'POST /interactions/:id/:token/callback': 'a command',
  'PATCH /webhooks/:app/:token/messages/:message': 'a command, and the answer of a run',
  'POST /webhooks/:app/:token': 'a notice at the next command',
  'POST /users/@me/channels': 'a run in direct messages',
  'POST /channels/:channel/messages': 'a run in direct messages',
  'PATCH /channels/:channel/messages/:message': 'a run in direct messages',
};

/** Called only when a card or a notice is posted a minute late or more: shown by test/activities/discord/late-posts.test.ts. */
const LATE_ROUTES: readonly string[] = ['GET /channels/:channel/messages'];

/** What discord.js calls a route in its own list; those the sources name. */
export const NAMED_ROUTES: Readonly<Record<string, keyof typeof CALLED_ROUTES>> = {
  applicationCommands: 'PUT /applications/:app/commands',
  channelMessages: 'POST /channels/:channel/messages',
  channelMessage: 'PATCH /channels/:channel/messages/:message',
  userChannels: 'POST /users/@me/channels',
  webhookMessage: 'PATCH /webhooks/:app/:token/messages/:message',
};

/** Routes among these calls that nobody has a row for. */
export function routesWithoutRow(calls: readonly Pick<BotCall, 'method' | 'route' | 'path' | 'injected'>[]): string[] {
  // A request that an injected fault answered never got as far as its route.
  const arrived = calls.filter(({ route, injected }) => route !== null || injected !== true);
  const seen = new Set(arrived.map(({ method, route, path }) => `${method} ${route ?? path}`));
  return [...seen].filter((route) => !(route in CALLED_ROUTES) && !LATE_ROUTES.includes(route));
}

/** What no yard may have done by the end of a test: anything Discord would refuse, and calls whose failure nobody has shown. */
export async function wrongdoings(driver: Pick<DiscordDriver, 'calls' | 'violations'>): Promise<string[]> {
  const violations = (await driver.violations()).map(({ rule, message, method, path }) => `${rule}: ${message} (${method ?? ''} ${path ?? ''})`);
  return [...violations, ...routesWithoutRow(await driver.calls()).map((route) => `Nobody has shown what people see when ${route} is away: see CALLED_ROUTES.`)];
}
