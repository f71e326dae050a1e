import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Faults } from '../faults.js';
import type { Gateway } from '../gateway/gateway.js';
import { readRequestBody } from '../request-body.js';
import { actSchema, perform } from '../user/act.js';
import { findChannel, findUser } from '../user/find.js';
import { postMessage, postSchema } from '../user/post.js';
import { UserRefusal } from '../user/refusal.js';
import { seenInteraction, visibleMessages } from '../user/view.js';
import type { World } from '../world.js';
import { changeSchema, changeWorld } from './changes.js';
import { readFeed } from './feed.js';

const LONGEST_POLL_MS = 25_000;
/** Ten files of a user with the largest limit; Discord's bound on a request concerns the bot only. */
const ACT_LIMIT_BYTES = 256 * 1024 * 1024;

const faultSchema = z.strictObject({
  method: z.string().optional(),
  route: z.string(),
  status: z.number().int().optional(),
  code: z.number().int().optional(),
  message: z.string().optional(),
  retryAfter: z.number().optional(),
  scope: z.enum(['user', 'global', 'shared']).optional(),
  reset: z.boolean().optional(),
  afterEffect: z.boolean().optional(),
  delayMs: z.number().optional(),
  times: z.number().int().positive().optional(),
});
const clockSchema = z.strictObject({ advanceMs: z.number().nonnegative() });
const pollSchema = z.object({ after: z.coerce.number().default(0), timeoutMs: z.coerce.number().default(0) });
const feedSchema = pollSchema.extend({ epoch: z.string().default('') });
const channelQuery = z.object({ channel: z.string().optional() });

type Params = Record<string, string>;

/** The control plane below `/_stand-in`: what drives the stand-in and reads what people see. Never part of Discord. */
export function serveControl(app: FastifyInstance, world: World, gateway: Gateway, faults: Faults, { runLink }: { runLink?: string } = {}): void {
  const { journal, clock } = world;
  serveUserSide(app, world, gateway);
  serveFeed(app, world, gateway, runLink);

  app.get('/_stand-in/state', () => ({ now: clock.now(), seq: journal.seq, connected: gateway.isConnected(), origin: world.origin }));
  app.get('/_stand-in/calls', () => journal.calls);
  app.get('/_stand-in/violations', () => journal.violations);
  app.get('/_stand-in/commands', () => Object.fromEntries(world.commands));
  app.get('/_stand-in/events', async (request) => {
    const { after, timeoutMs } = pollSchema.parse(request.query);
    await journal.waitForChange(after, Math.min(timeoutMs, LONGEST_POLL_MS));
    return { seq: journal.seq, changes: journal.changesAfter(after) };
  });
  app.post('/_stand-in/clock', (request) => {
    clock.advance(clockSchema.parse(json(request.body)).advanceMs);
    journal.changed('clock', String(clock.now()));
    return { now: clock.now() };
  });
  app.post('/_stand-in/faults', (request, reply) => {
    const { ...fault } = faultSchema.parse(json(request.body));
    faults.add(Object.fromEntries(Object.entries(fault).filter(([, value]) => value !== undefined)) as unknown as Parameters<Faults['add']>[0]);
    return reply.code(204).send();
  });
  app.delete('/_stand-in/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.post('/_stand-in/world', (request) => ({ id: changeWorld(world, gateway, changeSchema.parse(json(request.body))) }));
  app.post('/_stand-in/reset', (_request, reply) => {
    faults.clear();
    journal.forget();
    return reply.code(204).send();
  });
}

function serveUserSide(app: FastifyInstance, world: World, gateway: Gateway): void {
  app.post('/_stand-in/acts', { bodyLimit: ACT_LIMIT_BYTES }, (request) => {
    const body = readRequestBody(request.headers['content-type'], request.body, ACT_LIMIT_BYTES);
    return { interactionId: perform(world, gateway, actSchema.parse(body.json), body.files).id };
  });
  app.post('/_stand-in/posts', { bodyLimit: ACT_LIMIT_BYTES }, (request) => {
    const body = readRequestBody(request.headers['content-type'], request.body, ACT_LIMIT_BYTES);
    return { messageId: postMessage(world, postSchema.parse(body.json), body.files).id };
  });
  app.get<{ Params: Params }>('/_stand-in/users/:user/messages', (request) => {
    const user = findUser(world, request.params.user ?? '');
    const { channel } = channelQuery.parse(request.query);
    return visibleMessages(world, user, channel === undefined ? undefined : findChannel(world, user, channel).id);
  });
  app.get<{ Params: Params }>('/_stand-in/users/:user/interactions', (request) => {
    const user = findUser(world, request.params.user ?? '');
    return [...world.interactions.values()].filter((one) => one.userId === user.id).map((one) => seenInteraction(world, one, user));
  });
  app.get<{ Params: Params }>('/_stand-in/users/:user/interactions/:interaction', (request) => {
    const user = findUser(world, request.params.user ?? '');
    const interaction = world.interactions.get(request.params.interaction ?? '');
    if (interaction?.userId !== user.id) throw new UserRefusal(`${user.displayName} knows of no such interaction.`);
    return seenInteraction(world, interaction, user);
  });
}

/** What the try-it page lives on. */
function serveFeed(app: FastifyInstance, world: World, gateway: Gateway, runLink: string | undefined): void {
  app.get<{ Params: Params }>('/_stand-in/users/:user/feed', (request) => {
    const { timeoutMs, ...known } = feedSchema.parse(request.query);
    const user = findUser(world, request.params.user ?? '');
    return readFeed(world, gateway, { user, ...known, timeoutMs: Math.min(timeoutMs, LONGEST_POLL_MS), ...(runLink === undefined ? {} : { runLink }) });
  });
}

/** Errors of the control plane: 422 for what a person cannot do, 400 for a malformed request. */
export function controlError(error: unknown, reply: FastifyReply): FastifyReply | undefined {
  if (error instanceof UserRefusal) return reply.code(422).send({ error: error.message });
  if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) });
  return undefined;
}

function json(body: unknown): unknown {
  return Buffer.isBuffer(body) && body.length > 0 ? (JSON.parse(body.toString('utf8')) as unknown) : {};
}
