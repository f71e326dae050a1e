/** What operators are told, once each, in their channel. References only: what it means and what to do is text of the platform. */
export type OpsNote =
  | { readonly code: 'workflow-stuck'; readonly workflowId: string }
  | { readonly code: 'release-failing'; readonly runId: string }
  | { readonly code: 'node-out'; readonly nodeId: string }
  | { readonly code: 'queue-waiting'; readonly queue: string; readonly runId: string };
