import type { RunRow } from '../../models/runs-schema.js';
import { pointsText } from '../texts/en/words.js';
import { cardView, type CardSurroundings } from './card.js';
import { cancelRoute, refreshRoute, type ConfirmedCancel } from './custom-ids.js';
import { ACCENT, button, framed, row, text, timestamp, type View } from './layout.js';
import { clamp, plain, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

/** All of a card in a private answer, with a button that brings it up to date. */
export function runView(t: Texts, run: RunRow, surroundings: CardSurroundings): View {
  const { components } = cardView(t, run, surroundings);
  const refresh = row(button('Refresh', refreshRoute.format({ runId: run.runId })));
  return { components: run.open && refresh !== null ? [...components, refresh] : components };
}

/** The account's latest runs, newest first. */
export function recentRunsView(t: Texts, runs: readonly RunRow[]): View {
  if (runs.length === 0) return framed(ACCENT.calm, [text('## Your trainings', 'There are none yet. Start one with `/train start`.')]);
  return framed(ACCENT.calm, [
    text('## Your trainings'),
    text(...runs.map((run) => `- **${safe(run.datasetName, 40)}** · ${t.status[run.status]}${stepsOf(run)} · \`${plain(run.recipeId)}\` · ${timestamp(run.createdAt)}`)),
    row(
      ...runs
        .filter((run) => run.open)
        .slice(0, 5)
        .map((run) => button(clamp(`Show ${plain(run.datasetName)}`, 60), refreshRoute.format({ runId: run.runId }))),
    ),
  ]);
}

function stepsOf({ open, progress }: RunRow): string {
  return open && progress !== null ? ` (${progress.step} of ${progress.totalSteps} steps)` : '';
}

/** The run is on its way; where its card is to be seen. */
export function acceptedView(t: Texts, run: Pick<RunRow, 'datasetName' | 'pricePoints' | 'cardPlace' | 'card' | 'runId'>, guildId: string | null): View {
  const price = run.pricePoints === 0 ? 'It is free.' : `${pointsText(run.pricePoints)} are set aside for it.`;
  return framed(ACCENT.good, [
    text(`**The training of ${safe(run.datasetName, 40)} is accepted.** ${price}`, cardPlaceLine(run, guildId)),
    row(button('Show it', refreshRoute.format({ runId: run.runId }))),
  ]);
}

function cardPlaceLine({ card, cardPlace }: Pick<RunRow, 'cardPlace' | 'card'>, guildId: string | null): string {
  if (card !== null) return `Its live card: https://discord.com/channels/${cardPlace.where === 'here' ? (guildId ?? '@me') : '@me'}/${card.channelId}/${card.messageId}`;
  return cardPlace.where === 'here' ? 'Its live card appears in this channel.' : 'Its live card appears in your direct messages.';
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
  const back = run.pricePoints - shown.points;
  return framed(ACCENT.bad, [
    again ? text('**The training has gone on since; this is the figure now.**') : null,
    text(
      `## Cancel the training of ${safe(run.datasetName, 40)}?`,
      byOperator
        ? `You cancel as an operator: all ${pointsText(run.pricePoints)} go back to the owner.`
        : shown.points === 0
          ? `Nothing is charged; all ${pointsText(run.pricePoints)} come back.`
          : `**${pointsText(shown.points)}** are charged for the steps done; **${pointsText(back)}** come back.`,
      '-# What was trained so far is not kept.',
    ),
    row(button('Cancel training', cancelRoute.format(shown), 'danger')),
  ]);
}

export function cancelAcceptedView(t: Texts, datasetName: string): View {
  return framed(ACCENT.waiting, [text(`**The training of ${safe(datasetName, 40)} is being cancelled.**`, 'Its card and a message tell when it has ended.')]);
}
