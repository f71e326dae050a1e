import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { bundleWorkflows, readHistories, replay } from './replay.js';

const ROOT = new URL('../../', import.meta.url);
const WRONG_ARGUMENTS = 2;

const values = readArguments();
Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'OFF' } } });
const histories = await readHistories(values.histories);
const replayed = await replay(histories, await bundleWorkflows(values.workflows));
const failed = replayed.filter(({ problem }) => problem !== null);
for (const { name, problem } of replayed) say(problem === null ? `✓ ${name}` : `✗ ${name}\n  ${problem}`);
if (histories.length === 0) say(`There is no history in ${values.histories}.`);
const isGood = failed.length === 0 && histories.length > 0;
console.log(values.json ? JSON.stringify({ histories: histories.length, failed: failed.length, problems: failed, ok: isGood }) : `${replayed.length - failed.length} passed, ${isGood ? 0 : Math.max(failed.length, 1)} failed`);
process.exit(isGood ? 0 : 1);

function readArguments(): { json: boolean; workflows: string; histories: string } {
  try {
    const options = {
      json: { type: 'boolean', default: false },
      workflows: { type: 'string', default: fileURLToPath(new URL('workflows/index.ts', ROOT)) },
      histories: { type: 'string', default: fileURLToPath(new URL('test/histories', ROOT)) },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)} Known: --json, --workflows <index.ts>, --histories <folder>.`);
    process.exit(WRONG_ARGUMENTS);
  }
}

/** With `--json`, standard output holds the one line. */
function say(line: string): void {
  if (values.json) console.error(line);
  else console.log(line);
}
