import { queueOutlookOf } from '../models/queue-outlook.js';
import type { RunRow } from '../models/runs-schema.js';
import type { Context } from './interaction-kinds.js';
import type { AnswerableInteraction } from './reply.js';
import { cardPlaceHere } from './reach.js';
import type { CardSurroundings } from './views/card.js';
import type { View } from './views/layout.js';
import { runView } from './views/runs.js';

/** What a card says beside the row itself. */
async function surroundingsOf(run: RunRow, { services }: Pick<Context, 'services'>): Promise<CardSurroundings> {
  const now = services.now();
  return { ...(await queueOutlookOf(run, services, now)), now, pointsHelp: services.settings.pointsHelp, isPublic: false };
}

/** A run in a private answer; its owner is offered the card here where the bot may post. */
export async function runAnswer(run: RunRow, interaction: AnswerableInteraction, context: Context): Promise<View> {
  const canMoveHere = run.accountId === context.actor.accountId && cardPlaceHere(interaction) !== null;
  return runView(context.texts, run, await surroundingsOf(run, context), { canMoveHere, guildId: interaction.guildId });
}
