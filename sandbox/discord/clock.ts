/** Cancels what was scheduled; calling it late or twice does nothing. */
export type Cancel = () => void;

/** The stand-in's time: wall time plus what was skipped. Every deadline of Discord is judged by it. */
export interface Clock {
  now(): number;
  /** Skips `ms` ahead and runs everything that falls due on the way, in order. */
  advance(ms: number): void;
  after(delayMs: number, run: () => void): Cancel;
  stop(): void;
}

interface Appointment {
  at: number;
  run: () => void;
}

export function createClock(readWallMs: () => number = Date.now): Clock {
  let skippedMs = 0;
  let appointments: Appointment[] = [];
  let alarm: NodeJS.Timeout | undefined;

  const now = (): number => readWallMs() + skippedMs;

  const setAlarm = (): void => {
    clearTimeout(alarm);
    const next = appointments[0];
    if (next === undefined) return;
    alarm = setTimeout(runDue, Math.min(Math.max(next.at - now(), 0), 2 ** 30));
    alarm.unref();
  };

  const runDue = (): void => {
    for (let next = appointments[0]; next !== undefined && next.at <= now(); next = appointments[0]) {
      appointments.shift();
      next.run();
    }
    setAlarm();
  };

  return {
    now,
    advance(ms) {
      skippedMs += ms;
      runDue();
    },
    after(delayMs, run) {
      const appointment = { at: now() + delayMs, run };
      appointments = [...appointments, appointment].sort((a, b) => a.at - b.at);
      setAlarm();
      return () => {
        appointments = appointments.filter((other) => other !== appointment);
        setAlarm();
      };
    },
    stop() {
      clearTimeout(alarm);
      appointments = [];
    },
  };
}
