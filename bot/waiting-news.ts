import type { Context } from './interaction-kinds.js';
import { followUpPrivately, type AnswerableInteraction } from './reply.js';
import { textsFor } from './texts/texts.js';
import { within } from './trouble.js';
import { intakeAnswerOf, intakeView } from './views/intake.js';
import { pendingNoticesView, STORIES_AT_ONCE } from './views/notice.js';

/** For this long after an end its own workflow is telling it; shown here as well, it would come twice. */
const TELLING_MS = 30_000;
const READING_LIMIT_MS = 12_000;
const UPLOADS_AT_ONCE = 3;

/** Ends and answers to uploads that nobody could deliver are told at the user's next command. They wait until they were. */
export async function tellWhatWaited(interaction: AnswerableInteraction, context: Context): Promise<void> {
  try {
    await tellEnds(interaction, context);
    await tellUploads(interaction, context);
  } catch (error) {
    context.services.log.warn({ interactionId: interaction.id, err: error }, 'news that waited could not be told');
  }
}

async function tellEnds(interaction: AnswerableInteraction, { services, actor, texts }: Context): Promise<void> {
  const rows = await within(READING_LIMIT_MS, services.runs.pendingNotices(actor.accountId, new Date(services.now().getTime() - TELLING_MS)));
  if (rows.length === 0) return;
  await followUpPrivately(interaction, pendingNoticesView(texts, rows, services.settings), services);
  for (const row of rows.slice(0, STORIES_AT_ONCE)) await services.runs.noticeDelivered(row.runId);
}

async function tellUploads(interaction: AnswerableInteraction, { services, actor }: Context): Promise<void> {
  for (const untold of await within(READING_LIMIT_MS, services.interactions.untoldOf(actor.accountId, UPLOADS_AT_ONCE))) {
    const { upload } = untold;
    if (upload !== undefined) {
      const dataset = await services.datasets.read(upload.datasetId);
      await followUpPrivately(interaction, intakeView(textsFor(interaction.locale), intakeAnswerOf({ ...untold, upload }, dataset)), services);
    }
    await services.interactions.markTold(untold.interactionId);
  }
}
