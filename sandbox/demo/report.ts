import { trainRunIdOf } from '../../domain/workflow-names.js';
import { createPointsLedger } from '../../models/points-ledger.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { Disagreement } from './agreement/expectation.js';
import type { Access } from './player.js';

/** What `--json` prints, as one line. Points are whole points, sizes bytes, times milliseconds. */
export interface DemoReport {
  readonly scenario: string;
  readonly outcome: string;
  readonly runId: string | null;
  readonly workflowId: string | null;
  readonly points: { readonly before: number; readonly price: number; readonly captured: number; readonly released: number; readonly after: number };
  readonly history: { readonly events: number; readonly bytes: number };
  readonly lora: { readonly path: string; readonly bytes: number; readonly sha256: string; readonly tensors: number } | null;
  readonly card: { readonly edits: number };
  readonly attempts: number;
  readonly elapsedMs: number;
  readonly agreed: boolean;
  readonly disagreements: readonly Disagreement[];
}

export interface Played {
  readonly scenario: string;
  readonly row: RunRow | null;
  readonly pointsBefore: number;
  readonly accountId: RunRow['accountId'];
  readonly loraPath: string | null;
  readonly disagreements: readonly Disagreement[];
  readonly elapsedMs: number;
}

export async function reportOf(access: Access, { scenario, row, pointsBefore, accountId, loraPath, disagreements, elapsedMs }: Played): Promise<DemoReport> {
  const balance = await createPointsLedger(access.mongo).balanceOf(accountId);
  const workflowId = row === null ? null : trainRunIdOf(row.runId);
  return {
    scenario,
    outcome: row?.status ?? 'no-offer',
    runId: row?.runId ?? null,
    workflowId,
    points: { before: pointsBefore, price: row?.pricePoints ?? 0, ...(await resolvedPoints(access, row)), after: balance.availablePoints },
    history: workflowId === null ? { events: 0, bytes: 0 } : await historyOf(access, workflowId),
    lora: loraPath === null || row?.artifact === undefined || row.artifact === null
      ? null
      : { path: loraPath, bytes: row.artifact.sizeBytes, sha256: row.artifact.sha256, tensors: row.artifact.tensors },
    card: { edits: await cardEdits(access, row) },
    attempts: row?.attempt ?? 0,
    elapsedMs,
    agreed: disagreements.length === 0,
    disagreements,
  };
}

async function resolvedPoints(access: Access, row: RunRow | null): Promise<{ captured: number; released: number }> {
  if (row === null) return { captured: 0, released: 0 };
  const resolution = await createPointsLedger(access.mongo).resolutionOf(row.accountId, row.runId);
  switch (resolution?.kind) {
    case 'captured':
      return { captured: resolution.amountPoints, released: resolution.freedPoints };
    case 'released':
      return { captured: 0, released: resolution.amountPoints };
    case undefined:
      return { captured: 0, released: 0 };
  }
}

async function historyOf({ client }: Access, workflowId: string): Promise<{ events: number; bytes: number }> {
  const { raw, historyLength } = await client.workflow.getHandle(workflowId).describe();
  return { events: historyLength, bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0) };
}

/** How often the card was edited: successful PATCH calls of its message. */
async function cardEdits({ driver }: Access, row: RunRow | null): Promise<number> {
  const messageId = row?.card?.messageId;
  if (messageId === undefined) return 0;
  const calls = await driver.calls();
  return calls.filter((call) => call.method === 'PATCH' && call.path.endsWith(`/messages/${messageId}`) && call.status === 200).length;
}
