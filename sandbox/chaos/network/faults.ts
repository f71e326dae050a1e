import type { Link, Way } from './link.js';

/**
 * What a fault leaves of a call. `none`: every call still succeeds, within its time. `slow`: it succeeds or runs out of time.
 * `broken`: it ends in an error, unless the client could repeat it; whether it took effect is not known.
 */
export type Harm = 'none' | 'slow' | 'broken';

/** One way in which a network fails, on every connection: those that stand when it begins, and those that come after. */
export interface NetworkFault {
  readonly harm: Harm;
  /** Nobody listens any more, and what stands is reset. */
  readonly refuses?: true;
  /** Happens to a connection when the fault begins, or when it is accepted. */
  readonly begin?: (link: Link) => void;
  /** Happens to each piece of bytes instead of being forwarded. `way` is the direction in which the piece travels. */
  readonly piece?: (link: Link, way: Way, bytes: Buffer) => void;
}

const LATE_MS = 2_500;
const GARBAGE = Buffer.from([0xff, 0x00, 0x13, 0x37, 0xde, 0xad, 0xbe, 0xef, 0xff, 0xff, 0xff, 0x7f, 0x0d, 0x0a, 0x0d, 0x0a]);

/**
 * The table. `to-server` carries requests, `to-client` replies; what a row does not name passes unharmed. Counts of bytes and
 * pieces begin with the fault, or with the connection when that is younger.
 */
export const NETWORK_FAULTS = {
  'refused': { harm: 'broken', refuses: true },
  'reset at once': { harm: 'broken', begin: (link) => { link.reset(); } },
  'closed at once': { harm: 'broken', begin: (link) => { link.end('to-client'); link.end('to-server'); } },
  'accepted, then silent': { harm: 'broken', begin: (link) => { link.mute('to-server'); link.mute('to-client'); } },
  'silent towards the server': { harm: 'broken', begin: (link) => { link.mute('to-server'); } },
  'silent towards the client': { harm: 'broken', begin: (link) => { link.mute('to-client'); } },

  'reset at the first byte of a request': { harm: 'broken', piece: cutAfter('to-server', 0, 'reset') },
  'reset in the first bytes of a request': { harm: 'broken', piece: cutAfter('to-server', 21, 'reset') },
  'closed in the middle of a request': { harm: 'broken', piece: cutAfter('to-server', 90, 'close') },
  'silent after the first bytes of a request': { harm: 'broken', piece: cutAfter('to-server', 21, 'silence') },

  'reply dropped after the request was forwarded, reset': { harm: 'broken', piece: cutAfter('to-client', 0, 'reset') },
  'reply dropped after the request was forwarded, closed': { harm: 'broken', piece: cutAfter('to-client', 0, 'close') },
  'reply dropped after the request was forwarded, silent': { harm: 'broken', piece: cutAfter('to-client', 0, 'silence') },
  'reply cut in its first bytes, reset': { harm: 'broken', piece: cutAfter('to-client', 9, 'reset') },
  'reply cut in its first bytes, closed': { harm: 'broken', piece: cutAfter('to-client', 9, 'close') },
  'reply cut in its middle, closed': { harm: 'broken', piece: cutAfter('to-client', 70, 'close') },
  'reply cut in its middle, silent': { harm: 'broken', piece: cutAfter('to-client', 70, 'silence') },
  'second reply of every connection dropped': { harm: 'broken', piece: dropReply(2) },
  'third reply of every connection dropped': { harm: 'broken', piece: dropReply(3) },

  'half-closed towards the client': { harm: 'broken', piece: halfClose('to-client') },
  'half-closed towards the server': { harm: 'broken', piece: halfClose('to-server') },

  'latency': { harm: 'none', piece: (link, way, bytes) => { link.forward(way, bytes, 25); } },
  'jitter': { harm: 'none', piece: (link, way, bytes) => { link.forward(way, bytes, (link.seen(way) * 7) % 50); } },
  'small pieces': { harm: 'none', piece: (link, way, bytes) => { inParts(bytes, 1_013).forEach((part) => { link.forward(way, part, 0); }); } },
  'replies drip': { harm: 'slow', piece: drip('to-client', 512, 8) },
  'requests drip': { harm: 'slow', piece: drip('to-server', 512, 8) },
  'replies drop by drop': { harm: 'slow', piece: drip('to-client', 16, 40) },
  'narrow': { harm: 'slow', piece: (link, way, bytes) => { link.forward(way, bytes, Math.min(LATE_MS, bytes.length / 64)); } },
  'replies later than anybody waits': { harm: 'slow', piece: (link, way, bytes) => { link.forward(way, bytes, way === 'to-client' ? LATE_MS : 0); } },

  'garbage in place of the reply': { harm: 'broken', piece: (link, way, bytes) => { link.forward(way, way === 'to-client' ? garbled(bytes.length) : bytes, 0); } },
  'garbage before the reply': { harm: 'broken', piece: (link, way, bytes) => { link.forward(way, way === 'to-client' ? Buffer.concat([GARBAGE, bytes]) : bytes, 0); } },
  'garbage in the middle of the reply': { harm: 'broken', piece: (link, way, bytes) => { link.forward(way, way === 'to-client' ? spoilt(bytes) : bytes, 0); } },

  'every connection lives a moment': { harm: 'broken', begin: (link) => { link.after(30, () => { link.reset(); }); } },
  'flapping': { harm: 'broken', begin: flap },
} as const satisfies Readonly<Record<string, NetworkFault>>;

