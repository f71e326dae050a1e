import { isUploadDecided } from '../../domain/verdicts.js';
import { textsFor } from '../../bot/texts/texts.js';
import { acceptedView } from '../../bot/views/runs.js';
import { refusalView } from '../../bot/views/answers.js';
import { intakeAnswerOf, intakeView } from '../../bot/views/intake.js';
import type { View } from '../../bot/views/layout.js';
import type { Datasets } from '../../models/datasets.js';
import type { Interactions } from '../../models/interactions.js';
import type { StoredInteraction } from '../../models/interactions-schema.js';
import type { Runs } from '../../models/runs.js';
import { postToOwner } from './cards.js';
import { isTokenDead } from './discord-errors.js';
import type { Messages } from './messages.js';

export interface AnswerDependencies {
  readonly runs: Pick<Runs, 'read' | 'noticeDelivered'>;
  readonly interactions: Pick<Interactions, 'read' | 'markAnswered'>;
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
  const refusal = row === null ? ({ code: 'quote-expired' } as const) : row.end?.kind === 'refused' ? row.end.refusal : null;
  const view = refusal !== null || row === null ? refusalView(textsFor(interaction.locale), refusal ?? { code: 'quote-expired' }, deps) : acceptedView(textsFor(interaction.locale), row, interaction.guildId);
  if (!(await answer(interaction, view, deps))) return;
  if (row !== null && refusal !== null) await deps.runs.noticeDelivered(runId);
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
