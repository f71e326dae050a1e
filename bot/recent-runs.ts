import { shown, type Context, type Reply } from './interaction-kinds.js';
import { recentRunsView } from './views/runs.js';

const MOST_RUNS = 10;

/** The account's latest runs. */
export async function showRecentRuns({ services, actor, texts }: Context): Promise<Reply> {
  return shown(recentRunsView(texts, await services.runs.recentRuns(actor.accountId, MOST_RUNS)));
}
