import { COMMAND_BODIES } from '../../bot/commands/index.js';
import { COMPONENTS } from '../../bot/components/index.js';
import { APPLICATION_ID, GUILD_ID, TRAINING_CHANNEL_ID, USERS } from '../../sandbox/discord/people.js';

/** Ids of things that belong to somebody else than whoever sends these interactions. */
export interface ForeignThings {
  readonly datasetId: string;
  readonly runId: string;
}

export interface RawInteraction {
  readonly what: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const USER = { id: USERS.jonas.id, username: 'jonas', discriminator: '0', global_name: 'Jonas', avatar: null, public_flags: 0 };
const ATTACHMENT = { id: '1180432000000000001', filename: 'one.png', size: 1_000, url: 'https://cdn.discordapp.com/attachments/1/2/one.png', proxy_url: 'https://media.discordapp.net/attachments/1/2/one.png', content_type: 'image/png', width: 300, height: 300 };
const MESSAGE = {
  id: '1180433300000000001', channel_id: TRAINING_CHANNEL_ID, type: 0, content: 'a card', author: { ...USER, id: APPLICATION_ID, bot: true }, timestamp: '2026-03-01T12:00:00.000000+00:00', edited_timestamp: null,
  tts: false, mention_everyone: false, mentions: [], mention_roles: [], attachments: [ATTACHMENT], embeds: [], components: [], pinned: false, flags: 0,
};

/** One of each kind of interaction as Discord sends it, with every option of every command and every custom id the bot knows. */
export function everyRawInteraction(things: ForeignThings): RawInteraction[] {
  return [...commands(things), ...autocompletes(things), ...components(things), ...forms(things), ...others()];
}

function inGuild(type: number, data: unknown): Record<string, unknown> {
  return {
    ...shared(type, data), guild_id: GUILD_ID, guild: { id: GUILD_ID, locale: 'en-US', features: [] }, guild_locale: 'en-US', channel_id: TRAINING_CHANNEL_ID, channel: { id: TRAINING_CHANNEL_ID, type: 0, guild_id: GUILD_ID, permissions: '0' }, context: 0,
    member: { user: USER, roles: [], permissions: '2147483647', joined_at: '2026-01-01T00:00:00.000000+00:00', deaf: false, mute: false, flags: 0, nick: null, avatar: null, premium_since: null, pending: false },
  };
}

function inDm(type: number, data: unknown): Record<string, unknown> {
  return { ...shared(type, data), channel_id: '1180433000000000009', channel: { id: '1180433000000000009', type: 1 }, user: USER, context: 1 };
}

const shared = (type: number, data: unknown): Record<string, unknown> => ({
  id: '0', application_id: APPLICATION_ID, type, token: 't', version: 1, data, locale: 'en-GB', app_permissions: '0', entitlements: [], authorizing_integration_owners: { '0': GUILD_ID }, attachment_size_limit: 10_485_760,
});

interface OptionBody {
  readonly type: number;
  readonly name: string;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly value: string | number }[];
  readonly options?: readonly OptionBody[];
}
const SUBCOMMAND = 1;

function commands(things: ForeignThings): RawInteraction[] {
  return slashes().flatMap(({ what, name, wrap, options }) => {
    const given = options.map(({ type, name: option, choices, autocomplete }) => ({ type, name: option, value: choices?.[0]?.value ?? valueOf(type, autocomplete === true, things) }));
    const resolved = { attachments: { [ATTACHMENT.id]: ATTACHMENT }, users: { [USER.id]: USER }, members: {} };
    const data = (values: readonly unknown[]) => ({ id: '1180434000000000001', type: 1, name, options: wrap(values), resolved });
    return [{ what: `/${what}`, payload: inGuild(2, data(given)) }, { what: `/${what} without options`, payload: inDm(2, data([])) }];
  });
}

function autocompletes(things: ForeignThings): RawInteraction[] {
  return slashes().flatMap(({ what, name, wrap, options }) => options.filter(({ autocomplete }) => autocomplete === true).map(({ type, name: option }) => (
    { what: `/${what} ${option} while typing`, payload: inGuild(4, { id: '1180434000000000001', type: 1, name, options: wrap([{ type, name: option, value: things.datasetId, focused: true }]) }) }
  )));
}

