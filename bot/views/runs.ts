import type { RunRow } from '../../models/runs-schema.js';
import { cancelButtons, endedButtons, runFrame, stateWord, type CardSurroundings } from './card.js';
import { cancelRoute, refreshRoute, type ConfirmedCancel } from './custom-ids.js';
import { ACCENT, button, framed, row, text, timestamp, type View } from './layout.js';
import { moveCardRoute } from './run-routes.js';
import { clamp, plain, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

export interface RunAnswerOptions {
  /** The owner looks at it where the bot may post: the card can be had here. */
  readonly canMoveHere: boolean;
  /** For a link to the live card. */
  readonly guildId: string | null;
}

/** All of a run in a private answer: what its card shows, its points, and buttons that bring it up to date and the card here. */
export function runView(t: Texts, run: RunRow, surroundings: CardSurroundings, { canMoveHere, guildId }: RunAnswerOptions): View {
  const link = linkToCard(run, guildId);
  const alone = { ...surroundings, isPublic: false };
  if (run.end !== null) return runFrame(t, run, alone, endedButtons(t, run));
  const { runId, cardMove } = run;
  const buttons = [
    button(t.runs.buttons.refresh, refreshRoute.format({ runId })),
    ...cancelButtons(t, run),
    ...(canMoveHere ? [button(t.runs.buttons.moveHere, moveCardRoute.format({ runId, move: cardMove }))] : []),
  ];
  return runFrame(t, run, alone, buttons, link === null ? null : t.runs.cardAt(link));
}

/** The account's latest runs, newest first. */
export function recentRunsView(t: Texts, runs: readonly RunRow[]): View {
  const { list, buttons } = t.runs;
  if (runs.length === 0) return framed(ACCENT.calm, [text(list.heading, list.none)]);
  return framed(ACCENT.calm, [
    text(list.heading),
    text(...runs.map((run) => `- **${safe(run.datasetName, 40)}** · ${stateWord(t, run)}${stepsOf(t, run)} · \`${plain(run.recipeId)}\` · ${timestamp(run.createdAt)}`)),
    row(
      ...runs
        .filter((run) => run.open)
        .slice(0, 5)
        .map((run) => button(clamp(buttons.show(plain(run.datasetName)), 60), refreshRoute.format({ runId: run.runId }))),
    ),
  ]);
}

function stepsOf(t: Texts, { open, progress }: RunRow): string {
  return open && progress !== null ? ` ${t.runs.list.steps(progress.step, progress.totalSteps)}` : '';
}

/** The run is on its way; where its card is to be seen. */
export function acceptedView(t: Texts, run: Pick<RunRow, 'datasetName' | 'pricePoints' | 'cardPlace' | 'card' | 'runId'>, guildId: string | null): View {
  return framed(ACCENT.good, [
    text(`${t.runs.accepted(safe(run.datasetName, 40))} ${t.runs.setAside(run.pricePoints)}`, cardPlaceLine(t, run, guildId)),
    row(button(t.runs.buttons.showIt, refreshRoute.format({ runId: run.runId }))),
  ]);
}

function cardPlaceLine(t: Texts, run: Pick<RunRow, 'cardPlace' | 'card'>, guildId: string | null): string {
  const link = linkToCard(run, guildId);
  if (link !== null) return t.runs.cardAt(link);
  return run.cardPlace.where === 'here' ? t.runs.cardComesHere : t.runs.cardComesDirectly;
}

/** Null for a card that is not there; a channel of another server than the reader's cannot be told apart from one of this. */
function linkToCard({ card, cardPlace }: Pick<RunRow, 'cardPlace' | 'card'>, guildId: string | null): string | null {
  if (card === null || card.lost) return null;
  const isPublic = card.isPublic ?? cardPlace.where === 'here';
  return `https://discord.com/channels/${isPublic ? (guildId ?? '@me') : '@me'}/${card.channelId}/${card.messageId}`;
}

/** The wish is on record; the keeper of the cards does it. */
export function cardMovesView(t: Texts, datasetName: string, where: 'here' | 'dm'): View {
  const name = safe(datasetName, 40);
  return framed(ACCENT.calm, [text(where === 'here' ? t.runs.cardMoves(name) : t.runs.cardMovesToDm(name))]);
}

export interface CancelQuestion {
  readonly run: Pick<RunRow, 'runId' | 'datasetName' | 'pricePoints'>;
  readonly shown: ConfirmedCancel;
  readonly byOperator: boolean;
  /** The figure shown before does not hold any more. */
  readonly again: boolean;
}

/** What a cancel costs now, before it is done. */
export function cancelConfirmView(t: Texts, { run, shown, byOperator, again }: CancelQuestion): View {
  const words = t.runs.cancel;
  const { pricePoints } = run;
  const charge = shown.points === 0 ? words.free(pricePoints) : words.charged(shown.points, pricePoints - shown.points);
  return framed(ACCENT.bad, [
    again ? text(words.changed) : null,
    text(words.question(safe(run.datasetName, 40)), byOperator ? words.byOperator(pricePoints) : charge, `-# ${words.notKept}`),
    row(button(t.runs.buttons.cancel, cancelRoute.format(shown), 'danger')),
  ]);
}

export function cancelAcceptedView(t: Texts, datasetName: string): View {
  return framed(ACCENT.waiting, [text(t.runs.cancel.accepted(safe(datasetName, 40)), t.runs.cancel.toldLater)]);
}
