import { estimateEndMs } from '../../domain/remaining-time.js';
import { isEndStatus, MAX_ATTEMPTS } from '../../domain/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { count, counted, sizeText } from '../texts/en/words.js';
import { againRoute, cancelAskRoute, downloadRoute } from './custom-ids.js';
import { ACCENT, button, framed, row, text, timestamp, type View } from './layout.js';
import { endSentence } from './run-words.js';
import { plain, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

/** What a card shows of a run. */
export type CardState = Pick<
  RunRow,
  | 'runId' | 'datasetName' | 'recipeId' | 'images' | 'settings' | 'pricePoints' | 'status' | 'attempt' | 'lastFailure' | 'claim' | 'progress' | 'progressAt'
  | 'firstStepAt' | 'artifact' | 'end' | 'createdAt' | 'endedAt'
>;

export interface CardSurroundings {
  /** How many runs wait for the same nodes before this one; null when it does not wait. */
  readonly ahead: number | null;
  readonly pointsHelp: string | undefined;
}

/** A run, live: one frame, its state in words, a bar of text, and what can be done about it. */
export function cardView(t: Texts, run: CardState, surroundings: CardSurroundings): View {
  return framed(accentOf(run), [
    text(`## ${safe(run.datasetName, 40)}`, `**${t.status[run.status]}**`),
    text(...stateLines(t, run, surroundings)),
    text(
      `-# ${counted(run.images.length, 'image')} · \`${plain(run.recipeId)}\` · ${counted(run.settings.steps, 'step')}` +
        ` · started ${timestamp(run.createdAt)} · run \`${run.runId.slice(0, 8)}\``,
    ),
    row(...buttonsOf(run)),
  ]);
}

function accentOf({ status }: CardState): number {
  if (status === 'succeeded') return ACCENT.good;
  if (status === 'failed') return ACCENT.bad;
  return status === 'training' || status === 'collecting' ? ACCENT.calm : ACCENT.waiting;
}

function stateLines(t: Texts, run: CardState, { ahead, pointsHelp }: CardSurroundings): (string | null)[] {
  const { end, status } = run;
  if (end !== null) return endLines(t, run, end, pointsHelp);
  const attempt = attemptLine(t, run);
  switch (status) {
    case 'queued':
      return [ahead === null || ahead === 0 ? 'Next in line.' : `About ${counted(ahead, 'run')} ahead.`, attempt];
    case 'staging':
      return [run.claim === null ? null : `On node ${safe(run.claim.nodeId, 60)}.`, phaseLine(run), attempt];
    case 'training':
    case 'collecting':
    case 'ending':
      return [...progressLines(run), attempt];
    default:
      return ['A moment, please.', attempt];
  }
}

function endLines(t: Texts, run: CardState, end: NonNullable<CardState['end']>, pointsHelp: string | undefined): (string | null)[] {
  const { what, hint, points } = endSentence(t, end, { pointsHelp });
  const { artifact } = run;
  const file = end.kind !== 'succeeded' || artifact === null ? null : `\`${plain(artifact.fileName)}\` · ${sizeText(artifact.sizeBytes)} · ${counted(artifact.tensors, 'tensor')}`;
  return [what, file, hint, points, run.endedAt === null ? null : `-# Ended ${timestamp(run.endedAt)}`];
}

function attemptLine(t: Texts, { attempt, lastFailure }: CardState): string | null {
  if (attempt <= 1 || lastFailure === null) return null;
  return `Attempt ${attempt} of ${MAX_ATTEMPTS}, at no extra cost. The one before: ${t.failure(lastFailure).what}`;
}

const PHASES = { waiting: 'Waiting in the node’s own queue.', preparing: 'Loading the base model.', training: null, saving: 'Saving the model.' } as const;

function phaseLine({ progress }: CardState): string | null {
  return progress === null ? null : PHASES[progress.phase];
}

const BAR_CELLS = 20;

function progressLines(run: CardState): (string | null)[] {
  const { progress, progressAt, claim } = run;
  if (progress === null) return ['Waiting for the first step.'];
  const share = progress.totalSteps === 0 ? 0 : Math.min(1, progress.step / progress.totalSteps);
  const cells = Math.floor(share * BAR_CELLS);
  const endMs = run.status === 'training' ? estimateEndMs(run) : null;
  return [
    `\`${'█'.repeat(cells)}${'░'.repeat(BAR_CELLS - cells)}\` ${Math.floor(share * 100)} percent`,
    `${count(progress.step)} of ${counted(progress.totalSteps, 'step')}${claim === null ? '' : ` on node ${safe(claim.nodeId, 60)}`}`,
    phaseLine(run),
    endMs === null ? null : `Done ${timestamp(new Date(endMs))}, at ${timestamp(new Date(endMs), 't')}`,
    progressAt === null ? null : `-# Last sign of life ${timestamp(progressAt)}`,
  ];
}

function buttonsOf(run: CardState): ReturnType<typeof button>[] {
  const { runId, status } = run;
  if (!isEndStatus(status)) {
    return status === 'ending' || status === 'collecting' ? [] : [button('Cancel training', cancelAskRoute.format({ runId }), 'danger')];
  }
  const again = button('Train again', againRoute.format({ runId }));
  return status === 'succeeded' ? [button('Download', downloadRoute.format({ loraId: runId }), 'primary'), again] : [again];
}
