import type { Duplex } from 'node:stream';
import type { Watch } from './hop.js';
import { writeTo } from './write-to.js';

interface Passing {
  readonly from: Duplex;
  readonly to: Duplex;
  readonly watch: Watch;
}

const OPS: Readonly<Record<number, string>> = { 1: 'Heartbeat', 2: 'Identify', 3: 'PresenceUpdate', 4: 'VoiceStateUpdate', 6: 'Resume', 8: 'RequestGuildMembers' };
const TEXT = 1;

/** Passes the frames of a client of Discord's gateway on, each whole, named by what it asks. The gateway answers none by itself: `after` follows the sending. */
export async function passFrames({ from, to, watch }: Passing): Promise<void> {
  let waiting: Buffer = Buffer.alloc(0);
  for await (const chunk of from as AsyncIterable<Buffer>) {
    waiting = Buffer.concat([waiting, chunk]);
    for (let frame = firstFrame(waiting); frame !== null; frame = firstFrame(waiting)) {
      const bytes = waiting.subarray(0, frame.sizeBytes);
      waiting = waiting.subarray(frame.sizeBytes);
      const name = nameOf(frame);
      if (name !== null) await watch.before?.({ hop: 'gateway', name, detail: '' });
      await writeTo(to, bytes);
      if (name !== null) await watch.after?.({ hop: 'gateway', name, detail: '' });
    }
  }
  to.end();
}

interface Frame {
  readonly sizeBytes: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** RFC 6455, section 5.2: a client always masks. Null when it has not come whole yet. */
function firstFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const short = (bytes[1] ?? 0) & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = ((bytes[1] ?? 0) & 0x80) !== 0;
  const start = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < start) return null;
  const length = lengthBytes === 2 ? bytes.readUInt16BE(2) : lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < start + length) return null;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (masked) for (let at = 0; at < length; at += 1) payload[at] = (payload[at] ?? 0) ^ (bytes[start - 4 + (at % 4)] ?? 0);
  return { sizeBytes: start + length, opcode: (bytes[0] ?? 0) & 0x0f, payload };
}

function nameOf({ opcode, payload }: Frame): string | null {
  if (opcode !== TEXT) return null;
  const op = /"op":\s*(\d+)/.exec(payload.toString())?.[1];
  return op === undefined ? null : (OPS[Number(op)] ?? `op ${op}`);
}
