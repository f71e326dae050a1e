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
  succeeded: 'The owner is told.',
  refused: 'Nothing was held.',
  failed: 'All points are given back.',
  cancelled: 'The points are resolved as the cancel says.',
};

/** What operators read in the Web UI, in Markdown: where the run stands, why, and what happens next. */
export function detailsOf(run: RunState): string {
  const lines = [`**${run.phase}** · attempt ${run.attempt} of ${MAX_ATTEMPTS}`];
  if (run.opened !== null) lines.push(run.opened.summary);
  if (run.node !== null) lines.push(`node \`${run.node.nodeId}\` · prompt id \`${run.node.promptId}\``);
  if (run.opened !== null) lines.push(`points: ${pointsStory(run)}`);
  if (run.lastFailure !== null) lines.push(`last attempt ended: ${run.lastFailure.type}`);
  if (run.cancelRequested) lines.push(`cancel requested by the ${run.cancelledBy()}`);
  lines.push(`next: ${NEXT[run.phase]}`);
  if (!run.finished) lines.push('*Request Cancellation* stops it and gives all points back.');
  return lines.join('\n\n');
}

function pointsStory(run: RunState): string {
  const price = run.opened?.pricePoints ?? 0;
  switch (run.phase) {
    case 'opening':
    case 'checking images':
    case 'holding points':
      return `${price} to be held`;
    case 'succeeded':
      return `${price} captured`;
    case 'refused':
      return 'none held';
    case 'failed':
      return `${price} released`;
    case 'waiting for a node':
    case 'training':
    case 'collecting':
    case 'ending':
      return `${price} held`;
    case 'cancelled':
      return 'resolved';
  }
}
