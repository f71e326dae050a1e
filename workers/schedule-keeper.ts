import type { Logger } from 'pino';

/** Makes the schedule of the sweeps anew when somebody deleted it: without it, points of dead runs stay held until a worker starts. */
export function createScheduleKeeper(restore: () => Promise<boolean>, log: Pick<Logger, 'warn'>, everyMs: number): { start(): void; stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    try {
      if (await restore()) log.warn({}, 'the schedule of the sweeps was gone and was made anew');
    } catch (error) {
      // Temporal is away, and so are the sweeps: the next look does it.
      log.warn({ err: error }, 'could not look for the schedule of the sweeps');
    }
  }

  return {
    start() {
      timer = setInterval(() => {
        looking = look();
      }, everyMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
