import { describe, expect, it } from '@jest/globals';
import type { MeasuredDiscord } from '../../bench/discord.js';
import { median, ratioOf, spreadOf } from '../../bench/figures.js';
import type { MeasuredHistory, MeasuredTraining } from '../../bench/history.js';
import { captionOf } from '../../bench/pictures.js';
import { reportOf, rowsOf } from '../../bench/report.js';
import { tableOf } from '../../bench/table.js';

const NOTHING = { history: null, start: null, memory: null, discord: null, clicks: null };

const SPREAD = { p50: 1, p99: 1, max: 1 };

const training = (changes: Partial<MeasuredTraining> = {}): MeasuredTraining => ({ images: 12, captionLength: 80, trainedMs: 10_000, events: 70, bytes: 30_000, ...changes });

const missedBy = (changes: Partial<MeasuredHistory>): readonly string[] =>
  reportOf({ ...NOTHING, history: { short: training(), long: training(), large: training(), ...changes } }).missed;

describe('the report of the benchmark', () => {
  it.each<[string, Partial<MeasuredHistory>, string[]]>([
    ['too many events', { short: training({ events: 81 }), long: training({ events: 81 }) }, ['history: short training', 'history: long training']],
    ['too many bytes', { large: training({ bytes: 40_001 }) }, ['history: many images', 'history: many to few images']],
    ['a history that grows with the time', { long: training({ events: 71 }) }, ['history: long to short']],
    ['a history that grows with the images', { large: training({ bytes: 31_700 }) }, ['history: many to few images']],
  ])('names as missed: %s', (_what, changes, missed) => {
    expect(missedBy(changes)).toEqual(missed);
  });

  it('names a slow start and a large yard', () => {
    const start = { runsMs: [9_000, 10_001, 12_000], medianMs: 10_001, baselineMs: 500 };
    const memory = { measure: 'PSS' as const, samples: 9, totalBytes: 2 * 1024 ** 3 + 1, parts: {} };
    expect(reportOf({ ...NOTHING, start, memory }).missed).toEqual(['start: npm start to ready', 'memory: whole yard']);
  });

  it.each<[string, Partial<MeasuredDiscord>, string[]]>([
    ['slow acknowledgements', { ackMs: { ...SPREAD, p99: 2_001, interactions: 200, lost: 0 } }, ['discord: acknowledged']],
    ['one that was lost', { ackMs: { ...SPREAD, interactions: 200, lost: 1 } }, ['discord: acknowledged']],
    ['late notices', { noticeMs: { ...SPREAD, p99: 3_001, runs: 21 } }, ['discord: end to notice']],
    ['a time of the end that is a quarter off', { etaError: { worst: 0.25, runs: [] } }, ['discord: time of the end']],
    ['nothing that is as it should be', {}, []],
  ])('names as missed, of the conversation: %s', (_what, changes, missed) => {
    const discord = { ackMs: { ...SPREAD, interactions: 200, lost: 0 }, noticeMs: { ...SPREAD, runs: 21 }, etaError: { worst: 0.2, runs: [] }, ...changes };
    expect(reportOf({ ...NOTHING, discord }).missed).toEqual(missed);
  });

  it('names double clicks of which one made two runs, or none', () => {
    const clicks = { pairs: 1_000, runs: 1_000, holds: 1_000, unanswered: 0, tookMs: 1 };
    expect(reportOf({ ...NOTHING, clicks }).missed).toEqual([]);
    for (const wrong of [{ runs: 1_001 }, { runs: 999 }, { holds: 1_001 }, { unanswered: 1 }]) expect(reportOf({ ...NOTHING, clicks: { ...clicks, ...wrong } }).missed).toEqual(['clicks: double']);
  });

  it('takes a history of 5 % more for many images, and a figure that differs by chance alone', () => {
    expect(missedBy({ large: training({ bytes: 31_500 }), long: training({ bytes: 30_120 }) })).toEqual([]);
  });

  it('holds ratios to the short training and to the empty program', () => {
    const history = { short: training(), long: training({ bytes: 45_000 }), large: training({ events: 77 }) };
    const report = reportOf({ ...NOTHING, history, start: { runsMs: [4_000], medianMs: 4_000, baselineMs: 500 } });
    expect(report.history?.ratios).toEqual({ longToShort: { events: 1, bytes: 1.5 }, largeToShort: { events: 1.1, bytes: 1 } });
    expect(report.start?.ratio).toBe(8);
  });

  it('leaves out what was not measured', () => {
    expect(reportOf(NOTHING)).toEqual({ ...NOTHING, missed: [] });
    expect(rowsOf(reportOf(NOTHING))).toEqual([]);
  });
});

describe('the table', () => {
  it('lines up its columns and marks what is met and what is not', () => {
    const rows = [
      { name: 'one', value: '12 events', target: '≤ 80', isMet: true, note: 'as hoped' },
      { name: 'second', value: '3 s', target: '≤ 2 s', isMet: false },
      { name: 'third', value: '1 MiB' },
    ];
    expect(tableOf(rows).split('\n')).toEqual([
      'measured  value      target',
      'one       12 events  ≤ 80    ✓  as hoped',
      'second    3 s        ≤ 2 s   ✗',
      'third     1 MiB',
    ]);
  });
});

describe('figures', () => {
  it('knows no median of nothing and no ratio to nothing', () => {
    expect(() => median([])).toThrow('got none');
    expect(() => ratioOf(1, 0)).toThrow('got 0');
  });

  it('takes the median whatever the order', () => {
    expect(spreadOf([3, 1, 2, 4])).toEqual({ p50: 2, p99: 4, max: 4 });
    expect(spreadOf(Array.from({ length: 200 }, (_, at) => 200 - at))).toEqual({ p50: 100, p99: 198, max: 200 });
    expect(median([24, 12, 17])).toBe(17);
    expect(median([10, 2, 4, 3])).toBe(3.5);
    expect(median([5])).toBe(5);
  });

  it.each([80, 2_000])('makes captions of %i characters that trimming leaves alone', (length) => {
    for (let index = 1; index <= 40; index += 1) expect(captionOf(index, length).trim()).toHaveLength(length);
  });
});
