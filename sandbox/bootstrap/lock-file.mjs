// Plain Node built-ins only: this runs before any package is installed.
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const BEAT_MS = 2_000;
const STALE_MS = 15_000;
const LOOK_AGAIN_MS = 250;

/**
 * Takes a lock that dies with its holder: it is stale when the holder's process is gone, or when its file was not touched for
 * 15 s (process ids are used again, in containers at once). Returns undefined while somebody else holds it.
 */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  if (!create(path)) {
    if (lockHolder(path) !== undefined) return undefined;
    rmSync(path, { force: true });
    if (!create(path)) return undefined;
  }
  const beat = setInterval(() => touch(path), BEAT_MS);
  beat.unref();
  return {
    release() {
      clearInterval(beat);
      if (readPid(path) === process.pid) rmSync(path, { force: true });
    },
  };
}

/** Runs `work` while holding the lock; `onWait` is told once when somebody else holds it. */
export async function withLock(path, onWait, work) {
  let lock = tryLock(path);
  if (lock === undefined) onWait(lockHolder(path));
  while (lock === undefined) {
    await delay(LOOK_AGAIN_MS);
    lock = tryLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** The process id of the live holder, if any. */
export function lockHolder(path) {
  const pid = readPid(path);
  return pid !== undefined && isAlive(pid) && isFresh(path) ? pid : undefined;
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Linked into place, so that nobody ever reads a lock without its process id. */
function create(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function isFresh(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs < STALE_MS;
}

function readPid(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
