import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { JobRecord } from './ground-truth.js';

/** What happened on a stand-in, line by line, so that a killed process takes none of it along. */
export interface GroundTruthFile {
  /** Everything on record; a job that was still waiting or running when its process ended is lost. */
  read(now: number): JobRecord[];
  add(record: JobRecord): void;
  change(entry: number, change: Partial<JobRecord>): void;
}

type Line = { readonly add: JobRecord } | { readonly entry: number; readonly change: Partial<JobRecord> };

export function openGroundTruthFile(path: string): GroundTruthFile {
  // At once: a line that waits in this process dies with it.
  const append = (line: Line): void => {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
  return {
    read(now) {
      const records = new Map<number, JobRecord>();
      for (const line of linesOf(path)) {
        if ('add' in line) records.set(line.add.entry, line.add);
        else Object.assign(records.get(line.entry) ?? {}, line.change);
      }
      for (const record of records.values()) {
        if (record.state !== 'pending' && record.state !== 'running') continue;
        const lost = { state: 'lost', endedAt: now } as const;
        Object.assign(record, lost);
        append({ entry: record.entry, change: lost });
      }
      return [...records.values()];
    },
    add: (record) => {
      append({ add: record });
    },
    change: (entry, change) => {
      append({ entry, change });
    },
  };
}

function linesOf(path: string): Line[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  // A kill in mid-write leaves a part of a line, which the next process's first line would be glued to.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) appendFileSync(path, '\n');
  return text.split('\n').flatMap((line) => parsed(line));
}

function parsed(line: string): Line[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as Line];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
