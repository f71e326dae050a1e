import { spawn } from 'node:child_process';

/**
 * Kills guarded processes when this process is gone, however it went: a SIGKILL runs no exit handler, but it closes the pipe the
 * watchdog reads.
 */
export interface Watchdog {
  guard(pid: number): void;
  release(pid: number): void;
  close(): void;
}

/** `sh`, because it costs 1 MB where a second Node process costs 40. */
const SCRIPT = `
pids=' '
while read -r word pid; do
  case "$word" in
    guard) pids="$pids$pid " ;;
    release) pids=$(printf '%s' "$pids" | sed "s/ $pid / /") ;;
  esac
done
[ "$pids" = ' ' ] && exit 0
for pid in $pids; do kill -TERM "$pid" 2>/dev/null; done
sleep 5
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
exit 0
`;

export function createWatchdog(): Watchdog {
  // Detached: Ctrl-C in the terminal must not reach it before it has done its work.
  const shell = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  // A watchdog that is gone can no longer be told anything; the processes are then stopped by the ordinary way alone.
  shell.stdin.on('error', () => undefined);
  shell.on('error', () => undefined);
  const say = (line: string): void => {
    if (shell.stdin.writable) shell.stdin.write(`${line}\n`);
  };
  return {
    guard: (pid) => {
      say(`guard ${pid}`);
    },
    release: (pid) => {
      say(`release ${pid}`);
    },
    close: () => {
      shell.stdin.end();
    },
  };
}
