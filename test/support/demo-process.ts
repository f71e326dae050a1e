import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { environment } from '../../sandbox/config.js';
import { CANARIES } from './canaries.js';
import { watchForLeaks } from './leak-watch.js';

const DEMO = fileURLToPath(new URL('../../sandbox/demo/main.ts', import.meta.url));

export interface DemoEnd {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `npm run demo` with these arguments in a folder, as a process of its own: its exit code and what it printed. */
export function runDemo(folder: string, ...args: string[]): Promise<DemoEnd> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), DEMO, ...args], {
    cwd: folder,
    env: { ...environment(), NODE_OPTIONS: '', ...CANARIES },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      const printed = watchForLeaks('logs');
      printed.see(out);
      printed.see(err);
      printed.close().then(() => { resolve({ code, out, err }); }, reject);
    });
  });
}
