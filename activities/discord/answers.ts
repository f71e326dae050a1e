import { isUploadDecided } from '../../domain/verdicts.js';
import { textsFor } from '../../bot/texts/texts.js';
import { cardView } from '../../bot/views/card.js';
import { acceptedView } from '../../bot/views/runs.js';
import { refusalView, type WaysOn } from '../../bot/views/answers.js';
import { againRoute } from '../../bot/views/custom-ids.js';
import { intakeAnswerOf, intakeView } from '../../bot/views/intake.js';
import type { View } from '../../bot/views/layout.js';
import { againSettingsRoute } from '../../bot/views/start-routes.js';
import type { Datasets } from '../../models/datasets.js';
import type { Interactions } from '../../models/interactions.js';
import type { StoredInteraction } from '../../models/interactions-schema.js';
import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { postToOwner } from './cards.js';
import { isTokenDead } from './discord-errors.js';
import type { Messages } from './messages.js';

export interface AnswerDependencies {
  readonly runs: Pick<Runs, 'read' | 'noticeDelivered'>;
  readonly interactions: Pick<Interactions, 'read' | 'markAnswered' | 'keepUntold'>;
  readonly datasets: Pick<Datasets, 'read'>;
  readonly messages: Messages;
  readonly pointsHelp: string | undefined;
}

/** Accepted, or refused with what to do. A press whose token has expired is not answered; a refusal then stays a pending notice. */
export async function answerPress({ interactionId, runId }: { readonly interactionId: string; readonly runId: string }, deps: AnswerDependencies): Promise<void> {
  const interaction = await deps.interactions.read(interactionId);
  if (interaction === null) return;
  const row = await deps.runs.read(runId);
  if (isAnswered(interaction)) {
    // A refusal was told with the answer, even when the process died before it could say so.
    if (row?.end?.kind === 'refused' && row.interactionId === interactionId) await deps.runs.noticeDelivered(runId);
    return;
  }
  if (!(await answer(interaction, pressView(row, interaction, deps), deps))) return;
  if (row?.end?.kind === 'refused') await deps.runs.noticeDelivered(runId);
}

function pressView(row: RunRow | null, { locale, guildId }: StoredInteraction, deps: AnswerDependencies): View {
  const texts = textsFor(locale);
  if (row === null) return refusalView(texts, { code: 'quote-expired' }, deps);
  if (row.end === null) return acceptedView(texts, row, guildId);
  if (row.end.kind === 'refused') return refusalView(texts, row.end.refusal, deps, waysOnFrom(row));
  // It ended before it could be answered: by now nothing is set aside for it.
  return cardView(texts, row, { now: new Date(), ahead: null, startsAt: null, hasNode: null, pointsHelp: deps.pointsHelp, isPublic: false });
}

/** A refused run is never revived: whatever comes next is another offer, made from what this one was to train. */
function waysOnFrom({ runId, datasetId }: RunRow): WaysOn {
  return { datasetId, runId, newOffer: againRoute.format({ runId }), settingsForm: againSettingsRoute.format({ runId }) };
}

/**
 * What became of an upload's files so far; called again with more verdicts it edits its answer. The whole answer goes directly
 * to its owner when the interaction cannot be answered any more.
 */
export async function answerUpload(interactionId: string, deps: AnswerDependencies): Promise<{ answered: boolean }> {
  const interaction = await deps.interactions.read(interactionId);
  if (interaction?.upload === undefined) return { answered: false };
  const { upload } = interaction;
  const dataset = await deps.datasets.read(upload.datasetId);
  const view = intakeView(textsFor(interaction.locale), intakeAnswerOf({ ...interaction, upload }, dataset));
  if (await answer(interaction, view, deps)) return { answered: true };
  if (!isUploadDecided(upload, interaction.verdicts ?? [])) return { answered: false };
  const posted = await postToOwner(interaction, { view, name: `intake:${interactionId}` }, deps.messages);
  if (posted === null) await deps.interactions.keepUntold(interactionId);
  return { answered: posted !== null };
}

/** False when the interaction's token is dead. */
async function answer(interaction: StoredInteraction, view: View, { messages, interactions }: AnswerDependencies): Promise<boolean> {
  try {
    await messages.answer(interaction, view);
  } catch (error) {
    if (isTokenDead(error)) return false;
    throw error;
  }
  await interactions.markAnswered(interaction.interactionId);
  return true;
}

function isAnswered({ answeredAt }: StoredInteraction): boolean {
  return answeredAt !== undefined && answeredAt !== null;
}
