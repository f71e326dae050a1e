import { showHistory } from '../history.js';
import type { Component } from '../interaction-kinds.js';
import { historyRoute } from '../views/custom-ids.js';

export const olderHistory = {
  route: historyRoute,
  ack: 'update',
  run: (_interaction, { beforeSeq }, context) => showHistory(context, Math.min(Math.max(1, beforeSeq), Number.MAX_SAFE_INTEGER)),
} satisfies Component<Record<'beforeSeq', number>>;
