import type { RunRow } from '../models/runs-schema.js';
import type { Context } from './interaction-kinds.js';
import type { CardSurroundings } from './views/card.js';

/** What a card says beside the row itself. */
export async function surroundingsOf(run: RunRow, { services }: Context): Promise<CardSurroundings> {
  const ahead = run.open && run.status === 'queued' ? await services.runs.countWaiting(run.queue, run.createdAt) : null;
  return { ahead, pointsHelp: services.settings.pointsHelp };
}
