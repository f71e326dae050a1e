import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environment } from '../config.js';
import { ProgramUnavailable } from '../servers/obtain-program.js';
import { withoutPassword, readyBanner } from './banner.js';
import { YardRuns } from './data-folder.js';
import { createTerminal } from './terminal.js';
import { createYard, type Yard } from './yard.js';
import { WrongSettings } from './yard-settings.js';
import type { YardState } from './yard-state.js';

/** One press of Ctrl-C arrives more than once: from the terminal and from npm. */
const SAME_PRESS_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const startedAt = Date.now();
const { values: given } = parseArgs({
  options: { data: { type: 'string', default: '.trainyard' }, 'free-ports': { type: 'boolean', default: false } },
});
const terminal = createTerminal(process.stdout, environment()['NO_COLOR'] !== undefined);
const giveUp = new AbortController();
let stopAskedAt: number | undefined;
let yard: Yard | undefined;

for (const signal of SIGNALS) process.on(signal, stop);
// The command that started this process was killed.
process.on('disconnect', stop);
process.channel?.unref();

try {
  yard = await createYard({ dataDir: resolve(given.data), env: environment(), ports: given['free-ports'] ? 'free' : 'usual', ...terminal, giveUp: giveUp.signal });
  terminal.say(readyBanner(yard.state, yard.settings, given.data, Date.now() - startedAt));
} catch (error) {
  terminal.say(giveUp.signal.aborted ? 'Everything is stopped.' : whyItDidNotStart(error));
  process.exit(giveUp.signal.aborted ? 0 : 1);
}

function stop(): void {
  const isSecond = stopAskedAt !== undefined && Date.now() - stopAskedAt > SAME_PRESS_MS;
  if (isSecond) {
    yard?.end();
    process.exit(1);
  }
  if (stopAskedAt !== undefined) return;
  stopAskedAt = Date.now();
  terminal.say('Stopping; press Ctrl-C again to end everything at once.');
  if (yard === undefined) giveUp.abort();
  else void stopYard(yard);
}

async function stopYard(running: Yard): Promise<void> {
  await running.stop();
  terminal.say('Everything is stopped.');
  process.exit(0);
}

function whyItDidNotStart(error: unknown): string {
  if (error instanceof YardRuns) return [error.message, ...(error.state === undefined ? [] : addressLines(error.state))].join('\n');
  if (error instanceof WrongSettings || error instanceof ProgramUnavailable) return error.message;
  return error instanceof Error ? error.message : String(error);
}

function addressLines({ temporal, mongodbUri, web }: YardState): string[] {
  return [`  Temporal Web UI  ${temporal.uiUrl ?? temporal.address}`, `  MongoDB          ${withoutPassword(mongodbUri)}`, `  Downloads        ${web.url}`];
}
