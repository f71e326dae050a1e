import type { AddressInfo, Server, Socket } from 'node:net';
import type { Hop } from './hop.js';

/** Lets a server listen on a free port of loopback and keeps its connections, so that closing cuts them. */
export async function listening(server: Server): Promise<Hop> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Resets are what hops are for; whoever is at the other end hears of them.
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    address: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.resetAndDestroy();
      }),
  };
}
