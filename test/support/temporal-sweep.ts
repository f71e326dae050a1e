import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SECRET_MARKS } from './canaries.js';
import type { Findings } from './leak-watch.js';

const { api } = proto.temporal;
const { History, HistoryEvent } = api.history.v1;
const { WorkflowExecutionInfo } = api.workflow.v1;
const { DescribeWorkflowExecutionResponse } = api.workflowservice.v1;
const { WorkflowExecutionStatus } = api.enums.v1;

type Execution = Awaited<ReturnType<Connection['workflowService']['listWorkflowExecutions']>>['executions'][number];

const AT_ONCE = 16;
const KEPT_LEAKS = 20;
const PAGE = 500;

/** Looks through all that a Temporal server keeps of workflows begun since `since`: inputs, results, failures, memos, attributes, and heartbeats of what still runs. */
export async function sweepTemporal(address: string, since: Date, marks: readonly string[] = SECRET_MARKS): Promise<Findings> {
  const connection = await Connection.connect({ address });
  const leaks: string[] = [];
  let searched = 0;
  try {
    for (const namespace of await namespacesOf(connection)) {
      const left = await executionsOf(connection, namespace, since);
      searched += left.length;
      const lane = async (): Promise<void> => {
        for (let next = left.pop(); next !== undefined; next = left.pop()) leaks.push(...(await leaksOf(connection, namespace, next, marks)));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    }
  } finally {
    await connection.close();
  }
  return { place: 'Temporal payloads', searched, leaks: leaks.slice(0, KEPT_LEAKS) };
}

async function namespacesOf({ workflowService }: Connection): Promise<string[]> {
  const { namespaces } = await workflowService.listNamespaces({ pageSize: 100 });
  return namespaces.flatMap(({ namespaceInfo }) => (namespaceInfo?.name === undefined || namespaceInfo.name === null ? [] : [namespaceInfo.name]));
}

async function executionsOf({ workflowService }: Connection, namespace: string, since: Date): Promise<Execution[]> {
  const found: Execution[] = [];
  let nextPageToken = new Uint8Array();
  do {
    const page = await workflowService.listWorkflowExecutions({ namespace, pageSize: PAGE, nextPageToken, query: `StartTime >= "${since.toISOString()}"` });
    found.push(...page.executions);
    nextPageToken = new Uint8Array(page.nextPageToken);
  } while (nextPageToken.length > 0);
  return found;
}

async function leaksOf({ workflowService }: Connection, namespace: string, info: Execution, marks: readonly string[]): Promise<string[]> {
  const execution = info.execution ?? {};
  const name = execution.workflowId ?? '?';
  const leaks = marksIn(WorkflowExecutionInfo.encode(info).finish(), marks).map((mark) => `${mark} in memo or attributes of ${name}`);
  if (info.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
    const described = await workflowService.describeWorkflowExecution({ namespace, execution });
    leaks.push(...marksIn(DescribeWorkflowExecutionResponse.encode(described).finish(), marks).map((mark) => `${mark} in what ${name} is doing: ${JSON.stringify(described.pendingActivities)}`));
  }
  let nextPageToken = new Uint8Array();
  do {
    const page = await workflowService.getWorkflowExecutionHistory({ namespace, execution, nextPageToken, maximumPageSize: PAGE });
    const history = page.history ?? {};
    if (marksIn(History.encode(history).finish(), marks).length > 0) {
      for (const event of history.events ?? []) {
        const bytes = HistoryEvent.encode(event).finish();
        leaks.push(...marksIn(bytes, marks).map((mark) => `${mark} in event ${String(event.eventId)} of ${name}: ${Buffer.from(bytes).toString('latin1').slice(0, 400)}`));
      }
    }
    nextPageToken = new Uint8Array(page.nextPageToken);
  } while (nextPageToken.length > 0);
  return leaks;
}

function marksIn(bytes: Uint8Array, marks: readonly string[]): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return marks.filter((mark) => buffer.includes(mark));
}
