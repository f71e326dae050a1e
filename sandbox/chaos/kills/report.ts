import { trainRunIdOf } from '../../../domain/workflow-names.js';
import type { Conducted } from './conductor.js';
import type { Finding } from './inquest.js';
import type { Observer } from './observer.js';
import { percentile, recoveryMsOf, type Recovery } from './recovery.js';
import type { ActKind } from './schedule.js';
import type { AskedRun } from './seat.js';

/** Milliseconds; nearest rank, 0 without values. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What a soak came to. Times are milliseconds. */
export interface KillsReport {
  /** With the number of kills it gives the same schedule again. */
  readonly seed: number;
  /** Runs whose start was accepted: there is a row, or the press was answered so. */
  readonly runs: number;
  /** SIGKILLs sent. */
  readonly kills: number;
  /** SIGSTOPs sent, each with its SIGCONT. */
  readonly stops: number;
  /** SIGTERMs sent. */
  readonly restarts: number;
  /** Findings of each kind, as `Finding` defines them. */
  readonly lost: number;
  readonly duplicated: number;
  readonly stuck: number;
  readonly orphanJobs: number;
  /** After a SIGKILL, as `recoveryMsOf` measures it. At most `limitsMs.kill`. */
  readonly recoveryMs: Spread;
  /** After a SIGSTOP, its freeze included. At most `limitsMs.stop`. */
  readonly stopRecoveryMs: Spread;
  readonly restartRecoveryMs: Spread;
  /** The same from the act to the end by the clock on the wall, whatever else was down meanwhile. Not judged. */
  readonly recoveryByTheWallMs: Spread;
  /** From a SIGKILL until its part said that it is ready: the supervisor's pause and the start of a process, which a busy machine draws out. */
  readonly readyAgainMs: Spread;
  readonly limitsMs: Readonly<Record<ActKind, number>>;
  /** Recoveries over their limit, and acts that were not recovered from at all. */
  readonly late: number;
  /** SIGKILLs at which at least one run was open, and those at which at least one was in its training. */
  readonly killsWithOpenRun: number;
  readonly killsDuringTraining: number;
  readonly ends: Readonly<Record<string, number>>;
  /** How many runs took one attempt, two, three. */
  readonly attempts: Readonly<Record<string, number>>;
  readonly heartbeatMs: number;
  readonly elapsedMs: number;
}

export interface Played extends Conducted {
  readonly asked: readonly AskedRun[];
  readonly observer: Observer;
}

export interface Frame {
  readonly seed: number;
  readonly limitsMs: KillsReport['limitsMs'];
  readonly heartbeatMs: number;
  readonly elapsedMs: number;
}

export function reportOf(played: Played, findings: readonly Finding[], { seed, limitsMs, heartbeatMs, elapsedMs }: Frame): KillsReport {
  const { recoveries, outages, asked, observer } = played;
  const found = (kind: Finding['kind']): number => findings.filter((finding) => finding.kind === kind).length;
  const of = (kind: ActKind): readonly Recovery[] => recoveries.filter(({ act }) => act.kind === kind);
  const spread = (kind: ActKind): Spread => spreadOf(of(kind).flatMap((each) => recoveryMsOf(each, outages) ?? []));
  const runs = asked.filter(({ accepted }) => accepted);
  const rows = runs.flatMap(({ runId }) => observer.see(runId)?.row ?? []);
  return {
    seed,
    runs: runs.length,
    kills: of('kill').length,
    stops: of('stop').length,
    restarts: of('restart').length,
    lost: found('lost'),
    duplicated: found('duplicated'),
    stuck: found('stuck'),
    orphanJobs: found('orphan'),
    recoveryMs: spread('kill'),
    stopRecoveryMs: spread('stop'),
    restartRecoveryMs: spread('restart'),
    recoveryByTheWallMs: spreadOf(of('kill').flatMap(({ outage, recoveredAt }) => (recoveredAt === null ? [] : [recoveredAt - outage.from]))),
    readyAgainMs: spreadOf(of('kill').flatMap(({ outage }) => (outage.until === null ? [] : [outage.until - outage.from]))),
    limitsMs,
    late: lateOnes(played, limitsMs).length,
    killsWithOpenRun: played.killsWithOpenRun,
    killsDuringTraining: played.killsDuringTraining,
    ends: counted(rows.map(({ status }) => status)),
    attempts: counted(rows.map(({ attempt }) => String(attempt))),
    heartbeatMs,
    elapsedMs,
  };
}

/** Nothing went wrong, in a soak that deserves the name: an open run at every kill, half of the kills in a training, a run for every three. */
export function isClean({ lost, duplicated, stuck, orphanJobs, late, runs, kills, killsWithOpenRun, killsDuringTraining }: KillsReport): boolean {
  return lost + duplicated + stuck + orphanJobs + late === 0 && killsWithOpenRun === kills && killsDuringTraining * 2 >= kills && runs * 3 >= kills;
}

/** Everything somebody needs who has to find out why: each finding with its run's life, the late recoveries, and all acts. */
export function factsOf(played: Played, findings: readonly Finding[], limitsMs: KillsReport['limitsMs']): readonly string[] {
  const { asked, observer, outages, log } = played;
  const lines: string[] = [];
  for (const { kind, runId, what } of findings) lines.push(`✗ ${kind}: ${runId === null ? '' : `run ${runId}: `}${what}`);
  for (const runId of new Set(findings.flatMap((finding) => finding.runId ?? []))) {
    const run = asked.find((each) => each.runId === runId);
    const { person, errand, deeds } = run ?? {};
    lines.push(`Run ${runId}, workflow ${trainRunIdOf(runId)}, of ${person ?? '?'}, number ${errand?.number ?? '?'}, ${errand?.fate ?? '?'}:`);
    lines.push(...[...(deeds ?? []), ...observer.timelineOf(runId)].sort().map((line) => `    ${line}`));
    lines.push(`    row ${JSON.stringify(withoutPictures(observer.see(runId)?.row))}`);
  }
  for (const recovery of lateOnes(played, limitsMs)) {
    const { act, outage, waiting } = recovery;
    const tookMs = recoveryMsOf(recovery, outages);
    const at = new Date(outage.from).toISOString().slice(11, 23);
    const left = [...waiting.keys(), ...(recovery.answered ? [] : ['its answer'])].join(', ');
    lines.push(`✗ late: ${act.kind} ${act.victim} at ${at} (act ${act.index + 1}): ${tookMs === null ? `not recovered; waits for ${left}` : `${(tookMs / 1000).toFixed(1)} s of at most ${limitsMs[act.kind] / 1000} s, ready after ${(((outage.until ?? 0) - outage.from) / 1000).toFixed(1)} s; ${recovery.lastTold}`}`);
  }
  return [...lines, 'All acts:', ...log.map((line) => `    ${line}`)];
}

function lateOnes({ recoveries, outages }: Played, limitsMs: KillsReport['limitsMs']): readonly Recovery[] {
  return recoveries.filter((recovery) => (recoveryMsOf(recovery, outages) ?? Number.POSITIVE_INFINITY) > limitsMs[recovery.act.kind]);
}

function spreadOf(values: readonly number[]): Spread {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), max: percentile(values, 1) };
}

function counted(words: readonly string[]): Record<string, number> {
  const by: Record<string, number> = {};
  for (const word of [...words].sort()) by[word] = (by[word] ?? 0) + 1;
  return by;
}

function withoutPictures(row: unknown): unknown {
  return typeof row === 'object' && row !== null ? { ...row, images: undefined } : row;
}
