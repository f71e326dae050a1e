import { createServer, type Server } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePort, isPortFree, onFreePorts } from '../../../sandbox/servers/free-port.js';

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      // What a server of another program says, in its own words.
      reject(new Error(`it ended: Address already in use (${String(error)})`));
    });
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

describe('a server that is started on free ports', () => {
  it('gets other ports when somebody was quicker', async () => {
    const quicker: Server[] = [];
    const started = await onFreePorts(1, async ([port = 0]) => {
      if (quicker.length === 0) quicker.push(await listen(port));
      return listen(port);
    });
    for (const server of [started, ...quicker]) server.close();
    expect(quicker).toHaveLength(1);
  });

  it('fails after three tries, and at once for any other reason', async () => {
    let tries = 0;
    const taken = (): Promise<never> => {
      tries += 1;
      return Promise.reject(new Error('address already in use'));
    };
    await expect(onFreePorts(1, taken)).rejects.toThrow('already in use');
    expect(tries).toBe(3);
    await expect(onFreePorts(1, () => Promise.reject(new Error('no such file')))).rejects.toThrow('no such file');
  });

  it('stands on a port that no outgoing connection is given while it is away', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('sees whether a port is free', async () => {
    const port = await freePort();
    expect(await isPortFree(port)).toBe(true);
    const server = await listen(port);
    expect(await isPortFree(port)).toBe(false);
    server.close();
  });
});