export type FaultName = keyof typeof NETWORK_FAULTS;
export const FAULT_NAMES = Object.keys(NETWORK_FAULTS) as readonly FaultName[];

type Piece = NonNullable<NetworkFault['piece']>;

/** Lets `count` bytes of one direction through, then ends the connection, or lets it stand in silence. */
function cutAfter(cut: Way, count: number, how: 'reset' | 'close' | 'silence'): Piece {
  return (link, way, bytes) => {
    const left = count - link.seen(way);
    if (way !== cut || bytes.length < left) {
      link.forward(way, bytes, 0);
      return;
    }
    const last = bytes.subarray(0, Math.max(0, left));
    // A reset would overtake what was written just before it.
    if (last.length > 0) link.forward(way, last, 0);
    if (how === 'silence') link.mute(way);
    else if (how === 'close') { link.end('to-client'); link.end('to-server'); }
    else link.after(last.length > 0 ? 5 : 0, () => { link.reset(); });
    if (how === 'reset') link.mute(way);
  };
}

/** Counts the turns: a reply is whatever comes after a request. */
function dropReply(number: number): Piece {
  return (link, way, bytes) => {
    if (way === 'to-client' && link.replies() >= number) link.reset();
    else link.forward(way, bytes, 0);
  };
}

/** Ends one direction once a request has gone through; the other one stays open. */
function halfClose(closed: Way): Piece {
  return (link, way, bytes) => {
    link.forward(way, bytes, 0);
    if (way === 'to-server') link.end(closed);
  };
}

function drip(slow: Way, partBytes: number, everyMs: number): Piece {
  return (link, way, bytes) => {
    if (way !== slow) link.forward(way, bytes, 0);
    else for (const part of inParts(bytes, partBytes)) link.forward(way, part, everyMs);
  };
}

/** Two tenths of a second of health, then as long a time in which everything is reset. */
function flap(link: Link): void {
  const turn = (): void => {
    if (Math.floor(Date.now() / 100) % 2 === 0) link.reset();
    else link.after(20, turn);
  };
  turn();
}

function inParts(bytes: Buffer, partBytes: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, index) => bytes.subarray(index * partBytes, (index + 1) * partBytes));
}

const garbled = (length: number): Buffer => Buffer.alloc(length, GARBAGE);

function spoilt(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  GARBAGE.copy(copy, Math.floor(bytes.length / 2));
  return copy;
}
