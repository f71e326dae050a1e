import { estimateEndMs, msPerStep } from '../../domain/remaining-time.js';
import { isEndStatus, MAX_ATTEMPTS } from '../../domain/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { againRoute, cancelAskRoute, downloadRoute } from './custom-ids.js';
import { ACCENT, button, framed, row, text, timestamp, type View } from './layout.js';
import { modelRoute } from './model-routes.js';
import { showRunRoute } from './run-routes.js';
import { againSettingsRoute } from './start-routes.js';
import { endSentence } from './run-words.js';
import { plain, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

/** What a card shows of a run. */
export type CardState = Pick<
  RunRow,
  | 'runId' | 'datasetName' | 'recipeId' | 'images' | 'settings' | 'pricePoints' | 'status' | 'cancelling' | 'attempt' | 'lastFailure' | 'claim' | 'progress' | 'progressAt'
  | 'firstStepAt' | 'firstStep' | 'artifact' | 'end' | 'createdAt' | 'endedAt'
>;

/** What a card shows beside the run itself. */
export interface CardSurroundings {
  readonly now: Date;
  /** How many runs wait for the same nodes before this one; null when it does not wait. */
  readonly ahead: number | null;
  /** About when it gets a node; null when nothing is known of that. */
  readonly startsAt: Date | null;
  /** Whether a node has been seen lately that can run it; null when that does not matter any more. */
  readonly hasNode: boolean | null;
  readonly pointsHelp: string | undefined;
  /** Others than the owner read it, whom the owner's points do not concern. */
  readonly isPublic: boolean;
}

/** After this long without a sign of life the card says so in words. */
const SILENT_AFTER_MS = 5 * 60_000;

type Button = ReturnType<typeof button>;

/** A run, live, in a message of its own: brought up to date by edits, and by a press that answers privately. */
export function cardView(t: Texts, run: CardState, surroundings: CardSurroundings): View {
  const show = (label: string): Button => button(label, showRunRoute.format({ runId: run.runId }));
  const { buttons } = t.runs;
  if (run.end === null) return runFrame(t, run, surroundings, [show(buttons.refresh), ...cancelButtons(t, run)]);
  return runFrame(t, run, surroundings, [...endedButtons(t, run), ...(surroundings.isPublic ? [show(buttons.details)] : [])]);
}

/** One frame: the state of a run in words, a bar of text, and what can be done about it. */
export function runFrame(t: Texts, run: CardState, surroundings: CardSurroundings, buttons: readonly Button[], more: string | null = null): View {
  const started = timestamp(run.createdAt);
  return framed(accentOf(run), [
    text(`## ${safe(run.datasetName, 40)}`, `**${stateWord(t, run)}**`),
    text(...stateLines(t, run, surroundings)),
    text(`-# ${t.runs.facts(run.images.length, plain(run.recipeId), run.settings.steps, started, run.runId.slice(0, 8))}`, more === null ? null : `-# ${more}`),
    row(...buttons),
  ]);
}

/** The state in one or two words; a cancel that was accepted is a state of its own until it has ended the run. */
export function stateWord(t: Texts, { status, cancelling }: Pick<CardState, 'status' | 'cancelling'>): string {
  return cancelling !== null && !isEndStatus(status) ? t.runs.cancelling : t.status[status];
}

function accentOf({ status }: CardState): number {
  if (status === 'succeeded') return ACCENT.good;
  if (status === 'failed') return ACCENT.bad;
  return status === 'training' || status === 'collecting' ? ACCENT.calm : ACCENT.waiting;
}

function stateLines(t: Texts, run: CardState, surroundings: CardSurroundings): (string | null)[] {
  const { end, status, cancelling } = run;
  if (end !== null) return endLines(t, run, end, surroundings);
  if (cancelling !== null) return [...progressBar(t, run), t.runs.stopping];
  const attempt = attemptLine(t, run);
  switch (status) {
    case 'queued':
      return [...queueLines(t, surroundings), attempt];
    case 'staging':
      return [run.claim === null ? null : t.runs.onNode(safe(run.claim.nodeId, 60)), phaseLine(t, run), attempt, lifeLine(t, run, surroundings)];
    case 'training':
      return [...progressBar(t, run), phaseLine(t, run), ...paceLines(t, run, surroundings), attempt, lifeLine(t, run, surroundings)];
    case 'collecting':
      return [...progressBar(t, run), attempt];
    case 'ending':
      return [...progressBar(t, run), t.runs.closing, attempt];
    default:
      return [t.runs.moment, attempt];
  }
}

function queueLines(t: Texts, { ahead, startsAt, hasNode }: CardSurroundings): (string | null)[] {
  return [
    ahead === null || ahead === 0 ? t.runs.nextInLine : t.runs.ahead(ahead),
    startsAt === null ? null : t.runs.startsAbout(timestamp(startsAt)),
    hasNode === false ? t.runs.noNode : null,
  ];
}

function endLines(t: Texts, run: CardState, end: NonNullable<CardState['end']>, { pointsHelp, isPublic }: CardSurroundings): (string | null)[] {
  const { what, hint, points } = endSentence(t, end, { pointsHelp });
  const { artifact } = run;
  const file = end.kind !== 'succeeded' || artifact === null ? null : t.runs.file(plain(artifact.fileName), artifact.sizeBytes, artifact.tensors);
  return [what, file, hint, isPublic ? `-# ${t.runs.pointsInPrivate}` : points, run.endedAt === null ? null : `-# ${t.runs.ended(timestamp(run.endedAt))}`];
}

function attemptLine(t: Texts, { attempt, lastFailure }: CardState): string | null {
  return attempt <= 1 || lastFailure === null ? null : t.runs.attempt(attempt, MAX_ATTEMPTS, t.failure(lastFailure).what);
}

function phaseLine(t: Texts, { progress }: CardState): string | null {
  return progress === null || progress.phase === 'training' ? null : t.runs.phase[progress.phase];
}

const BAR_CELLS = 20;

function progressBar(t: Texts, { progress, claim }: CardState): string[] {
  if (progress === null) return claim === null ? [] : [t.runs.firstStep];
  const { step, totalSteps } = progress;
  const share = totalSteps === 0 ? 0 : Math.min(1, step / totalSteps);
  const cells = Math.floor(share * BAR_CELLS);
  return [
    `\`${'█'.repeat(cells)}${'░'.repeat(BAR_CELLS - cells)}\` ${t.runs.percent(Math.floor(share * 100))}`,
    claim === null ? t.runs.steps(step, totalSteps) : t.runs.stepsOnNode(step, totalSteps, safe(claim.nodeId, 60)),
  ];
}

/** How fast it goes, and when it will be done: as marks that tick in the reader's client without an edit. */
function paceLines(t: Texts, run: CardState, { now }: CardSurroundings): (string | null)[] {
  const stepMs = msPerStep(run);
  const endMs = estimateEndMs(run);
  if (stepMs === null) return [];
  return [t.runs.rate(stepMs), endMs === null ? null : endLine(t, run, endMs, now)];
}

/** From here on a pace that was measured holds to the end. */
const NEARLY_DONE = 0.9;

/** An end that should have come already is near only after most of the steps; before that the node has become slower, and nobody knows. */
function endLine(t: Texts, { progress }: CardState, endMs: number, now: Date): string | null {
  if (endMs > now.getTime()) return t.runs.doneAbout(timestamp(new Date(endMs)), timestamp(new Date(endMs), 't'));
  const share = progress === null ? 0 : progress.step / progress.totalSteps;
  return share < NEARLY_DONE ? null : t.runs.doneSoon;
}

function lifeLine(t: Texts, { progressAt }: CardState, { now }: CardSurroundings): string | null {
  if (progressAt === null) return null;
  const when = timestamp(progressAt);
  return now.getTime() - progressAt.getTime() > SILENT_AFTER_MS ? t.runs.silent(SILENT_AFTER_MS, when) : `-# ${t.runs.signOfLife(when)}`;
}

/** Once the training is done its file is being kept, and once a cancel or an end is under way there is nothing left to cancel. */
export function cancelButtons(t: Texts, { runId, status, cancelling }: CardState): Button[] {
  if (cancelling !== null || status === 'ending' || status === 'collecting') return [];
  return [button(t.runs.buttons.cancel, cancelAskRoute.format({ runId }), 'danger')];
}

/** What is left to do with a run that has ended. */
export function endedButtons(t: Texts, { runId, status }: Pick<CardState, 'runId' | 'status'>): Button[] {
  if (status !== 'succeeded') return againButtons(t, runId);
  const { buttons } = t.runs;
  return [
    button(buttons.download, downloadRoute.format({ loraId: runId }), 'primary'),
    button(buttons.model, modelRoute.format({ loraId: runId })),
    ...againButtons(t, runId),
  ];
}

/** The same training again, or with other settings first. */
export function againButtons(t: Texts, runId: string): Button[] {
  return [button(t.runs.buttons.again, againRoute.format({ runId })), button(t.runs.buttons.otherSettings, againSettingsRoute.format({ runId }))];
}
