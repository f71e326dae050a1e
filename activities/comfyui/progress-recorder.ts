import type { Progress } from '../../domain/runs.js';

/** Writes progress down, the newest only and at most once in an interval; a change of phase does not wait. */
export interface ProgressRecorder {
  /** Never fails: progress that could not be written comes with the next. */
  offer(progress: Progress): void;
  /** Writes what is still to be written and waits for it. */
  flush(): Promise<void>;
}

export function createProgressRecorder(everyMs: number, write: (progress: Progress) => Promise<void>, onError: (error: unknown) => void): ProgressRecorder {
  let recorded: Progress | null = null;
  let wanted: Progress | null = null;
  let writing: Promise<void> | null = null;
  let writtenAt = 0;

  async function writeWanted(progress: Progress): Promise<void> {
    writtenAt = Date.now();
    try {
      await write(progress);
      recorded = progress;
    } catch (error) {
      onError(error);
    }
  }

  function isNews(progress: Progress | null): progress is Progress {
    return progress !== null && (recorded === null || !isSame(progress, recorded));
  }

  return {
    offer(progress) {
      wanted = progress;
      if (writing !== null || !isNews(progress)) return;
      if (Date.now() - writtenAt < everyMs && progress.phase === recorded?.phase) return;
      writing = writeWanted(progress).finally(() => {
        writing = null;
      });
    },
    async flush() {
      await writing;
      if (isNews(wanted)) await writeWanted(wanted);
    },
  };
}

function isSame(a: Progress, b: Progress): boolean {
  return a.phase === b.phase && a.step === b.step && a.totalSteps === b.totalSteps;
}
