import { setTimeout as delay } from 'node:timers/promises';
import { trainRunIdOf } from '../../../domain/workflow-names.js';
import { getRunQuery } from '../../../workflows/train-run/messages.js';
import type { Access } from '../../demo/player.js';
import type { Observer } from './observer.js';
import type { Victim } from './schedule.js';

const PROBE_MS = 2_000;
const PROBE_EVERY_MS = 250;

/**
 * Asks a part for what only it can answer, until it does: Temporal and the yard's worker for a query of a run, the bot for its
 * connection, the web part for its health. The others show in the rows, or have nothing but *ready* to show.
 */
export async function untilAnswered(access: Access, observer: Observer, victim: Victim, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const answer = await ask(access, observer, victim).catch(() => false); // It is down: that is why it is asked.
    if (answer) return;
    await delay(PROBE_EVERY_MS);
  }
}

async function ask(access: Access, observer: Observer, victim: Victim): Promise<boolean> {
  switch (victim) {
    case 'temporal':
    case 'yard': {
      const [run] = observer.openRuns();
      if (run === undefined) return true;
      await access.client.withDeadline(Date.now() + PROBE_MS, () => access.client.workflow.getHandle(trainRunIdOf(run.runId)).query(getRunQuery));
      return true;
    }
    case 'bot':
    case 'discord-stand-in':
      await access.driver.waitForBot({ timeoutMs: PROBE_MS });
      return true;
    case 'web':
      return (await fetch(`${access.webUrl}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) })).status > 0;
    case 'mongo':
    case 'gpu':
    case 'comfyui-node-a':
    case 'comfyui-node-b':
    case 'images':
    case 'discord':
      return true;
  }
}
