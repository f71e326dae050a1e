import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDiscordDriver } from '../../../sandbox/discord/driver/driver.js';
import { standInToken } from '../../../sandbox/discord/people.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('the stand-in as a process of its own', () => {
  let child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  function start(env: Record<string, string>): ChildProcessByStdio<Writable, Readable, Readable> {
    child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/discord/main.ts'], { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'pipe'] });
    return child;
  }

  async function firstLine(stream: Readable): Promise<string> {
    const [line] = (await once(createInterface({ input: stream }), 'line')) as [string];
    return line;
  }

  it('prints where it is, has the bot’s commands, takes the given token and stops on SIGTERM', async () => {
    const token = standInToken();
    const yard = start({ STAND_IN_TOKEN: token });
    const line = JSON.parse(await firstLine(yard.stdout)) as { ready: boolean; url: string; level: number; msg: string };
    expect(line).toMatchObject({ ready: true, level: 30, msg: 'ready' });

    const answer = await fetch(`${line.url}/api/v10/users/@me`, { headers: { authorization: `Bot ${token}` } });
    expect(answer.status).toBe(200);
    expect(await createDiscordDriver(line.url).calls()).toContainEqual(expect.objectContaining({ path: '/users/@me', status: 200 }));
    expect((await createDiscordDriver(line.url).commands()).global).toContainEqual(expect.objectContaining({ name: 'train' }));
    yard.kill('SIGTERM');
    expect(await once(yard, 'exit')).toEqual([0, null]);
  });

  it('stops when its parent closes its input', async () => {
    const yard = start({ TRAINYARD_PARENT_WATCH: '1' });
    await firstLine(yard.stdout);
    yard.stdin.end();
    expect(await once(yard, 'exit')).toEqual([0, null]);
  });

  it('names what is wrong with its configuration and does not start', async () => {
    const yard = start({ STAND_IN_PORT: 'abc', TRAINYARD_PARENT_WATCH: 'yes' });
    let output = '';
    yard.stderr.on('data', (data: Buffer) => {
      output += data.toString();
    });
    const [code] = (await once(yard, 'exit')) as [number];
    expect(code).toBe(1);
    expect(output).toMatch(/^The stand-in of Discord cannot start:[^]*STAND_IN_PORT[^]*TRAINYARD_PARENT_WATCH/);
    expect(output).not.toMatch(/\n +at /);
  });
});
