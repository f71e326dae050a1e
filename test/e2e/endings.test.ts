import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { play } from '../../sandbox/demo/play.js';
import type { Picture } from '../../sandbox/demo/player.js';
import { SCENARIOS, scenarioOf } from '../../sandbox/demo/scenarios.js';
import type { Scenario, ScenarioName } from '../../sandbox/demo/scenarios.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import { captionedPictures } from '../support/captioned-pictures.js';
import { saveHistory } from '../support/histories.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

/** Those that kill processes are played by `npm run demo` itself: see kills.test.ts. */
const PLAYED_IN_PROCESS = (Object.keys(SCENARIOS) as ScenarioName[]).filter((name) => {
  const scenario: Scenario = scenarioOf(name);
  return scenario.kills !== true;
});

let yard: TestYard;
let poorYard: TestYard;
let pictures: readonly Picture[];

beforeAll(async () => {
  pictures = await captionedPictures(5);
  yard = await openTestYard();
  poorYard = await openTestYard({ settings: { WELCOME_POINTS: '2000' } });
}, 120_000);
afterAll(async () => {
  await poorYard.stop();
  await yard.stop();
}, 60_000);

describe('every ending leaves ledger, run row, workflow, card, notice and nodes agreed', () => {
  it.each(PLAYED_IN_PROCESS)('%s', async (name) => {
    const scenario: Scenario = scenarioOf(name);
    const access = scenario.yard === undefined ? yard : poorYard;
    const report = await play({
      access,
      name,
      transcript: silentTranscript,
      pictures,
      outDir: `${tmpdir()}/trainyard-test-demo`,
      kill: () => Promise.reject(new Error('no scenario here kills')),
      progress: () => undefined,
    });
    expect(report.disagreements).toEqual([]);
    if (report.workflowId !== null) await saveHistory(access.client, report.workflowId, name);
  }, 120_000);

  it('answers every upload by a workflow that ends', async () => {
    const { interactionId } = await lastUpload();
    const handle = yard.client.workflow.getHandle(`intake:${interactionId}`);
    await handle.result();
    await saveHistory(yard.client, `intake:${interactionId}`, 'intake');
  });

  it('leaves no violation of Discord’s rules behind', async () => {
    expect(await yard.driver.violations()).toEqual([]);
  });
});

/** The last form with files that Mira sent. */
async function lastUpload(): Promise<{ interactionId: string }> {
  const [row] = await yard.connection.collection<{ _id: string }>('interactions').find({ upload: { $exists: true } }).sort({ _id: -1 }).limit(1).toArray();
  if (row === undefined) throw new Error('Expected an upload to be on record, found none.');
  return { interactionId: row._id };
}
