import { setImmediate, setTimeout } from 'node:timers/promises';
import type { GroundTruth, InterruptSource, JobRecord } from './ground-truth.js';
import type { QueueItem } from './protocol.js';
import type { JobScenario } from './scenarios.js';
import type { Stage } from './stage.js';

/** The job was interrupted, by whomever. */
export class Interrupted extends Error {}

/** The server that ran the job is gone, or has forgotten it: nothing more may be recorded or sent. */
export class Vanished extends Error {}

/** An exception of a node, with the type name ComfyUI reports. */
export class PythonError extends Error {
  readonly exceptionType: string;
  constructor(exceptionType: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.exceptionType = exceptionType;
  }
}

/** One job while it runs: every wait of a node goes through it, so that an interrupt is seen in mid-step. */
export interface RunningJob {
  readonly item: QueueItem;
  readonly record: JobRecord;
  readonly scenario: JobScenario | null;
  /** @returns false when the job is made to ignore interrupts */
  interrupt(by: InterruptSource): boolean;
  vanish(): void;
  /** Throws `Interrupted` or `Vanished` when one of them is due. */
  check(): void;
  /** Waits, then checks. Waits on while the worker is a zombie. */
  rest(ms: number): Promise<void>;
  /** Waits while a test holds training at this step, then checks. @returns whether it waited */
  passHold(step: number): Promise<boolean>;
  stepMs(): number;
}

export function createRunningJob(item: QueueItem, truth: GroundTruth, stage: Stage, scenario: JobScenario | null): RunningJob {
  const record = truth.of(item.entry);
  const stop = new AbortController();
  const gone = new AbortController();
  let interrupted = false;

  function check(): void {
    if (gone.signal.aborted) throw new Vanished('The job is forgotten.');
    if (interrupted) throw new Interrupted('The job was interrupted.');
  }

  return {
    item,
    record,
    scenario,
    interrupt(by) {
      if (scenario?.behaviour.kind === 'ignore-interrupt') return false;
      interrupted = true;
      record.interruptedBy ??= by;
      stop.abort();
      return true;
    },
    vanish() {
      gone.abort();
      stop.abort();
    },
    check,
    async rest(ms) {
      await (ms > 0 ? pause(ms, stop.signal) : setImmediate());
      await stage.untilAlive(gone.signal);
      check();
    },
    async passHold(step) {
      if (!stage.holds(step)) return false;
      record.held = true;
      await stage.untilReleased(step, stop.signal);
      await stage.untilAlive(gone.signal);
      record.held = false;
      check();
      return true;
    },
    stepMs: () => scenario?.stepMs ?? stage.stepMs,
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
