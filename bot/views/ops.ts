import type { OpsNote } from '../../domain/ops-notes.js';
import { ACCENT, framed, linkButton, row, text, type View } from './layout.js';
import { safe } from './safe.js';

/** What operators should look at, why, and where. */
export function opsView(note: OpsNote, webUi: string | undefined): View {
  const [what, todo, workflowId] = sentences(note);
  const url = webUi === undefined || workflowId === null ? null : `${webUi.replace(/\/+$/, '')}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;
  return framed(ACCENT.bad, [text(`**${what}**`, todo), url === null || url.length > 512 ? null : row(linkButton('Open in Temporal', url))]);
}

function sentences(note: OpsNote): readonly [what: string, todo: string, workflowId: string | null] {
  switch (note.code) {
    case 'workflow-stuck':
      return [`Workflow ${safe(note.workflowId, 120)} makes no progress.`, 'Its task fails again and again: look at the failure, then deploy a fix. Nothing of it is lost meanwhile.', note.workflowId];
    case 'release-failing':
      return [`The points of run ${safe(note.runId, 60)} cannot be given back yet.`, 'It is tried until it works. Check that MongoDB can be reached.', `train-run:${note.runId}`];
    case 'node-out':
      return [`Node ${safe(note.nodeId, 60)} cannot be used.`, 'Check that ComfyUI runs there and that its models and nodes are complete.', null];
    case 'queue-waiting':
      return [`Queue ${safe(note.queue, 60)} has waited for over an hour.`, 'Check that a node of this queue is up, or add one.', `train-run:${note.runId}`];
  }
}
