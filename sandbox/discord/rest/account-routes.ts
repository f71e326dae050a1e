import { CreatePrivateChannelRequestSchema } from 'discord-api-spec/zod';
import { fileAt, signedUrl } from '../cdn.js';
import { invalidForm, refuse } from '../errors.js';
import { guildObject } from '../gateway/frames.js';
import { channelObject, memberObject, userObject } from '../messages/objects.js';
import { APPLICATION_ID, GUILD_ID } from '../people.js';
import { directChannel, type User, type World } from '../world.js';
import { ok, type RestContext, type Route } from './route.js';

const READ_BUCKET = { limit: 50, windowMs: 1_000 } as const;
const OPEN_DM_BUCKET = { limit: 10, windowMs: 10_000 } as const;
const MAX_REFRESHED_URLS = 50;

function gatewayBot({ world, gateway }: RestContext) {
  const url = world.origin.replace('http', 'ws') + '/gw';
  return ok({ url, shards: 1, session_start_limit: { total: 1000, remaining: gateway.remainingStarts(), reset_after: 86_400_000, max_concurrency: 1 } });
}

function openDm(context: RestContext) {
  const { world, body, checkBody } = context;
  checkBody(CreatePrivateChannelRequestSchema, body.json ?? {});
  const { recipient_id: recipientId } = (body.json ?? {}) as { recipient_id?: string };
  const person = world.users.get(recipientId ?? '');
  if (person === undefined || person.bot) throw refuse.invalidRecipient();
  return ok(channelObject(world, directChannel(world, person.id)));
}

function refreshUrls({ world, body }: RestContext) {
  const { attachment_urls: urls } = (body.json ?? {}) as { attachment_urls?: string[] };
  if (urls === undefined || urls.length === 0 || urls.length > MAX_REFRESHED_URLS) {
    throw invalidForm([{ path: ['attachment_urls'], code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 50 in length.', rule: 'schema' }]);
  }
  const refreshed = urls.map((original) => {
    const file = fileAt(world, original);
    return { original, refreshed: file === undefined || file.removed ? original : signedUrl(world, file) };
  });
  return ok({ refreshed_urls: refreshed });
}

function userOf(world: World, id: string | undefined): User {
  const user = world.users.get(id === '@me' ? APPLICATION_ID : (id ?? ''));
  if (user === undefined) throw refuse.unknownUser();
  return user;
}

function requireGuild({ params }: RestContext): void {
  if (params.guild !== GUILD_ID) throw refuse.missingAccess();
}

const read = (pattern: string, handle: Route['handle']): Route => ({ method: 'GET', pattern, auth: 'bot', bucket: READ_BUCKET, handle });

export const accountRoutes: readonly Route[] = [
  read('/gateway/bot', gatewayBot),
  read('/users/:user', ({ world, params }) => ok(userObject(userOf(world, params.user)))),
  read('/applications/@me', ({ world }) => ok({ id: APPLICATION_ID, name: userOf(world, '@me').username, description: '', flags: 0, bot: userObject(userOf(world, '@me')) })),
  read('/guilds/:guild', (context) => {
    requireGuild(context);
    return ok(guildObject());
  }),
  read('/guilds/:guild/members/:user', (context) => {
    requireGuild(context);
    const user = context.world.users.get(context.params.user ?? '');
    if (user?.sharesGuild !== true) throw refuse.unknownMember();
    return ok(memberObject(user));
  }),
  { method: 'POST', pattern: '/users/@me/channels', auth: 'bot', bucket: OPEN_DM_BUCKET, handle: openDm },
  { method: 'POST', pattern: '/attachments/refresh-urls', auth: 'bot', bucket: READ_BUCKET, handle: refreshUrls },
];
