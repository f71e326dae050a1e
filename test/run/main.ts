import { CHROMIUM, obtainChromium } from '../../sandbox/browser/chromium.js';
import { environment } from '../../sandbox/config.js';
import { describeProgram, obtainMongod, obtainTemporal, sourceContext } from '../../sandbox/servers/servers.js';
import { seedOfRun } from '../support/config.js';
import { CHECKS, runCheck, runJest } from './checks.js';
import { addUp, lastLine, type Tally } from './tally.js';

/** Told to stop, or its starter was killed: jest and the checks must not go on alone. */
const giveUp = new AbortController();

/**
 * `npm test`: the servers and the browser, then lint, types and every test. `npm test -- <path or jest option>` runs only the tests it names.
 * The last line is `N passed, N failed`, whatever happens; the exit code is 0 only when nothing failed.
 */
async function main(args: readonly string[]): Promise<Tally> {
  const tallies: Tally[] = [];
  const env = environment();
  const seed = seedOfRun(env);
  say(`Random tests draw from TEST_SEED=${seed.TEST_SEED}`);
  const programs = await obtainPrograms(env);
  if (args.length === 0) {
    for (const check of CHECKS) tallies.push(await runCheck(check, process.cwd(), say, giveUp.signal));
  }
  say(args.length === 0 ? 'Tests' : `Tests: ${args.join(' ')} (lint and types are checked by "npm test" alone)`);
  const tests = await runJest({ only: args }, process.cwd(), { ...env, ...programs, ...seed }, giveUp.signal);
  const again = tests.failed > 0 || tests.notes.length > 0 ? [`To draw the same once more: TEST_SEED=${seed.TEST_SEED}`] : [];
  return addUp([...tallies, { ...tests, notes: [...tests.notes, ...again] }]);
}

/** Long steps happen here, in sight; jest then finds the programs at once. */
async function obtainPrograms(env: Readonly<Record<string, string | undefined>>): Promise<Record<string, string>> {
  const context = sourceContext(env, say, giveUp.signal);
  const mongod = await obtainMongod(context);
  say(describeProgram('mongod', mongod));
  const temporal = await obtainTemporal(context);
  say(describeProgram('Temporal', temporal));
  const chromium = await obtainChromium(context);
  say(describeProgram(CHROMIUM.name, chromium));
  return { MONGOD_PATH: mongod.path, TEMPORAL_CLI_PATH: temporal.path, [CHROMIUM.pathVariable]: chromium.path };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const startedAt = Date.now();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) {
  process.on(event, () => {
    giveUp.abort();
  });
}
process.channel?.unref();
const tally = await main(process.argv.slice(2)).catch((error: unknown): Tally => {
  return { passed: 0, failed: 1, notes: [error instanceof Error ? error.message : String(error)] };
});
for (const note of tally.notes) say(note);
say(`${Math.round((Date.now() - startedAt) / 1000)} s`);
process.stdout.write(`${lastLine(tally)}\n`);
process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
