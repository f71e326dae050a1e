import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Events } from 'discord.js';
import fc from 'fast-check';
import { pino } from 'pino';
import { COMMANDS, MESSAGE_COMMANDS } from '../../bot/commands/index.js';
import { COMPONENTS } from '../../bot/components/index.js';
import { listen, type Listening } from '../../bot/gateway.js';
import { createRouter } from '../../bot/router.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { mangledValue } from '../support/mangle.js';
import { everyRawInteraction } from '../support/raw-interactions.js';
import { aRun } from '../support/run-rows.js';
import { accountOf, captioned, possessionsOf, seedDataset } from '../support/seeds.js';

const INTERACTIONS = 10_000;
const AT_ONCE = 20;
const MOST_GROWTH_BYTES = 60e6;

interface Line {
  readonly msg: string;
  readonly interactionId?: string;
  readonly reference?: string;
}

let database: TestDatabase;
let bot: TestBot;
let listening: Listening;
let lines: Line[] = [];
/** How often each interaction was acknowledged, at the wire of the REST client. */
let acknowledged = new Map<string, number>();
/** What discord.js made of a packet and gave to the bot. */
let emitted = new Set<string>();
const unhandled: unknown[] = [];
const note = (reason: unknown): void => { unhandled.push(reason); };

beforeAll(async () => {
  process.on('unhandledRejection', note);
  database = await openTestDatabase();
  const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => { lines.push(...chunk.toString().trim().split('\n').map((line) => JSON.parse(line) as Line)); done(); } });
  const log = pino({ level: 'warn' }, sink);
  bot = await startTestBot({ database: database.connection, prefix: `bot-fuzz-${randomUUID()}-`, log });
  bot.client.removeAllListeners(Events.InteractionCreate);
  bot.client.on(Events.InteractionCreate, ({ id }) => emitted.add(id));
  listening = listen(bot.client, createRouter({ services: bot.services, commands: COMMANDS, messageCommands: MESSAGE_COMMANDS, components: COMPONENTS }), log);
  answerAtTheWire();
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await bot.close();
  await database.close();
});

/** The last place before a socket: whatever the bot says to Discord is counted here and agreed to. */
function answerAtTheWire(): void {
  bot.client.rest.options.globalRequestsPerSecond = Infinity;
  bot.client.rest.options.makeRequest = (url) => {
    const id = /\/interactions\/([^/]+)\/[^/]+\/callback/.exec(url)?.[1];
    if (id !== undefined) acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1);
    const message = { id: '1', channel_id: '2', type: 0, content: '', author: { id: '3', username: 'b', discriminator: '0', avatar: null }, timestamp: '2026-01-01T00:00:00Z', edited_timestamp: null, embeds: [], attachments: [], components: [], mentions: [], mention_roles: [] };
    return Promise.resolve(id === undefined ? Response.json(message) : new Response(null, { status: 204 }));
  };
}

/** What discord.js does with a packet of the gateway. False when it cannot read it. */
function deliver(payload: unknown): boolean {
  const { _ws: shards } = bot.client.ws as unknown as { _ws: { emit(event: string, packet: unknown): void } };
  try {
    shards.emit('dispatch', { data: { op: 0, t: 'INTERACTION_CREATE', s: 1, d: payload }, shardId: 0 });
    return true;
  } catch {
    return false;
  }
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Discord gives every interaction an id and a token of its own, whatever else is in it. */
function addressed(payload: unknown, number: number): { id: string; payload: unknown } {
  const id = String((1_180_440_000_000_000_000n + BigInt(number)));
  return { id, payload: typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? { ...payload, id, token: `token-${number}` } : payload };
}

describe('whatever interaction comes', () => {
  it(`is acknowledged once or refused with a reference in the log, ${INTERACTIONS} times, and nothing is left behind`, async () => {
    const datasetId = await seedDataset(database.connection, { owner: 'mira', images: captioned(4), withFiles: false });
    const { runId, ...row } = aRun({ runId: randomUUID(), accountId: accountOf('mira'), datasetId });
    await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...row });
    const theirs = await possessionsOf(database.connection, 'mira');

    const kinds = everyRawInteraction({ datasetId, runId });
    const perKind = Math.ceil(INTERACTIONS / kinds.length);
    const tally = { acknowledged: 0, logged: 0, unread: 0, dropped: 0 };
    const wrong: unknown[] = [];
    let number = 0;
    let heap = 0;
    const reach = new Map<string, boolean>();
    for (const [at, { what, payload }] of kinds.entries()) {
      // The first is as Discord would send it.
      const sent = [payload, ...fc.sample(mangledValue(payload), { numRuns: perKind - 1, seed: 815 + at })];
      for (let from = 0; from < sent.length; from += AT_ONCE) {
        lines = [];
        acknowledged = new Map();
        emitted = new Set();
        const batch = sent.slice(from, from + AT_ONCE).map((each) => addressed(each, (number += 1)));
        const read = new Map(batch.map(({ id, payload: each }) => [id, deliver(each)]));
        await listening.drained();
        for (const [place, { id, payload: each }] of batch.entries()) {
          const times = acknowledged.get(id) ?? 0;
          const refusal = lines.find((line) => line.interactionId === id);
          if (from + place === 0) reach.set(what, times === 1);
          if (times === 1) tally.acknowledged += 1;
          else if (times > 1) wrong.push({ what, times, each });
          else if (refusal !== undefined && refusal.reference === undefined) wrong.push({ what, refusal, each });
          else if (refusal !== undefined) tally.logged += 1;
          else if (emitted.has(id)) wrong.push({ what, silence: each });
          else if (read.get(id) === false) tally.unread += 1;
          else tally.dropped += 1;
        }
      }
      if (at === Math.floor(kinds.length / 4)) heap = heapBytes();
    }
    process.stdout.write(`${JSON.stringify({ interactions: number, kinds: kinds.length, ...tally, grownMegabytes: Math.round((heapBytes() - heap) / 1e6) })}\n`);

    expect(number).toBeGreaterThanOrEqual(INTERACTIONS);
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(unhandled).toEqual([]);
    expect(heapBytes() - heap).toBeLessThan(MOST_GROWTH_BYTES);
    expect(await possessionsOf(database.connection, 'mira')).toEqual(theirs);
    // Without this the rest would prove nothing: what is not mangled arrives and is answered.
    expect([...reach].filter(([what, answered]) => !answered && !/^interaction of type|^user menu|of type 99$/.test(what)).map(([what]) => what)).toEqual([]);
    expect(tally.acknowledged).toBeGreaterThan(INTERACTIONS / 2);
  }, 600_000);
});
