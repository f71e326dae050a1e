import { connect, createServer, type AddressInfo } from 'node:net';
import type { NetworkFault } from './faults.js';
import { TcpLink } from './link.js';

/** A way through to a server on this machine that can be made to fail. */
export interface FaultyWay {
  readonly host: string;
  readonly port: number;
  /** From now on, on every connection, those that stand included; what was inflicted before is lifted first. */
  inflict(fault: NetworkFault): Promise<void>;
  /** All is well for new connections. Those that suffered are reset: bytes of theirs are lost. */
  lift(): Promise<void>;
  /** Connections of clients that stand: what a client has ended is not one, although a silence may keep that from the server. */
  open(): number;
  close(): Promise<void>;
}

/** `harm: 'none'` faults leave connections usable, so lifting them resets nothing. */
export async function openFaultyWay(target: { readonly host: string; readonly port: number }): Promise<FaultyWay> {
  const links = new Set<TcpLink>();
  let fault: NetworkFault | null = null;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const link = new TcpLink(client, upstream, () => links.delete(link));
    links.add(link);
    suffer(link);
  });
  const listen = (port: number): Promise<void> => new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, target.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const resetAll = (): void => {
    for (const link of links) link.reset();
  };
  const stopListening = async (): Promise<void> => {
    if (!server.listening) return;
    const stopped = new Promise((resolve) => server.close(resolve));
    resetAll();
    await stopped;
  };

  function suffer(link: TcpLink): void {
    const { piece, begin } = fault ?? {};
    link.begin();
    link.take = piece === undefined ? null : (way, bytes) => { piece(link, way, bytes); };
    begin?.(link);
  }

  await listen(0);
  const { port } = server.address() as AddressInfo;

  async function lift(): Promise<void> {
    const lifted = fault;
    fault = null;
    if (lifted !== null && lifted.harm !== 'none') resetAll();
    for (const link of links) suffer(link);
    if (!server.listening) await listen(port);
  }

  return {
    host: target.host,
    port,
    async inflict(next) {
      await lift();
      fault = next;
      if (next.refuses === true) await stopListening();
      for (const link of links) suffer(link);
    },
    lift,
    open: () => [...links].filter((link) => !link.hasClientEnded()).length,
    async close() {
      fault = null;
      await stopListening();
    },
  };
}
