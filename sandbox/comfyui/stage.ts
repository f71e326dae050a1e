/** What a test holds still: the pace, a step at which training waits, and a worker that is dead. */
export interface Stage {
  stepMs: number;
  setHold(step: number | null): void;
  /** True while a job at this step has to wait. */
  holds(step: number): boolean;
  setZombie(on: boolean): void;
  readonly zombie: boolean;
  /** Resolves when a job at this step may go on, since the hold was lifted or moved on, or when the signal fires. */
  untilReleased(step: number, signal: AbortSignal): Promise<void>;
  /** Resolves when the worker lives again or the signal fires. */
  untilAlive(signal: AbortSignal): Promise<void>;
}

export function createStage(stepMs: number): Stage {
  let holdStep: number | null = null;
  let zombie = false;
  const changed = new EventTarget();
  const announce = () => changed.dispatchEvent(new Event('change'));

  async function until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    while (!condition() && !signal.aborted) await nextChange(changed, signal);
  }

  const holds = (step: number): boolean => holdStep !== null && step >= holdStep;

  return {
    stepMs,
    setHold(step) {
      holdStep = step;
      announce();
    },
    holds,
    setZombie(on) {
      zombie = on;
      announce();
    },
    get zombie() {
      return zombie;
    },
    untilReleased: (step, signal) => until(() => !holds(step), signal),
    untilAlive: (signal) => until(() => !zombie, signal),
  };
}

function nextChange(target: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      target.removeEventListener('change', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    target.addEventListener('change', done);
    signal.addEventListener('abort', done);
  });
}
