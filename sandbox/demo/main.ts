import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cwd, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { environment } from '../config.js';
import { createYard } from '../yard/yard.js';
import type { Yard } from '../yard/yard.js';
import { findRunningYard } from '../yard/yard-state.js';
import type { YardState } from '../yard/yard-state.js';
import { openYardAccess } from './access.js';
import { disagreementsAbout } from './agreement/check.js';
import { drawPictures } from './pictures/draw-pictures.js';
import { play } from './play.js';
import { createProgressBar } from './progress-bar.js';
import type { DemoReport } from './report.js';
import { SCENARIOS, isScenarioName, scenarioOf } from './scenarios.js';
import type { Scenario, ScenarioName } from './scenarios.js';
import { createTranscript } from './transcript.js';

/** What a yard of the demo does sooner than one that trains for hours. */
const OWN_YARD = { HEARTBEAT_TIMEOUT: '5s', POLL_INTERVAL: '500ms', CARD_EDIT_INTERVAL: '1s', SUBMIT_RETRY_INTERVAL: '500ms', NODE_REPORT_INTERVAL: '5s', LOG_LEVEL: 'warn' };
const RESTART_MS = 60_000;

const WRONG_ARGUMENTS = 2;

const values = readArguments();
if (!isScenarioName(values.scenario)) {
  console.error(`Expected --scenario to be one of ${Object.keys(SCENARIOS).join(', ')}, got "${values.scenario}".`);
  exit(WRONG_ARGUMENTS);
}
exit(
  await main(values.scenario).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }),
);

function readArguments(): { json: boolean; scenario: string; check?: string | undefined } {
  try {
    return parseArgs({
      options: { json: { type: 'boolean', default: false }, scenario: { type: 'string', default: 'success' }, check: { type: 'string' } },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)} Known: --scenario <name>, --json, --check <run id>.`);
    exit(WRONG_ARGUMENTS);
  }
}

async function main(name: ScenarioName): Promise<number> {
  const dataDir = join(cwd(), '.trainyard');
  const scenario: Scenario = scenarioOf(name);
  const running = await findRunningYard(dataDir);
  const needsOwn = scenario.kills === true || scenario.yard !== undefined;
  if (values.check !== undefined) return check(running, values.check, scenario);
  if (running?.status === 'ready' && !needsOwn) return perform(name, running, null);

  const ownDir = await mkdtemp(join(tmpdir(), 'trainyard-demo-'));
  say(needsOwn && running !== undefined ? 'This scenario has a yard of its own; the running one is left alone.' : 'No yard is running here: starting one for the demo.');
  const giveUp = new AbortController();
  stopWhenAsked(() => {
    giveUp.abort();
    return Promise.resolve();
  });
  const yard = await createYard({ dataDir: ownDir, giveUp: giveUp.signal, env: { ...OWN_YARD, ...withoutServers(), ...scenario.yard }, ports: 'free', say, line: () => undefined });
  try {
    return await perform(name, yard.state, yard);
  } finally {
    await yard.stop();
    await rm(ownDir, { recursive: true, force: true });
  }
}

/** Ctrl-C, or the end of the command that started this process: the demo leaves nothing behind, whatever is being played. */
function stopWhenAsked(tidyUp: () => Promise<void>): void {
  const stop = (): void => {
    void tidyUp().finally(() => exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.once('disconnect', stop);
  process.channel?.unref();
}

async function perform(name: ScenarioName, state: YardState, yard: Yard | null): Promise<number> {
  const access = await openYardAccess(state);
  const bar = createProgressBar(say, !values.json && stdout.isTTY);
  const letNodesGo = async (): Promise<void> => {
    // Nodes that are gone hold nothing.
    await Promise.allSettled(access.nodes.flatMap(({ control }) => [control.release(), control.clearScenarios()]));
  };
  stopWhenAsked(letNodesGo);
  try {
    const report = await play({
      access,
      name,
      transcript: createTranscript(say),
      pictures: await drawPictures(),
      outDir: join(cwd(), '.trainyard', 'demo'),
      kill: (part) => killAndWait(yard, part),
      progress: (row) => {
        bar.show(row);
      },
    });
    conclude(report);
    return report.agreed ? 0 : 1;
  } finally {
    bar.stop();
    await letNodesGo();
    await access.close();
  }
}

/** Holds an earlier run of the running yard against how it should have ended. */
async function check(running: YardState | undefined, runId: string, { expected }: Scenario): Promise<number> {
  if (running === undefined) throw new Error('--check looks at a run of the yard that is running here, and none is.');
  const access = await openYardAccess(running);
  try {
    const disagreements = await disagreementsAbout(access, runId, expected);
    for (const { place, found } of disagreements) say(`✗ ${place}: ${found}`);
    if (disagreements.length === 0) say('✓ ledger, run row, workflow, card, notice and nodes agree.');
    return disagreements.length === 0 ? 0 : 1;
  } finally {
    await access.close();
  }
}

async function killAndWait(yard: Yard | null, name: string): Promise<void> {
  if (yard === null) throw new Error('Only a yard of the demo’s own is killed.');
  const before = yard.part(name).restarts;
  say(`  · SIGKILL for ${name}, process ${yard.part(name).pid ?? '?'}.`);
  yard.kill(name, 'SIGKILL');
  const endsAt = Date.now() + RESTART_MS;
  while (!(yard.part(name).restarts > before && yard.part(name).isReady)) {
    if (Date.now() > endsAt) throw new Error(`Waited ${RESTART_MS / 1000} s for ${name} to serve again.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function conclude(report: DemoReport): void {
  for (const { place, found } of report.disagreements) say(`✗ ${place}: ${found}`);
  if (report.agreed) say('✓ ledger, run row, workflow, card, notice and nodes agree on how it ended.');
  const { points, history, card } = report;
  const facts = [
    `${report.outcome} after ${(report.elapsedMs / 1000).toFixed(1)} s`,
    `${points.captured} points captured, ${points.released} released`,
    `${history.events} events, ${(history.bytes / 1000).toFixed(1)} kB of history`,
    `${card.edits} card edits`,
  ];
  say(`  ${facts.join(' · ')}`);
  if (report.lora !== null) say(`\n${report.lora.path}`);
  if (values.json) console.log(JSON.stringify(report));
}

function withoutServers(): Record<string, string | undefined> {
  // The demo's own yard is of stand-ins and servers of its own, whatever the user's environment points at.
  const rest: Record<string, string | undefined> = { ...environment() };
  for (const name of ['DISCORD_TOKEN', 'DISCORD_TOKEN_FILE', 'COMFYUI_NODES', 'MONGODB_URI', 'MONGODB_URI_FILE', 'TEMPORAL_ADDRESS']) rest[name] = undefined;
  return rest;
}

/** With `--json`, standard output holds the one line; everything else goes to standard error. */
function say(line: string): void {
  if (values.json) console.error(line);
  else console.log(line);
}
