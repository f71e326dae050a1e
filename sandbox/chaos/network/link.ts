import type { Socket } from 'node:net';

/** The direction in which bytes travel. */
export type Way = 'to-server' | 'to-client';

/** One connection through the proxy, as a fault sees it. Everything a fault started ends with the connection. */
export interface Link {
  /** Bytes of this direction since the fault began, without the piece in hand. */
  seen(way: Way): number;
  /** Turns of replies since the fault began; one begins with the first piece after a request. */
  replies(): number;
  /** Sends a piece on, at least `delayMs` after the one before it: order is kept. */
  forward(way: Way, bytes: Buffer, delayMs: number): void;
  /** Nothing more comes through in this direction, and nobody is told. */
  mute(way: Way): void;
  /** No more bytes in this direction, as one who has said everything: FIN. */
  end(way: Way): void;
  /** Both sides learn at once that the connection is gone: RST. */
  reset(): void;
  after(ms: number, then: () => void): void;
}

type Pieces = (way: Way, bytes: Buffer) => void;

/** A link between two sockets; without `take` it hands everything on as it comes. */
export class TcpLink implements Link {
  /** A fault's say in every piece. */
  take: Pieces | null = null;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly muted = new Set<Way>();
  private readonly bytes: Record<Way, number> = { 'to-server': 0, 'to-client': 0 };
  private readonly busyUntil: Record<Way, number> = { 'to-server': 0, 'to-client': 0 };
  private readonly waiting: Record<Way, { readonly at: number; readonly bytes: Buffer | 'end' }[]> = { 'to-server': [], 'to-client': [] };
  private turns = 0;
  private last: Way = 'to-client';

  constructor(private readonly client: Socket, private readonly server: Socket, onClose: () => void) {
    this.connect(client, 'to-server');
    this.connect(server, 'to-client');
    client.once('close', () => {
      this.settle();
      onClose();
    });
    server.once('close', () => {
      // A muted client is to hear nothing, not even an end.
      if (!this.muted.has('to-client')) this.after(Math.max(0, this.busyUntil['to-client'] - Date.now()) + 5, () => { client.destroySoon(); });
    });
  }

  /** Counts anew for a fault that begins now. */
  begin(): void {
    this.bytes['to-server'] = 0;
    this.bytes['to-client'] = 0;
    this.turns = 0;
  }

  seen(way: Way): number {
    return this.bytes[way];
  }

  replies(): number {
    return this.turns;
  }

  hasClientEnded(): boolean {
    return this.client.readableEnded;
  }

  forward(way: Way, bytes: Buffer, delayMs: number): void {
    this.send(way, bytes, delayMs);
  }

  private send(way: Way, bytes: Buffer | 'end', delayMs: number): void {
    const now = Date.now();
    const at = Math.max(now, this.busyUntil[way]) + delayMs;
    this.busyUntil[way] = at;
    const waiting = this.waiting[way];
    if (at <= now && waiting.length === 0) this.write(way, bytes);
    else if (waiting.push({ at, bytes }) === 1) this.sendDue(way);
  }

  mute(way: Way): void {
    this.muted.add(way);
  }

  end(way: Way): void {
    this.send(way, 'end', 0);
  }

  reset(): void {
    this.settle();
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, ms);
    this.timers.add(timer);
  }

  private connect(from: Socket, way: Way): void {
    // Resets are what this is for; whoever is at the other end hears of them.
    from.on('error', () => undefined);
    from.on('data', (bytes: Buffer) => {
      if (this.muted.has(way)) return;
      if (way === 'to-client' && this.last === 'to-server') this.turns += 1;
      this.last = way;
      if (this.take === null) this.forward(way, bytes, 0);
      else this.take(way, bytes);
      this.bytes[way] += bytes.length;
    });
    from.on('end', () => {
      // Whoever has said everything and will never hear a word is gone for good.
      if (from === this.client && this.muted.has('to-client')) this.client.destroy();
      if (!this.muted.has(way)) this.end(way);
    });
  }

  /** One timer a direction: two that are due in the same millisecond would not keep their order. */
  private sendDue(way: Way): void {
    const waiting = this.waiting[way];
    for (let first = waiting[0]; first !== undefined && first.at <= Date.now(); first = waiting[0]) {
      this.write(way, first.bytes);
      waiting.shift();
    }
    if (waiting[0] !== undefined) this.after(waiting[0].at - Date.now(), () => { this.sendDue(way); });
  }

  private write(way: Way, bytes: Buffer | 'end'): void {
    const target = this.target(way);
    if (bytes === 'end') target.end();
    else if (target.writable) target.write(bytes);
  }

  private target(way: Way): Socket {
    return way === 'to-server' ? this.server : this.client;
  }

  private settle(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.waiting['to-server'].length = 0;
    this.waiting['to-client'].length = 0;
    this.server.destroy();
  }
}
