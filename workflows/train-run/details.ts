import { MAX_ATTEMPTS } from '../../domain/runs.js';
import type { RunState } from './run-state.js';

const NEXT: Record<RunState['phase'], string> = {
  opening: 'the quote is checked and the run is frozen',
  'checking images': 'every image is decoded again; nothing is held yet',
  'holding points': 'the price is set aside in the ledger',
  'waiting for a node': 'the next idle node takes it; accounts take turns',
  training: 'when the job ends, its file is fetched and checked',
  collecting: 'the file is checked and stored, then the points are kept',
  ending: 'the job is interrupted, points are resolved, the owner told',
  succeeded: 'nothing is left to do',
  refused: 'nothing is left to do',
  failed: 'nothing is left to do',
  cancelled: 'nothing is left to do',
};

/** The Web UI gives the text its own height but not that of the margin above it, and hides the rest: an empty paragraph is what it hides. */
const ROOM = '\n\n\u00a0';

/**
 * What operators read in the Web UI, in Markdown: where the run stands, why, what happens next, what they can do and what becomes
 * of the points.
 */
export function detailsOf(run: RunState): string {
  const lines = [`**${run.phase}** · attempt ${run.attempt} of ${MAX_ATTEMPTS}${run.node === null ? '' : ` · node \`${run.node.nodeId}\``}`, `next: ${NEXT[run.phase]}`];
  if (run.lastFailure !== null) lines.push(`${run.phase === 'failed' ? 'failed because of' : 'the attempt before ended with'} **${run.lastFailure.type}**`);
  if (run.cancelRequested) lines.push(`cancel requested by the ${run.cancelledBy()}`);
  else if (!run.finished) lines.push('*Request Cancellation* stops it and gives all points back.');
  if (run.opened !== null) lines.push(`points: ${pointsStory(run, run.opened.pricePoints)}`);
  if (run.node !== null) lines.push(`prompt id \`${run.node.promptId}\``);
  return `${lines.join('  \n')}${ROOM}`;
}

function pointsStory(run: RunState, pricePoints: number): string {
  const price = inFigures(pricePoints);
  switch (run.phase) {
    case 'opening':
    case 'checking images':
    case 'holding points':
      return `${price} will be held`;
    case 'succeeded':
      return `${price} captured`;
    case 'refused':
      return 'none held';
    case 'failed':
      return `all ${price} released`;
    case 'waiting for a node':
    case 'training':
    case 'collecting':
    case 'ending':
      return `${price} held`;
    case 'cancelled':
      return run.end?.kind === 'cancelled' ? `${inFigures(run.end.capturedPoints)} captured, ${inFigures(run.end.releasedPoints)} released` : 'resolved';
  }
}

function inFigures(points: number): string {
  return points.toLocaleString('en');
}
