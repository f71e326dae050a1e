import { splitAccountId } from '../../../domain/accounts.js';
import { createRuns } from '../../../models/runs.js';
import type { Disagreement, Expectation } from './expectation.js';
import { ledgerDisagreements } from './ledger.js';
import { cardDisagreements, noticeDisagreements } from './messages.js';
import { nodeDisagreements } from './nodes.js';
import { runRowDisagreements } from './run-row.js';
import type { Testimony, Witnesses } from './witnesses.js';
import { workflowDisagreements } from './workflow.js';

/**
 * Holds the six places that know of a run against how it should have ended: MongoDB (ledger and row), Temporal, the messages
 * on Discord (card and notice) and the jobs of the ComfyUI nodes. Each is read directly.
 */
export async function disagreementsAbout(witnesses: Witnesses, runId: string, expected: Expectation): Promise<Disagreement[]> {
  const row = await createRuns(witnesses.mongo).read(runId);
  if (row === null) return [{ place: 'run row', found: `no row of run ${runId}` }];
  const { userId } = splitAccountId(row.accountId);
  const testimony: Testimony = { row, userId, messages: await witnesses.messagesOf(userId) };
  const told = {
    ledger: await ledgerDisagreements(witnesses, row, expected),
    'run row': await runRowDisagreements(witnesses, row, expected),
    workflow: await workflowDisagreements(witnesses, row, expected),
    card: cardDisagreements(witnesses, testimony, expected),
    notice: noticeDisagreements(witnesses, testimony, expected),
    nodes: await nodeDisagreements(witnesses, row, expected),
  } satisfies Record<Disagreement['place'], string[]>;
  return Object.entries(told).flatMap(([place, found]) => found.map((what) => ({ place: place as Disagreement['place'], found: what })));
}
