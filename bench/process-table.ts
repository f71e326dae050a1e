import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorCode } from '../sandbox/servers/error-code.js';

export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
}

export interface ProcessMemory extends ProcessRow {
  readonly bytes: number;
  /** `PSS` counts a page that several processes share once, in parts; `RSS` counts it for each. */
  readonly measure: 'PSS' | 'RSS';
}

/** A process and all below it, with the memory each uses now. One that ends meanwhile is left out. */
export async function readProcessTree(rootPid: number): Promise<ProcessMemory[]> {
  return process.platform === 'linux' ? readProc(rootPid) : readPs(rootPid);
}

async function readProc(rootPid: number): Promise<ProcessMemory[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const table = await Promise.all(pids.map(async (pid) => rowOfStat(pid, await readIfThere(`/proc/${pid}/stat`))));
  const found = await Promise.all(treeOf(table.filter((row) => row !== undefined), rootPid).map(memoryOf));
  return found.filter((row) => row !== undefined);
}

async function memoryOf(row: ProcessRow): Promise<ProcessMemory | undefined> {
  const pss = kilobytesOf('Pss', await readIfThere(`/proc/${row.pid}/smaps_rollup`));
  if (pss !== undefined) return { ...row, bytes: pss * 1024, measure: 'PSS' };
  const rss = kilobytesOf('VmRSS', await readIfThere(`/proc/${row.pid}/status`));
  return rss === undefined ? undefined : { ...row, bytes: rss * 1024, measure: 'RSS' };
}

/** macOS has no /proc and no PSS. */
async function readPs(rootPid: number): Promise<ProcessMemory[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,rss=']);
  return treeOf(rowsOfPs(stdout), rootPid);
}

export function rowsOfPs(text: string): ProcessMemory[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parentPid, rss] = line.trim().split(/\s+/).map(Number);
    if (pid === undefined || parentPid === undefined || rss === undefined) return [];
    return [{ pid, parentPid, bytes: rss * 1024, measure: 'RSS' as const }];
  });
}

/** The name of the program stands in brackets and may itself hold brackets and blanks: what counts comes after the last one. */
export function rowOfStat(pid: number, stat: string | undefined): ProcessRow | undefined {
  const parentPid = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  return Number.isInteger(parentPid) ? { pid, parentPid } : undefined;
}

/** A line such as `Pss:   1234 kB`. */
export function kilobytesOf(name: string, text: string | undefined): number | undefined {
  const digits = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function treeOf<Row extends ProcessRow>(table: readonly Row[], rootPid: number): Row[] {
  const found = table.filter((row) => row.pid === rootPid);
  // Grows while it is walked: children of children follow.
  for (const { pid } of found) found.push(...table.filter((row) => row.parentPid === pid && row.pid !== rootPid));
  return found;
}

/** undefined when the process has ended meanwhile, or is not ours to look into. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
