import { setTimeout as delay } from 'node:timers/promises';
import type { Watchdog } from '../servers/watchdog.js';
import { startPartProcess, type PartProcess } from './part-process.js';

export interface PartSpec {
  readonly name: string;
  /** What stands before its lines. */
  readonly label: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Resolves when it serves; without it, the part says so by a JSON line with `ready: true`. */
  readonly serves?: (giveUp: AbortSignal) => Promise<void>;
  /** Its line as shown, or undefined to leave it out. */
  readonly readable: (line: string) => string | undefined;
  /** How long it may take to stop before it is killed. */
  readonly stopLimitMs: number;
}

export interface PartHooks {
  line(label: string, text: string): void;
  /** Every line of a part, as it was printed. */
  printed?(line: string): void;
  changed(): void;
}

const EARLY_DEATHS = 3;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const KEPT_LINES = 15;
/** Ends that are somebody’s deed, not a fault of the part. */
const KILLED: readonly string[] = ['SIGKILL', 'SIGTERM', 'SIGINT'] satisfies NodeJS.Signals[];

/** One process of the yard, started again whenever it dies. */
export class Part {
  #current: PartProcess | undefined;
  #life: Promise<void> = Promise.resolve();
  #restarts = 0;
  #isReady = false;
  #everReady = false;
  readonly #stopping = new AbortController();
  readonly #lastLines: string[] = [];

  constructor(
    private readonly spec: PartSpec,
    private readonly watchdog: Watchdog,
    private readonly hooks: PartHooks,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  /** undefined while it is down. */
  get pid(): number | undefined {
    return this.#current?.pid;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves when it serves for the first time. @throws when it died three times before, with its last words */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#life = this.#liveOn(resolve);
      // Reached only before it was ready: a part that serves lives on until it is stopped.
      this.#life.then(() => {
        reject(new Error(`${this.name} was stopped.`));
      }, reject);
    });
  }

  /** Sends a signal to the running process; it is then started again like after any death. */
  kill(signal: NodeJS.Signals): void {
    this.#current?.signal(signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#current?.signal('SIGTERM');
    const timer = setTimeout(() => {
      this.end();
    }, this.spec.stopLimitMs);
    await Promise.allSettled([this.#life]);
    clearTimeout(timer);
  }

  /** Ends it at once. */
  end(): void {
    this.#stopping.abort();
    this.#current?.killGroup();
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #liveOn(onReady: () => void): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let deaths = 1; !this.#isStopping(); deaths += 1) {
      const life = { served: false };
      const end = await this.#liveOnce(() => {
        life.served = true;
        onReady();
      });
      if (this.#isStopping()) return;
      if (!this.#everReady && deaths >= EARLY_DEATHS) {
        const lastWords = this.#lastLines.join('\n');
        throw new Error(`${this.name} ended ${EARLY_DEATHS} times before it was ready (${end}). Its last words:\n${lastWords}`);
      }
      // Only what cannot even start is waited for longer and longer: whatever served, or was killed by somebody, has work that waits.
      if (life.served || KILLED.includes(end)) pauseMs = FIRST_PAUSE_MS;
      this.hooks.line(this.spec.label, `ended (${end}); it starts again in ${pauseMs / 1000} s`);
      await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined); // Stopped meanwhile.
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      this.#restarts += 1;
    }
  }

  /** @returns how it ended */
  async #liveOnce(onReady: () => void): Promise<string> {
    this.#lastLines.length = 0;
    this.#current = startPartProcess(this.spec, this.watchdog, {
      ready: () => {
        this.#isReady = true;
        this.#everReady = true;
        this.hooks.changed();
        onReady();
      },
      line: (text) => {
        this.#lastLines.push(text);
        if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift();
        this.hooks.line(this.spec.label, text);
      },
      printed: (line) => {
        this.hooks.printed?.(line);
      },
    });
    this.hooks.changed();
    const end = await this.#current.ended;
    this.#current = undefined;
    this.#isReady = false;
    this.hooks.changed();
    return end;
  }
}
