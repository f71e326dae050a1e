import { describe, expect, it } from '@jest/globals';
import { bytesByPart, createPeaks } from '../../bench/peaks.js';
import { kilobytesOf, readProcessTree, rowOfStat, rowsOfPs, treeOf } from '../../bench/process-table.js';
import type { ProcessMemory } from '../../bench/process-table.js';

const ROOT = 10;
const row = (pid: number, parentPid: number, bytes: number): ProcessMemory => ({ pid, parentPid, bytes, measure: 'PSS' });

describe('the tree of processes', () => {
  it('leaves out processes of others', () => {
    const table = [row(1, 0, 1), row(10, 1, 1), row(11, 10, 1), row(12, 1, 1), row(13, 11, 1)];
    expect(treeOf(table, ROOT).map(({ pid }) => pid)).toEqual([10, 11, 13]);
  });

  it('is empty when its root has ended', () => {
    expect(treeOf([row(11, 10, 1)], ROOT)).toEqual([]);
  });

  it('finds the parent behind a name that looks like the rest of the line', () => {
    expect(rowOfStat(7, '7 (node) S 1 (x) S 42 7 7 0 -1')).toEqual({ pid: 7, parentPid: 42 });
  });

  it('knows no parent of a process that has ended meanwhile', () => {
    expect(rowOfStat(7, undefined)).toBeUndefined();
    expect(rowOfStat(7, '')).toBeUndefined();
  });

  it('reads the sum itself, not the lines that begin alike', () => {
    const rollup = 'Rss:              900 kB\nPss_Dirty:        100 kB\nPss:              250 kB\nSwapPss:            7 kB\n';
    expect(kilobytesOf('Pss', rollup)).toBe(250);
    expect(kilobytesOf('Pss', 'Rss: 900 kB')).toBeUndefined();
    expect(kilobytesOf('Pss', undefined)).toBeUndefined();
  });

  it('reads what ps prints', () => {
    expect(rowsOfPs('    1     0   1024\n  10     1     20\n')).toEqual([
      { pid: 1, parentPid: 0, bytes: 1_048_576, measure: 'RSS' },
      { pid: 10, parentPid: 1, bytes: 20_480, measure: 'RSS' },
    ]);
  });

  it('holds this process with the memory it uses', async () => {
    const tree = await readProcessTree(process.pid);
    const self = tree.find(({ pid }) => pid === process.pid);
    expect(self?.bytes).toBeGreaterThan(10 * 1024 ** 2);
  });
});

describe('peaks of memory', () => {
  const names = new Map([[11, 'bot'], [12, 'images']]);

  it('counts a process for the nearest part above it', () => {
    const tree = [row(10, 1, 1), row(11, 10, 20), row(12, 10, 300), row(13, 12, 4_000), row(14, 13, 50_000), row(15, 10, 600_000)];
    expect(Object.fromEntries(bytesByPart(tree, ROOT, names))).toEqual({ supervisor: 1, bot: 20, images: 54_300, others: 600_000 });
  });

  it('takes the most of all at one time, not the sum of what each had at its own time', () => {
    const peaks = createPeaks(ROOT);
    peaks.add([row(10, 1, 10), row(11, 10, 100), row(12, 10, 20)], names);
    peaks.add([row(10, 1, 10), row(11, 10, 30), row(12, 10, 80)], names);
    peaks.add([row(10, 1, 10), row(11, 10, 1)], names);
    expect(peaks.read()).toEqual({ measure: 'PSS', samples: 3, totalBytes: 130, parts: { bot: 100, images: 80, supervisor: 10 } });
  });

  it('says RSS as soon as one process told no more', () => {
    const peaks = createPeaks(ROOT);
    peaks.add([row(10, 1, 10), { ...row(11, 10, 100), measure: 'RSS' }], names);
    peaks.add([row(10, 1, 10)], names);
    expect(peaks.read().measure).toBe('RSS');
  });
});
