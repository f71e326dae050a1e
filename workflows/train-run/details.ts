import { MAX_ATTEMPTS } from '../../domain/runs.js';
import type { RunState } from './run-state.js';

const NEXT: Record<RunState['phase'], string> = {
  opening: 'The quote is checked and the run is frozen.',
  'checking images': 'Every image is decoded again; nothing is held yet.',
  'holding points': 'The price is set aside in the ledger.',
  'waiting for a node': 'The next idle node takes it; accounts take turns.',
  training: 'The job is followed until it ends; a restarted worker attaches again.',
  collecting: 'The file is fetched, checked and stored; then the points are captured.',
  ending: 'The job is interrupted, the points are resolved, the owner is told.',
  succeeded: 'Nothing is left to do.',
  refused: 'Nothing is left to do; nothing was held.',
  failed: 'Nothing is left to do; all points were given back.',
  cancelled: 'Nothing is left to do; the points are resolved as the cancel says.',
};

/**
 * What operators read in the Web UI, in Markdown: where the run stands, why, what happens next and what they can do. Short lines
 * in one paragraph: the Web UI cuts off what is longer than its box.
 */
export function detailsOf(run: RunState): string {
  const lines = [`**${run.phase}** · attempt ${run.attempt} of ${MAX_ATTEMPTS}${run.node === null ? '' : ` · node \`${run.node.nodeId}\``}`, `next: ${NEXT[run.phase]}`];
  if (run.lastFailure !== null) lines.push(`${run.phase === 'failed' ? 'failed because of' : 'the attempt before ended with'} **${run.lastFailure.type}**`);
  if (run.cancelRequested) lines.push(`cancel requested by the ${run.cancelledBy()}`);
  else if (!run.finished) lines.push('*Request Cancellation* stops it and gives all points back.');
  if (run.opened !== null) lines.push(`${run.opened.summary} · ${pointsStory(run)}`);
  if (run.node !== null) lines.push(`prompt id \`${run.node.promptId}\``);
  return lines.join('  \n');
}

/** What has become of the price, which the summary names. */
function pointsStory(run: RunState): string {
  switch (run.phase) {
    case 'opening':
    case 'checking images':
    case 'holding points':
      return 'not held yet';
    case 'succeeded':
      return 'captured';
    case 'refused':
      return 'none held';
    case 'failed':
      return 'released';
    case 'waiting for a node':
    case 'training':
    case 'collecting':
    case 'ending':
      return 'held';
    case 'cancelled':
      return 'resolved';
  }
}
