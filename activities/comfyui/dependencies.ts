import type { Recipe } from '../../domain/recipes.js';
import type { Nodes } from '../../models/nodes.js';
import type { Runs } from '../../models/runs.js';
import type { ComfyClient } from './client.js';
import type { BaseModels } from './fitness.js';
import type { ComfyNode, NodeProbe } from './node-probe.js';
import type { Observer } from './observer.js';

export interface ComfyTimings {
  readonly pollIntervalMs: number;
  readonly submitRetryMs: number;
  readonly firstStepLimitMs: number;
  readonly stallLimitMs: number;
  readonly lostAfterReads: number;
  /** How long an interrupted job may take to stop; 30 s unless given. */
  readonly interruptLimitMs?: number;
}

/** What the activities of one node work with. */
export interface ComfyDependencies {
  readonly node: ComfyNode;
  readonly client: ComfyClient;
  readonly observer: Observer;
  readonly probe: NodeProbe;
  readonly runs: Pick<Runs, 'read' | 'claim' | 'dropClaim' | 'recordProgress' | 'recordArtifact' | 'setStatus'>;
  readonly nodes: Pick<Nodes, 'seenSince'>;
  readonly blobs: {
    read(sha256: string): Promise<Uint8Array | null>;
    put(bytes: AsyncIterable<Uint8Array>): Promise<{ readonly sha256: string; readonly sizeBytes: number }>;
  };
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly baseModels: BaseModels;
  /** Written on every job, so that a node shared with others tells ours from theirs. */
  readonly yardId: string;
  readonly timings: ComfyTimings;
  /** Holds a fetched file while it is proven; the system's folder for temporary files unless given. */
  readonly tempFolder?: string;
}

export const INTERRUPT_LIMIT_MS = 30_000;
