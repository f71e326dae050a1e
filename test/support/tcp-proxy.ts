import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way through to a server that can be cut, as a network does it. */
export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** `closed`: connections are reset and new ones refused. `silent`: they stand, and not a byte comes through any more. */
  cut(how: 'closed' | 'silent'): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function openTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Resets are what this is for; whoever is at the other end hears of them.
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    keep(client);
    if (silent) return;
    const upstream = connect(target.port, target.host);
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  const stopListening = (): Promise<void> => new Promise((resolve) => { server.close(() => { resolve(); }); });
  const resetAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    async cut(how) {
      silent = how === 'silent';
      if (how === 'silent') {
        for (const socket of sockets) socket.unpipe().pause();
        return;
      }
      const stopped = stopListening();
      resetAll();
      await stopped;
    },
    async restore() {
      silent = false;
      resetAll();
      if (!server.listening) await listen(port);
    },
    async close() {
      resetAll();
      if (server.listening) {
        const stopped = stopListening();
        resetAll();
        await stopped;
      }
    },
  };
}
