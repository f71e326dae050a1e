import type { MeasuredClicks } from './clicks.js';
import type { MeasuredDiscord } from './discord.js';
import { clickRows, discordRows } from './discord-report.js';
import type { MeasuredHistory, MeasuredTraining } from './history.js';
import type { MemoryPeaks } from './peaks.js';
import { ratioOf } from './figures.js';
import type { MeasuredStart } from './start.js';
import type { TableRow } from './table.js';

/** What `--json` prints, as one line. A measurement that was not asked for is null. Sizes are bytes, times milliseconds. */
export interface BenchReport {
  readonly history: (MeasuredHistory & { readonly ratios: HistoryRatios }) | null;
  readonly start: (MeasuredStart & { readonly ratio: number }) | null;
  readonly memory: MemoryPeaks | null;
  readonly discord: MeasuredDiscord | null;
  readonly clicks: MeasuredClicks | null;
  /** The targets that were not met, as the table names them. */
  readonly missed: readonly string[];
}

export interface HistoryRatios {
  readonly longToShort: Ratio;
  readonly largeToShort: Ratio;
}

interface Ratio {
  readonly events: number;
  readonly bytes: number;
}

export interface Measured {
  readonly history: MeasuredHistory | null;
  readonly start: MeasuredStart | null;
  readonly memory: MemoryPeaks | null;
  readonly discord: MeasuredDiscord | null;
  readonly clicks: MeasuredClicks | null;
}

const TARGETS = { events: 80, bytes: 40_000, longToShort: 1, largeToShort: 1.05, startMs: 10_000, memoryBytes: 2 * 1024 ** 3 } as const;

export function reportOf({ history, start, memory, discord, clicks }: Measured): BenchReport {
  const report = {
    history: history === null ? null : { ...history, ratios: { longToShort: ratio(history.long, history.short), largeToShort: ratio(history.large, history.short) } },
    start: start === null ? null : { ...start, ratio: ratioOf(start.medianMs, start.baselineMs) },
    memory,
    discord,
    clicks,
  };
  const missed = rowsOf({ ...report, missed: [] }).filter((row) => row.isMet === false).map((row) => row.name);
  return { ...report, missed };
}

export function rowsOf({ history, start, memory, discord, clicks }: BenchReport): TableRow[] {
  return [
    ...(history === null ? [] : historyRows(history)),
    ...(start === null ? [] : startRows(start)),
    ...(memory === null ? [] : memoryRows(memory)),
    ...(discord === null ? [] : discordRows(discord)),
    ...(clicks === null ? [] : clickRows(clicks)),
  ];
}

function historyRows({ short, long, large, ratios }: NonNullable<BenchReport['history']>): TableRow[] {
  const { longToShort, largeToShort } = ratios;
  return [
    trainingRow('history: short training', short),
    trainingRow('history: long training', long),
    trainingRow('history: many images', large),
    ratioRow('history: long to short', longToShort, TARGETS.longToShort),
    ratioRow('history: many to few images', largeToShort, TARGETS.largeToShort),
  ];
}

function trainingRow(name: string, { images, captionLength, trainedMs, events, bytes }: MeasuredTraining): TableRow {
  return {
    name,
    value: `${events} events, ${(bytes / 1000).toFixed(1)} kB`,
    target: `≤ ${TARGETS.events}, ≤ ${TARGETS.bytes / 1000} kB`,
    isMet: events <= TARGETS.events && bytes <= TARGETS.bytes,
    note: `${seconds(trainedMs)}, ${images} images, captions of ${captionLength} characters`,
  };
}

function ratioRow(name: string, { events, bytes }: Ratio, most: number): TableRow {
  return { name, value: `× ${events.toFixed(2)} events, × ${bytes.toFixed(2)} bytes`, target: `≤ ${most.toFixed(2)}`, isMet: events <= most && bytes <= most };
}

function startRows({ runsMs, medianMs, baselineMs, ratio: toBaseline }: NonNullable<BenchReport['start']>): TableRow[] {
  return [
    { name: 'start: npm start to ready', value: seconds(medianMs), target: `≤ ${TARGETS.startMs / 1000} s`, isMet: medianMs <= TARGETS.startMs, note: `median of ${runsMs.map(seconds).join(', ')}` },
    { name: 'start: to an empty program', value: `× ${toBaseline.toFixed(1)}`, note: `which takes ${seconds(baselineMs)}` },
  ];
}

function memoryRows({ measure, samples, totalBytes, parts }: MemoryPeaks): TableRow[] {
  return [
    { name: 'memory: whole yard', value: mebibytes(totalBytes), target: `≤ ${mebibytes(TARGETS.memoryBytes)}`, isMet: totalBytes <= TARGETS.memoryBytes, note: `peak ${measure} of ${samples} samples` },
    ...Object.entries(parts).map(([name, bytes]) => ({ name: `memory: ${name}`, value: mebibytes(bytes) })),
  ];
}

function ratio(one: MeasuredTraining, baseline: MeasuredTraining): Ratio {
  return { events: ratioOf(one.events, baseline.events), bytes: ratioOf(one.bytes, baseline.bytes) };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
