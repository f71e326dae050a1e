import type { ProcessMemory } from './process-table.js';

export interface MemoryPeaks {
  readonly measure: 'PSS' | 'RSS';
  readonly samples: number;
  /** The most that all processes had at the same time. */
  readonly totalBytes: number;
  /** The most of each part, at whatever time; together more than `totalBytes`. */
  readonly parts: Readonly<Record<string, number>>;
}

/** The process that supervises the parts and plays the demo. */
export const SUPERVISOR = 'supervisor';
/** What is no part yet, or helps one that is none. */
const OTHERS = 'others';

export function createPeaks(rootPid: number) {
  const peaks = new Map<string, number>();
  let totalBytes = 0;
  let samples = 0;
  let measure: MemoryPeaks['measure'] = 'PSS';
  return {
    /** Takes one look at the tree of processes; `partNames` are by process id. */
    add(tree: readonly ProcessMemory[], partNames: ReadonlyMap<number, string>): void {
      const now = bytesByPart(tree, rootPid, partNames);
      for (const [name, bytes] of now) peaks.set(name, Math.max(bytes, peaks.get(name) ?? 0));
      totalBytes = Math.max(totalBytes, tree.reduce((sum, row) => sum + row.bytes, 0));
      samples += 1;
      if (tree.some((row) => row.measure === 'RSS')) measure = 'RSS';
    },
    read: (): MemoryPeaks => ({ measure, samples, totalBytes, parts: Object.fromEntries([...peaks].sort(([, one], [, other]) => other - one)) }),
  };
}

/** A process belongs to the nearest part above it. */
export function bytesByPart(tree: readonly ProcessMemory[], rootPid: number, partNames: ReadonlyMap<number, string>): Map<string, number> {
  const parentOf = new Map(tree.map(({ pid, parentPid }) => [pid, parentPid]));
  const nameOf = (pid: number): string => {
    if (pid === rootPid) return SUPERVISOR;
    for (let at: number | undefined = pid; at !== undefined && at !== rootPid; at = parentOf.get(at)) {
      const name = partNames.get(at);
      if (name !== undefined) return name;
    }
    return OTHERS;
  };
  const sums = new Map<string, number>();
  for (const { pid, bytes } of tree) sums.set(nameOf(pid), (sums.get(nameOf(pid)) ?? 0) + bytes);
  return sums;
}
