import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, GatewayIntentBits } from 'discord.js';
import { WebSocket } from 'ws';
import { GUILD_ID, GUILD_NAME, standInToken, TRAINING_CHANNEL_ID } from '../../../sandbox/discord/people.js';
import { startTestYard, type TestYard } from './bot.js';
import { trainCommand } from './commands-of-train.js';

interface Frame {
  op: number;
  t: string | null;
  s: number | null;
  d: Record<string, unknown> | null;
}

/** A bare gateway client that keeps the frames it gets. */
async function connect(yard: TestYard, query = '?v=10&encoding=json'): Promise<{ frames: Frame[]; send: (op: number, d: unknown) => void; closed: Promise<number>; has: (test: (frame: Frame) => boolean) => Promise<Frame> }> {
  const socket = new WebSocket(`${yard.standIn.origin.replace('http', 'ws')}/gw/${query}`);
  const frames: Frame[] = [];
  const wakers = new Set<() => void>();
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Frame);
    for (const wake of wakers) wake();
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const has = async (test: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const found = frames.find(test);
      if (found !== undefined) return found;
      await new Promise<void>((wake) => wakers.add(wake));
    }
  };
  return { frames, closed, has, send: (op, d) => { socket.send(JSON.stringify({ op, d })); } };
}

describe('the gateway', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard({ heartbeatIntervalMs: 150 });
    await yard.register([trainCommand]);
  });
  afterEach(() => yard.stop());

  const identify = (intents: number, token = yard.standIn.token) => ({ token, intents, properties: {}, compress: false });

  it('greets, takes an IDENTIFY and sends READY and the guild', async () => {
    const bot = await connect(yard);
    bot.send(2, identify(1));
    await bot.has((frame) => frame.t === 'GUILD_CREATE');

    expect(bot.frames.map((frame) => [frame.op, frame.t, frame.s])).toEqual([
      [10, null, null],
      [0, 'READY', 1],
      [0, 'GUILD_CREATE', 2],
    ]);
    expect(bot.frames[1]?.d).toMatchObject({ resume_gateway_url: expect.stringContaining(yard.standIn.origin.slice('http'.length)), guilds: [{ id: GUILD_ID, unavailable: true }] });
  });

  it.each([
    ['a wrong token', 4004, () => identify(1, standInToken())],
    ['GUILD_MEMBERS', 4014, () => identify(1 | (1 << 1))],
    ['GUILD_PRESENCES', 4014, () => identify(1 << 8)],
    ['MESSAGE_CONTENT', 4014, () => identify(1 << 15)],
    ['unknown intents', 4013, () => identify(1 << 30)],
  ])('closes on %s with %i', async (_what, code, data) => {
    const bot = await connect(yard);
    bot.send(2, data());
    expect(await bot.closed).toBe(code);
  });

  it('closes on another version, on garbage and on an unknown op', async () => {
    expect(await (await connect(yard, '?v=9&encoding=json')).closed).toBe(4012);
    expect(await (await connect(yard, '?v=10&encoding=etf')).closed).toBe(4012);
    const bot = await connect(yard);
    bot.send(99, {});
    expect(await bot.closed).toBe(4001);
  });

  it('drops a client that does not beat its heart, and acknowledges one that does', async () => {
    const dead = await connect(yard);
    const alive = await connect(yard);
    alive.send(1, null);
    await alive.has((frame) => frame.op === 11);

    expect(await dead.closed).toBe(4009);
  });

  it('keeps a client connected over many heartbeats', async () => {
    const client = await yard.logIn();
    const beats = new Promise<void>((resolve) => {
      let acknowledged = 0;
      client.on('debug', (line) => {
        if (line.includes('Heartbeat acknowledged') && (acknowledged += 1) === 4) resolve();
      });
    });
    await beats;
    expect(client.ws.status).toBe(0);
    expect(client.guilds.cache.get(GUILD_ID)?.name).toBe(GUILD_NAME);
    expect(client.channels.cache.has(TRAINING_CHANNEL_ID)).toBe(true);
  });

  it('resumes after a close with 4000 and delivers what was missed', async () => {
    const client = await yard.logInSilent();
    const resumed = new Promise((resolve) => client.once('shardResume', (_shard, replayed) => {
      resolve(replayed);
    }));
    await yard.driver.change({ kind: 'gateway-close', code: 4000 });
    const handle = await yard.driver.user('mira').slash('train menu');

    await resumed;
    const interaction = await yard.received(handle.id);
    expect(interaction.isChatInputCommand()).toBe(true);
  });

  it('identifies anew when its session is forgotten', async () => {
    const client = await yard.logIn();
    const again = new Promise((resolve) => client.once('shardReady', resolve));
    await yard.driver.change({ kind: 'gateway-invalidate' });
    await yard.driver.change({ kind: 'gateway-close', code: 4000 });
    await again;
    await yard.driver.waitForBot();
    expect(client.isReady()).toBe(true);
  });

  it('makes a client reconnect on request', async () => {
    const client = await yard.logIn();
    const resumed = new Promise((resolve) => client.once('shardResume', resolve));
    await yard.driver.change({ kind: 'gateway-reconnect' });
    await resumed;
    expect(client.isReady()).toBe(true);
  });

  it('tells a client of a deleted channel', async () => {
    const client = await yard.logIn();
    const deleted = new Promise<string>((resolve) => client.once('channelDelete', (channel) => {
      resolve(channel.id);
    }));
    await yard.driver.change({ kind: 'delete-channel', channelId: TRAINING_CHANNEL_ID });
    expect(await deleted).toBe(TRAINING_CHANNEL_ID);
  });

  it('refuses an unmodified client with a bad token or a privileged intent at login', async () => {
    const rest = { api: yard.standIn.apiUrl };
    const stranger = new Client({ intents: [GatewayIntentBits.Guilds], rest });
    await expect(stranger.login(standInToken())).rejects.toThrow(/token/i);
    const nosy = new Client({ intents: [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent], rest });
    await expect(nosy.login(yard.standIn.token)).rejects.toThrow(/intents/i);
    await Promise.all([stranger.destroy(), nosy.destroy()]);
  });
});
