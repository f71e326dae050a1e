import { proxyActivities } from '@temporalio/workflow';
import type { LedgerActivities } from '../../activities/ledger/activities.js';

/** Nothing but the hold of a run's points, as the process of a run asks for it. */
export async function holdOnly({ runId }: { readonly runId: string }): Promise<unknown> {
  const { holdPoints } = proxyActivities<Pick<LedgerActivities, 'holdPoints'>>({
    // A try whose task or report is lost on its way is known by this alone.
    startToCloseTimeout: '4 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '100 milliseconds', backoffCoefficient: 1 },
  });
  return holdPoints({ runId });
}
