import { setTimeout } from 'node:timers/promises';
import type { ScenarioRule } from './behaviours.js';
import type { Call } from './call-log.js';
import type { JobRecord } from './ground-truth.js';

/** A test's hand on a stand-in of ComfyUI, in this process or another. */
export interface ComfyControl {
  /** Adds a rule; older rules are used up first. */
  scenario(rule: ScenarioRule): Promise<void>;
  clearScenarios(): Promise<void>;
  /** A dead worker: HTTP stays fine, nothing moves, interrupts are not seen. A restart cures it, too. */
  zombie(on: boolean): Promise<void>;
  /** Every connection is reset until turned off; what runs goes on. */
  down(on: boolean): Promise<void>;
  /** Queue, history and running job are gone, sockets drop with 1006, `input/` and `output/` stay. */
  restart(options?: { downMs?: number }): Promise<void>;
  setStepMs(stepMs: number): Promise<void>;
  /** Training of every job waits once it has done this many steps; interrupts are still seen. */
  hold(step: number): Promise<void>;
  release(): Promise<void>;
  /** Drops one job without a trace, pending or running. @returns false when there is none */
  forget(promptId: string): Promise<boolean>;
  calls(): Promise<Call[]>;
  clearCalls(): Promise<void>;
  /** Every job ever queued, in order, restarts included. */
  jobs(): Promise<JobRecord[]>;
  /** How often the training node ran, per prompt id. */
  trainings(): Promise<Record<string, number>>;
  /** Forgets the records of ended jobs. */
  clearJobs(): Promise<void>;
  /** Asks again until the jobs are as wanted. @throws after `timeoutMs` (default 10 s), naming what it saw last */
  waitForJobs(wanted: (jobs: JobRecord[]) => boolean, timeoutMs?: number): Promise<JobRecord[]>;
}

const POLL_MS = 20;
const DEFAULT_TIMEOUT_MS = 10_000;

export function createComfyControl(controlUrl: string): ComfyControl {
  async function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${controlUrl}/_stand-in/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Expected the stand-in to accept ${method} ${path}, got ${response.status}: ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }
  const post = async (path: string, body: unknown = {}) => {
    await ask('POST', path, body);
  };
  const clear = async (path: string) => {
    await ask('DELETE', path);
  };
  const jobs = async () => (await ask('GET', 'jobs'))['jobs'] as JobRecord[];

  return {
    scenario: (rule) => post('scenario', rule),
    clearScenarios: () => clear('scenario'),
    zombie: (on) => post('zombie', { on }),
    down: (on) => post('down', { on }),
    restart: (options = {}) => post('restart', options),
    setStepMs: (stepMs) => post('step-ms', { stepMs }),
    hold: (step) => post('hold', { step }),
    release: () => post('release'),
    forget: async (promptId) => (await ask('POST', 'forget', { promptId }))['forgotten'] === true,
    calls: async () => (await ask('GET', 'calls'))['calls'] as Call[],
    clearCalls: () => clear('calls'),
    jobs,
    trainings: async () => (await ask('GET', 'jobs'))['trainings'] as Record<string, number>,
    clearJobs: () => clear('jobs'),
    async waitForJobs(wanted, timeoutMs = DEFAULT_TIMEOUT_MS) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const seen = await jobs();
        if (wanted(seen)) return seen;
        if (Date.now() > deadline) {
          const states = seen.map((job) => `${job.promptId} ${job.state} at step ${job.trainedSteps}`).join(', ');
          throw new Error(`Expected other jobs within ${timeoutMs} ms; the stand-in has: ${states === '' ? 'none' : states}`);
        }
        await setTimeout(POLL_MS);
      }
    },
  };
}
