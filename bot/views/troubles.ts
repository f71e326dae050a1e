import { troubleSince } from '../../domain/troubles.js';
import type { Trouble } from '../../domain/troubles.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import type { Texts } from '../texts/texts.js';
import { ACCENT, framed, linkButton, row, text, timestamp, type View } from './layout.js';
import { clamp, plain, safe } from './safe.js';

export interface TroubleState {
  readonly trouble: Trouble;
  readonly foundAt: Date;
  /** When it was over; null while it lasts. */
  readonly over: Date | null;
}

/** Where the Temporal Web UI is; without an address there is no link. */
export interface WebUi {
  readonly url: string | undefined;
  readonly namespace: string;
}

/** Discord takes no longer ones. */
const URL_LIMIT = 512;
const ERROR_LIMIT = 400;

/** What operators read of a trouble: what it is, since when, what to do, what happens to the points; later, that it is over. */
export function operatorNewsView(t: Texts, { trouble, foundAt, over }: TroubleState, webUi: WebUi): View {
  const words = t.troubles;
  const title = words.title[trouble.kind];
  const url = linkOf(trouble, webUi);
  return framed(over === null ? ACCENT.bad : ACCENT.good, [
    text(`## ${over === null ? title : words.over(title)}`, ...linesOf(t, trouble)),
    over === null ? text(words.action[trouble.kind], words.points[trouble.kind]) : text(words.overSince(timestamp(over, 'f'))),
    text(`-# ${sinceLine(t, trouble, foundAt)}`, over === null ? `-# ${words.readme}` : null),
    row(url === null || url.length > URL_LIMIT ? null : linkButton(labelOf(t, trouble), url)),
  ]);
}

function sinceLine(t: Texts, trouble: Trouble, foundAt: Date): string {
  const since = troubleSince(trouble);
  const at = since === null ? foundAt : new Date(since);
  return (since === null ? t.troubles.foundAt : t.troubles.since)(timestamp(at, 'f'), timestamp(at));
}

function linesOf({ troubles: words }: Texts, trouble: Trouble): string[] {
  switch (trouble.kind) {
    case 'stuck-workflow':
      return [words.stuck(code(trouble.workflowId), trouble.failures)];
    case 'release-failing':
      return [words.release(code(trouble.workflowId), trouble.attempts), words.lastFailure(safe(trouble.lastFailure, ERROR_LIMIT))];
    case 'node-out':
      return [words.node(code(trouble.nodeId)), ...(trouble.problem === undefined ? [] : [words.problem(safe(trouble.problem, ERROR_LIMIT))])];
    case 'queue-waiting':
      return [words.queue(code(trouble.queue), code(trouble.runId))];
    case 'foreign-run':
      return [words.foreign(code(trouble.runId), code(trouble.namespaceId))];
    case 'hold-without-run':
      return [words.holdWithoutRun(code(trouble.accountId), trouble.amountPoints, code(trouble.runId))];
  }
}

/** Nothing in it is Markdown, and nothing in it ends it. */
function code(id: string): string {
  return `\`${clamp(plain(id).replaceAll('`', 'ʼ'), 200) || '?'}\``;
}

function labelOf({ troubles: { open } }: Texts, { kind }: Trouble): string {
  if (kind === 'node-out') return open.node;
  if (kind === 'hold-without-run') return open.search;
  return kind === 'foreign-run' ? open.namespaces : open.run;
}

function linkOf(trouble: Trouble, { url, namespace }: WebUi): string | null {
  if (url === undefined) return null;
  const base = `${url.replace(/\/+$/, '')}/namespaces`;
  const workflows = `${base}/${encodeURIComponent(namespace)}/workflows`;
  switch (trouble.kind) {
    case 'stuck-workflow':
    case 'release-failing':
      return `${workflows}/${encodeURIComponent(trouble.workflowId)}`;
    case 'queue-waiting':
      return `${workflows}/${encodeURIComponent(trainRunIdOf(trouble.runId))}`;
    case 'node-out':
      return `${workflows}?query=${encodeURIComponent(`GpuNode=${quoted(trouble.nodeId)} AND ExecutionStatus="Running"`)}`;
    case 'hold-without-run':
      // A list, because there may be none of it here.
      return `${workflows}?query=${encodeURIComponent(`WorkflowId=${quoted(trainRunIdOf(trouble.runId))}`)}`;
    case 'foreign-run':
      // The row knows the id of its namespace only, and the Web UI only names.
      return base;
  }
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