function slashes() {
  return COMMAND_BODIES.flatMap((body) => {
    const all = ('options' in body ? body.options ?? [] : []) as readonly OptionBody[];
    const kind: number = ('type' in body ? body.type : undefined) ?? 1;
    if (kind !== 1) return [];
    const subcommands = all.filter(({ type }) => type === SUBCOMMAND);
    if (subcommands.length === 0) return [{ what: body.name, name: body.name, options: all, wrap: (values: readonly unknown[]): unknown => values }];
    return subcommands.map(({ name, options = [] }) => ({ what: `${body.name} ${name}`, name: body.name, options, wrap: (values: readonly unknown[]): unknown => [{ type: SUBCOMMAND, name, options: values }] }));
  });
}

function valueOf(type: number, isId: boolean, { datasetId }: ForeignThings): unknown {
  if (type === 3) return isId ? datasetId : 'a value';
  if (type === 5) return true;
  if (type === 6) return USER.id;
  return type === 11 ? ATTACHMENT.id : 1;
}

function components({ datasetId, runId }: ForeignThings): RawInteraction[] {
  return [...COMPONENTS.keys()].flatMap((route) => [
    { what: `button ${route}`, payload: inGuild(3, { component_type: 2, custom_id: `v1:${route}:${datasetId}`, id: 1 }) },
    { what: `button ${route} of a run`, payload: inDm(3, { component_type: 2, custom_id: `v1:${route}:${runId}:0`, id: 1 }) },
    { what: `select ${route}`, payload: inGuild(3, { component_type: 3, custom_id: `v1:${route}:0`, values: [datasetId], id: 1 }) },
  ].map(({ what, payload }) => ({ what, payload: { ...payload, message: MESSAGE } })));
}

function forms({ datasetId, runId }: ForeignThings): RawInteraction[] {
  const field = (id: string, value: string) => ({ type: 18, id: 1, component: { type: 4, id: 2, custom_id: id, value } });
  const fields = [field('name', 'a name'), field('caption', 'a caption'), field('steps', '100'), { type: 18, id: 3, component: { type: 19, id: 4, custom_id: 'files', values: [ATTACHMENT.id] } }, { type: 1, id: 5, components: [{ type: 4, id: 6, custom_id: 'rank', value: '8' }] }];
  return [...COMPONENTS.keys()].flatMap((route) => [datasetId, runId].map((id) => (
    { what: `form ${route}`, payload: { ...inGuild(5, { custom_id: `v1:${route}:${id}`, components: fields, resolved: { attachments: { [ATTACHMENT.id]: ATTACHMENT } } }), message: MESSAGE } }
  )));
}

function others(): RawInteraction[] {
  const menu = { id: '1180434000000000002', type: 3, name: 'Add images to a dataset', target_id: MESSAGE.id, resolved: { messages: { [MESSAGE.id]: MESSAGE } } };
  return [
    { what: 'message menu', payload: inGuild(2, menu) },
    { what: 'user menu', payload: inGuild(2, { ...menu, type: 2, target_id: USER.id, resolved: { users: { [USER.id]: USER } } }) },
    { what: 'unknown command', payload: inGuild(2, { id: '1', type: 1, name: 'nothing', options: [{ type: 1, name: 'at-all', options: [] }] }) },
    { what: 'group of commands', payload: inGuild(2, { id: '1', type: 1, name: 'train', options: [{ type: 2, name: 'group', options: [{ type: 1, name: 'list', options: [] }] }] }) },
    ...['', 'v1', 'v1:', 'v1::', 'v2:list:0', 'v1:list:0:0:0:0', `v1:list:${'9'.repeat(90)}`, 'v1:list:-1', 'v1:__proto__:0', 'v1:constructor:0', 'other-bot', 'v1:list:\u0000', 'v1:view:../../etc/passwd', 'v1:view:$ne', 'v1:view:[object Object]']
      .map((id) => ({ what: `custom id ${JSON.stringify(id)}`, payload: { ...inGuild(3, { component_type: 2, custom_id: id, id: 1 }), message: MESSAGE } })),
    ...[5, 6, 7, 8, 99].map((type) => ({ what: `component of type ${type}`, payload: { ...inGuild(3, { component_type: type, custom_id: 'v1:list:0', values: ['1'], id: 1, resolved: {} }), message: MESSAGE } })),
    ...[1, 6, 99].map((type) => ({ what: `interaction of type ${type}`, payload: inGuild(type, {}) })),
  ];
}
