import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Below what Linux (from 32768) and macOS (from 49152) give to outgoing connections: those take no such port while its server is away. */
const PORTS = { from: 15_000, below: 32_768 } as const;
const MOST_PICKS = 100;

/** A port nobody listens on. Another server may take it before it is used: callers that care try again. */
export async function freePort(): Promise<number> {
  for (let picks = 0; picks < MOST_PICKS; picks += 1) {
    const port = randomInt(PORTS.from, PORTS.below);
    if (await isPortFree(port)) return port;
  }
  return (await listenOnce(0)) ?? Promise.reject(new Error('The system gave no free loopback port.'));
}

const MOST_TRIES = 3;

/** Starts what listens on ports of its own, with other ports when somebody else took one in between. */
export async function onFreePorts<Started>(count: number, start: (ports: readonly number[]) => Promise<Started>): Promise<Started> {
  for (let tries = 1; ; tries += 1) {
    const ports = await Promise.all(Array.from({ length: count }, freePort));
    try {
      return await start(ports);
    } catch (error) {
      if (tries >= MOST_TRIES || !(error instanceof Error) || !/address already in use/i.test(error.message)) throw error;
    }
  }
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  });
}
