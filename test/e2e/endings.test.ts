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

const PLAYED_IN_PROCESS = (Object.keys(SCENARIOS) as ScenarioName[]).filter((name) => {
  const scenario: Scenario = scenarioOf(name);
  return scenario.kills !== true && scenario.yard === undefined;
});

let yard: TestYard;
let pictures: readonly Picture[];

beforeAll(async () => {
  pictures = await captionedPictures(5);
  yard = await openTestYard();
}, 120_000);
afterAll(() => yard.stop(), 60_000);

describe('every ending leaves ledger, run row, workflow, card, notice and nodes agreed', () => {
  it.each(PLAYED_IN_PROCESS)('%s', async (name) => {
    const report = await play({
      access: yard,
      name,
      transcript: silentTranscript,
      pictures,
      outDir: `${tmpdir()}/trainyard-test-demo`,
      kill: () => Promise.reject(new Error('no scenario here kills')),
      progress: () => undefined,
    });
    expect(report.disagreements).toEqual([]);
    if (report.workflowId !== null) await saveHistory(yard.client, report.workflowId, name);
  }, 120_000);

  it('leaves no violation of Discord’s rules behind', async () => {
    expect(await yard.driver.violations()).toEqual([]);
  });
});
