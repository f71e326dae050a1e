import type { RawData, WebSocket } from 'ws';
import type { World } from '../world.js';
import { Close, type Frame, guildCreateData, GUILDS_INTENT, KNOWN_INTENTS, Op, PRIVILEGED_INTENTS, readyData } from './frames.js';
import type { Gateway, GatewayOptions } from './gateway.js';
import { createSession, type Session } from './session.js';

const SENDS_PER_MINUTE = 120;
/** How long a dropped session may still resume; Discord does not say, a few minutes in practice. */
const RESUMABLE_MS = 3 * 60_000;

interface Shared {
  world: World;
  gateway: Gateway;
  sessions: Map<string, Session>;
  options: GatewayOptions;
}

interface IdentifyData {
  token?: unknown;
  intents?: unknown;
}

interface ResumeData {
  token?: unknown;
  session_id?: string;
  seq?: number;
}

type Send = (frame: Frame) => void;

/** One connection of the bot, from HELLO to close. Heartbeats run on wall time, so that skipping time does not drop the bot. */
export function createConnection(socket: WebSocket, query: URLSearchParams, shared: Shared): void {
  const { world, sessions, options } = shared;
  let session: Session | undefined;
  let received = 0;
  let lastBeatAt = Date.now();

  const send: Send = (frame) => {
    socket.send(JSON.stringify({ s: null, t: null, ...frame }));
  };
  const watch = setInterval(() => {
    if (Date.now() - lastBeatAt > options.heartbeatIntervalMs * 1.5) socket.close(Close.SessionTimedOut);
  }, options.heartbeatIntervalMs);
  const refill = setInterval(() => {
    received = 0;
  }, 60_000);

  const handle = (frame: Frame): void => {
    switch (frame.op) {
      case Op.Heartbeat:
        lastBeatAt = Date.now();
        send({ op: Op.HeartbeatAck });
        return;
      case Op.Identify:
      case Op.Resume: {
        if (session !== undefined) {
          socket.close(Close.AlreadyAuthenticated);
          return;
        }
        const outcome = frame.op === Op.Identify ? identify(shared, frame.d ?? {}, send) : resume(shared, frame.d ?? {}, send);
        if (typeof outcome === 'number') socket.close(outcome);
        else session = outcome;
        return;
      }
      case Op.PresenceUpdate:
        if (session === undefined) socket.close(Close.NotAuthenticated);
        return;
      default:
        socket.close(Close.UnknownOpcode);
    }
  };

  socket.on('message', (data) => {
    received += 1;
    const frame = parseFrame(data);
    if (received > SENDS_PER_MINUTE) socket.close(Close.RateLimited);
    else if (frame === undefined) socket.close(Close.DecodeError);
    else handle(frame);
  });
  socket.on('error', () => {
    socket.terminate();
  });
  socket.on('close', (code) => {
    clearInterval(watch);
    clearInterval(refill);
    if (session?.send !== send) return;
    session.send = undefined;
    session.droppedAt = Date.now();
    // The bot's own 1000 and 1001 end the session for good.
    if (code === 1000 || code === 1001) sessions.delete(session.id);
    world.journal.changed('gateway', session.id);
  });

  if (query.get('v') !== '10' || query.get('encoding') !== 'json') {
    socket.close(Close.InvalidApiVersion);
    return;
  }
  send({ op: Op.Hello, d: { heartbeat_interval: options.heartbeatIntervalMs } });
}

/** A new session, or the code to close with. */
function identify({ world, gateway, sessions }: Shared, data: IdentifyData, send: Send): Session | number {
  const refusal = refusalOf(world, data);
  if (refusal !== undefined) return refusal;
  gateway.countStart();
  const session = createSession(Number(data.intents));
  sessions.set(session.id, session);
  session.send = send;
  world.journal.changed('gateway', session.id);
  session.dispatch('READY', readyData(world, session.id));
  if ((session.intents & GUILDS_INTENT) !== 0) session.dispatch('GUILD_CREATE', guildCreateData(world));
  return session;
}

/** The old session with everything it missed sent again, `undefined` after INVALID_SESSION, or the code to close with. */
function resume({ world, sessions }: Shared, data: ResumeData, send: Send): Session | number | undefined {
  if (!isOurToken(world, data.token)) return Close.AuthenticationFailed;
  const session = sessions.get(data.session_id ?? '');
  const missed = session?.framesAfter(data.seq ?? 0);
  if (session === undefined || missed === undefined || session.isInvalid || Date.now() - (session.droppedAt ?? Date.now()) > RESUMABLE_MS) {
    sessions.delete(data.session_id ?? '');
    send({ op: Op.InvalidSession, d: false });
    return undefined;
  }
  for (const frame of missed) send(frame);
  session.send = send;
  session.droppedAt = undefined;
  world.journal.changed('gateway', session.id);
  session.dispatch('RESUMED', {});
  return session;
}

const isOurToken = (world: World, token: unknown): boolean => token === world.token;

function refusalOf(world: World, { token, intents }: IdentifyData): number | undefined {
  if (!isOurToken(world, token)) return Close.AuthenticationFailed;
  if (typeof intents !== 'number' || (intents & ~KNOWN_INTENTS) !== 0) return Close.InvalidIntents;
  if ((intents & PRIVILEGED_INTENTS) !== 0) return Close.DisallowedIntents;
  return undefined;
}

function parseFrame(data: RawData): Frame | undefined {
  try {
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null && 'op' in frame && typeof frame.op === 'number' ? (frame as Frame) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
