import cliProgress from 'cli-progress';
import type { RunRow } from '../../models/runs-schema.js';

export interface ProgressBar {
  show(row: RunRow): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere a line whenever the state or a tenth of the steps changes. */
export function createProgressBar(write: (line: string) => void, isTerminal: boolean): ProgressBar {
  return isTerminal ? terminalBar() : lines(write);
}

function terminalBar(): ProgressBar {
  const bar = new cliProgress.SingleBar({ format: '  {state} {bar} {value}/{total} steps', clearOnComplete: true, hideCursor: true }, cliProgress.Presets.shades_classic);
  let started = false;
  return {
    show(row) {
      if (!row.open) {
        bar.stop();
        return;
      }
      const state = { state: stateOf(row) };
      if (!started) bar.start(row.settings.steps, 0, state);
      started = true;
      bar.update(row.progress?.step ?? 0, state);
    },
    stop: () => {
      bar.stop();
    },
  };
}

function lines(write: (line: string) => void): ProgressBar {
  let last = '';
  return {
    show(row) {
      const tenth = Math.floor(((row.progress?.step ?? 0) / row.settings.steps) * 10);
      const line = `${stateOf(row)}${tenth > 0 ? ` ${tenth * 10} %` : ''}`;
      if (line === last) return;
      last = line;
      write(`  ${'█'.repeat(tenth)}${'░'.repeat(10 - tenth)} ${line}`);
    },
    stop: () => undefined,
  };
}

function stateOf(row: RunRow): string {
  return `${row.status}${row.attempt > 1 ? `, attempt ${row.attempt}` : ''}`;
}
