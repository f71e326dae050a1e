import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { accountIdOf } from '../../domain/accounts.js';
import { createPointsLedger } from '../../models/points-ledger.js';
import { createRuns } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { USERS } from '../discord/people.js';
import type { SeenMessage } from '../discord/user/view.js';
import { disagreementsAbout } from './agreement/check.js';
import type { Disagreement, Expectation } from './agreement/expectation.js';
import { createPlayer, waitForRow } from './player.js';
import type { Access, Picture } from './player.js';
import { reportOf } from './report.js';
import type { DemoReport } from './report.js';
import { scenarioOf } from './scenarios.js';
import type { Scenario, ScenarioName } from './scenarios.js';
import { buttonOf, linkOf } from './seen-buttons.js';
import { createStage } from './stage.js';
import type { Transcript } from './transcript.js';

export interface PlayOptions {
  readonly access: Access;
  readonly name: ScenarioName;
  readonly transcript: Transcript;
  readonly pictures: readonly Picture[];
  /** Where the trained file is put. */
  readonly outDir: string;
  readonly kill: (part: string) => Promise<void>;
  /** Shows how far a training is; called a few times a second. */
  readonly progress: (row: RunRow) => void;
}

const HERO = 'mira';
/** Enough for every scenario; the operator tops up when less is left. */
const PURSE_POINTS = 4_000;
/** Places agree within moments of the end: the last card edit and the closing of the workflow follow the row. */
const AGREE_WITHIN_MS = 20_000;

/** Plays a scenario as a user of Discord would live it, then holds every place that knows of it against what should be. */
export async function play(options: PlayOptions): Promise<DemoReport> {
  const { access, name, transcript } = options;
  const scenario: Scenario = scenarioOf(name);
  const startedAt = Date.now();
  const player = createPlayer(access, HERO, transcript);
  const accountId = accountIdOf('discord', USERS[HERO].id);
  const ledger = createPointsLedger(access.mongo);

  transcript.chapter(scenario.title);
  await player.slash('points balance');
  if (scenario.yard === undefined) await topUp(options, (await ledger.balanceOf(accountId)).availablePoints);
  const pointsBefore = (await ledger.balanceOf(accountId)).availablePoints;

  const datasetId = await player.createDataset(`tilda ${new Date().toISOString().slice(11, 19)}`);
  const pictures = options.pictures.slice(0, scenario.pictures ?? options.pictures.length);
  const [first, ...rest] = pictures;
  if (first === undefined) throw new Error('Expected pictures to upload, got none.');
  await player.uploadOne(datasetId, first);
  await player.uploadRest(datasetId, rest);
  await player.slash('train view', { id: datasetId });

  const stage = createStage({ access, transcript, player, datasetId, pictures, kill: options.kill });
  await scenario.prepare?.(stage);
  transcript.chapter('The training');
  const offered = await player.offer(datasetId, { recipe: scenario.recipe ?? 'sdxl-lora', ...(scenario.steps === undefined ? {} : { steps: scenario.steps }), card: 'here' });
  if (scenario.withoutOffer === true) {
    const disagreements = await disagreementsAboutNothing(access, datasetId, offered);
    return reportOf(access, { scenario: name, row: null, pointsBefore, accountId, loraPath: null, disagreements, elapsedMs: Date.now() - startedAt });
  }
  await scenario.meanwhile?.(stage);
  const runId = await player.confirm(offered);
  const row = await liveThrough(options, runId, scenario.during?.(stage, runId));
  const loraPath = row.status === 'succeeded' ? await fetchLora(options, row) : null;
  await player.slash('points balance');

  const disagreements = await agreed(access, runId, scenario.expected);
  return reportOf(access, { scenario: name, row, pointsBefore, accountId, loraPath, disagreements, elapsedMs: Date.now() - startedAt });
}

async function topUp({ access, transcript }: PlayOptions, availablePoints: number): Promise<void> {
  if (availablePoints >= PURSE_POINTS) return;
  const operator = createPlayer(access, 'olga', transcript);
  await operator.slash('points grant', { user: USERS[HERO].id, points: PURSE_POINTS, reason: 'for another demo' });
}

/** Shows the progress until the run has ended and its owner knows, then the card and the notice as they stand. */
async function liveThrough({ access, transcript, progress }: PlayOptions, runId: string, during: Promise<void> | undefined): Promise<RunRow> {
  const ended = waitForRow(access, runId, (row) => {
    progress(row);
    // News of an end does not wait long for the card.
    return !row.open && row.notice === 'delivered' && (row.card === null || row.card.lost || row.card.renderedRevision >= row.revision);
  }, { timeoutMs: 300_000, what: 'the end of the run, its card and its notice' });
  const [row] = await Promise.all([ended, during]);
  const messages = await access.messagesOf(USERS[HERO].id);
  transcript.chapter('What Mira sees at the end');
  const tellsTheEnd = (seen: SeenMessage): boolean => !seen.ephemeral && seen.createdAt >= (row.endedAt?.getTime() ?? 0) - 1000;
  for (const message of messages) if (message.id === row.card?.messageId || tellsTheEnd(message)) transcript.message(message);
  return row;
}

/** Presses *Download* on the card and fetches what the fresh link gives. */
async function fetchLora({ access, transcript, outDir }: PlayOptions, row: RunRow): Promise<string> {
  const player = createPlayer(access, HERO, transcript);
  const card = (await access.messagesOf(USERS[HERO].id)).find((message) => message.id === row.card?.messageId);
  if (card === undefined || row.artifact === null) throw new Error(`Expected run ${row.runId} to have a card and a file, found ${card === undefined ? 'no card' : 'no file'}.`);
  const answer = await player.press(card, 'Download');
  const response = await fetch(linkOf(buttonOf(answer, 'Download')));
  const bytes = Buffer.from(await response.arrayBuffer());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== row.artifact.sha256) throw new Error(`Expected the download to be ${row.artifact.sha256}, got ${sha256} (HTTP ${response.status}).`);
  await mkdir(outDir, { recursive: true });
  const path = resolve(join(outDir, row.artifact.fileName));
  await writeFile(path, bytes);
  return path;
}

async function agreed(access: Access, runId: string, expected: Expectation): Promise<Disagreement[]> {
  const endsAt = Date.now() + AGREE_WITHIN_MS;
  for (;;) {
    const disagreements = await disagreementsAbout(access, runId, expected);
    if (disagreements.length === 0 || Date.now() > endsAt) return disagreements;
    await new Promise((wake) => setTimeout(wake, 250));
  }
}

/** Where no offer was made, there is an answer that says why, and no trace of a run anywhere. */
async function disagreementsAboutNothing(access: Access, datasetId: string, answer: SeenMessage): Promise<Disagreement[]> {
  const found: Disagreement[] = [];
  if (/Start training/.test(access.textOf(answer))) found.push({ place: 'notice', found: 'a training was offered' });
  const run = await createRuns(access.mongo).latestRunOfDataset(datasetId);
  if (run !== null) found.push({ place: 'run row', found: `there is a run ${run.runId}` });
  return found;
}
