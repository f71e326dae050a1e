import { shown, type Context, type Reply } from './interaction-kinds.js';
import { HISTORY_PAGE, historyView } from './views/points.js';

/** A page of what happened to somebody's own points, with the names of what they were spent on. */
export async function showHistory({ services, actor, texts }: Context, beforeSeq?: number): Promise<Reply> {
  const entries = await services.points.historyOf(actor.accountId, { limit: HISTORY_PAGE + 1, ...(beforeSeq === undefined ? {} : { beforeSeq }) });
  const names = await services.runs.namesOf(actor.accountId, entries.flatMap(({ runId }) => runId ?? []));
  return shown(historyView(texts, entries, names));
}
