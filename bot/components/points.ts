import { shown, type Component } from '../interaction-kinds.js';
import { historyRoute } from '../views/custom-ids.js';
import { HISTORY_PAGE, historyView } from '../views/points.js';

export const olderHistory = {
  route: historyRoute,
  ack: 'update',
  async run(_interaction, { beforeSeq }, { services, actor, texts }) {
    return shown(historyView(texts, await services.points.historyOf(actor.accountId, { limit: HISTORY_PAGE + 1, beforeSeq: Math.max(1, beforeSeq) })));
  },
} satisfies Component<Record<'beforeSeq', number>>;
