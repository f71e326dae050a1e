import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createComfyActivities } from '../../../activities/comfyui/activities.js';
import { createObserver } from '../../../activities/comfyui/observer.js';
import type { Progress } from '../../../domain/runs.js';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../../sandbox/chaos/network/faults.js';
import { openFaultyWay } from '../../../sandbox/chaos/network/faulty-way.js';
import { activityTry, openRunWorld, startTestNode, type RunWorld } from '../../support/comfy-node.js';
import { eventually } from '../../support/eventually.js';
import { described, inTurns, noteRejections, outcomeOf, type Outcome } from '../../support/network-trials.js';

/** The way to the WebSocket of a node fails in every way there is, under a training that is followed. HTTP has a way of its own. */

const LONGEST_MS = 30_000;
const FAULT_MS = 2_000;
const STEP_MS = 150;
/** More than are done before the end is let come. */
const STEPS = 400;
const FAULTS_AT_ONCE = 12;
/** In the proportions of the product, and long enough for a busy machine to answer a ping. */
const SOCKET = { pingMs: 800, handshakeMs: 1_200, retryMs: { first: 20, most: 100 } };
/** One that is being given up, and the next. */
const MOST_SOCKETS = 2;

let world: RunWorld;
const rejections = noteRejections();

beforeAll(async () => { world = await openRunWorld(); });
afterAll(async () => {
  rejections.stop();
  await world.close();
});

interface Row {
  readonly fault: FaultName;
  readonly followed: Outcome;
  /** Whether the socket that stood was lost in the fault. */
  readonly isLost: boolean;
  readonly mostSockets: number;
  readonly socketsLeft: Outcome;
  readonly trainings: number;
}

async function underFault(fault: FaultName): Promise<Row> {
  const node = await startTestNode(world);
  const { hostname, port } = new URL(node.deps.node.url);
  const way = await openFaultyWay({ host: hostname, port: Number(port) });
  const observer = createObserver({ url: `http://${way.host}:${way.port}`, timings: SOCKET });
  const { followTraining } = createComfyActivities({ ...node.deps, observer });
  const { runId } = await world.openRun({ steps: STEPS });
  let mostSockets = 0;
  const counting = setInterval(() => { mostSockets = Math.max(mostSockets, way.open()); }, 20);
  let heard = 0;
  let heldAt = 0;
  const following = activityTry();
  following.on('heartbeat', ({ step }: Progress) => { heard = step; });
  /** Step by step: of those that come close together a node tells one. */
  const hears = (): Promise<void> => {
    const before = heard;
    return eventually(async () => {
      await node.control.hold(heldAt += 1);
      expect(heard).toBeGreaterThan(before);
    }, LONGEST_MS, STEP_MS);
  };

  await node.control.hold(heldAt);
  let tries = 0;
  await eventually(() => activityTry(tries += 1).run(node.activities.submitTraining, { runId, attempt: 1, avoid: null }), LONGEST_MS);
  const end = following.run(followTraining, { runId, attempt: 1 });
  let isLost = false;
  const followed = await outcomeOf(async () => {
    await hears();
    const stood = observer.connectedSince();
    await way.inflict(NETWORK_FAULTS[fault]);
    await (NETWORK_FAULTS[fault].harm === 'none' ? hears() : Promise.all([delay(FAULT_MS), node.control.hold(heldAt += 20)]));
    isLost = observer.connectedSince() !== stood;
    await way.lift();
    await hears();
    await way.inflict(NETWORK_FAULTS[fault]);
    await node.control.release();
    return end;
  }, 3 * LONGEST_MS);
  clearInterval(counting);
  const socketsLeft = await outcomeOf(() => eventually(() => { expect(way.open()).toBe(0); }), LONGEST_MS);
  const trainings = Object.values(await node.control.trainings()).reduce((sum, times) => sum + times, 0);
  await way.close();
  await node.stop();
  return { fault, followed, isLost, mostSockets, socketsLeft, trainings };
}

describe('a training whose node is heard over a way that fails in every way there is', () => {
  it('goes on: its end is found by polling, its steps are heard again after the fault, it was trained once, and no socket is left', async () => {
    expect(FAULT_NAMES.length).toBeGreaterThanOrEqual(20);
    const rows = await inTurns(FAULT_NAMES, FAULTS_AT_ONCE, underFault);
    for (const call of ['followed', 'socketsLeft'] as const) {
      expect(rows.filter((row) => row[call].kind !== 'value').map((row) => described({ fault: row.fault, call, outcome: row[call] }))).toEqual([]);
    }
    for (const { fault, followed, trainings } of rows) expect({ fault, followed, trainings }).toEqual({ fault, followed: { kind: 'value', value: { kind: 'trained' } }, trainings: 1 });
    expect(rows.filter(({ mostSockets }) => mostSockets > MOST_SOCKETS).map(({ fault, mostSockets }) => `${fault}: ${mostSockets} sockets`)).toEqual([]);
    expect(rows.filter(({ fault, isLost }) => isLost && NETWORK_FAULTS[fault].harm === 'none').map(({ fault }) => fault)).toEqual([]);
    expect(rows.filter(({ isLost }) => isLost).length).toBeGreaterThanOrEqual(15);
    expect(rejections.taken()).toEqual([]);
  }, 300_000);
});
