import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Call, Hop, HopOptions } from './hop.js';
import { listening } from './listening.js';
import { mongoCallOf } from './mongo-calls.js';
import { writeTo } from './write-to.js';

const HEADER_BYTES = 16;

/** A proxy for MongoDB's wire protocol, message by message. */
export function openMongoHop(options: HopOptions): Promise<Hop> {
  return listening(
    createServer((client) => {
      const { host, port } = options.target;
      const server = connect(port, host);
      client.setNoDelay(true);
      server.setNoDelay(true);
      passOn(client, server, options).catch(() => {
        client.resetAndDestroy();
        server.resetAndDestroy();
      });
    }),
  );
}

async function passOn(client: Socket, server: Socket, { watch }: HopOptions): Promise<void> {
  // Calls by the number their replies carry.
  const open = new Map<number, Call>();
  for (const [one, other] of [[client, server], [server, client]] as const) {
    one.on('error', () => other.resetAndDestroy());
    one.on('close', () => other.destroy());
  }
  const requests = async (): Promise<void> => {
    for await (const message of messagesOf(client)) {
      const call = mongoCallOf(message);
      if (call !== null) {
        await watch.before?.(call);
        open.set(message.readInt32LE(4), call);
      }
      await writeTo(server, message);
    }
    server.end();
  };
  const replies = async (): Promise<void> => {
    for await (const message of messagesOf(server)) {
      const responseTo = message.readInt32LE(8);
      const call = open.get(responseTo);
      if (call !== undefined) {
        open.delete(responseTo);
        await watch.after?.(call);
      }
      await writeTo(client, message);
    }
    client.end();
  };
  await Promise.all([requests(), replies()]);
}

/** The messages of a connection, each whole: a length of four bytes stands before each and counts itself. */
async function* messagesOf(socket: Socket): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let have = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    have += chunk.length;
    // Joined only when a whole message is there: a blob of many megabytes comes in thousands of pieces.
    while (have >= HEADER_BYTES) {
      if ((chunks[0]?.length ?? 0) < 4) chunks = [Buffer.concat(chunks)];
      const length = Math.max(chunks[0]?.readInt32LE(0) ?? HEADER_BYTES, HEADER_BYTES);
      if (have < length) break;
      const joined = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      yield joined.subarray(0, length);
      chunks = [joined.subarray(length)];
      have -= length;
    }
  }
}
