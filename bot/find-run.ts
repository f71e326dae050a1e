import { canDo, type Action } from '../domain/access.js';
import type { RunRow } from '../models/runs-schema.js';
import type { Context } from './interaction-kinds.js';

/** The run, for somebody who may do this with it. Null for one that is not there and for one of somebody else alike. */
export async function findRun(runId: string, action: Action, { services, actor }: Pick<Context, 'services' | 'actor'>): Promise<RunRow | null> {
  const run = await services.runs.read(runId);
  return run !== null && canDo(actor, action, { owner: run.accountId }) ? run : null;
}
