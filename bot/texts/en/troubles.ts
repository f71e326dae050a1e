import type { TroubleKind } from '../../../domain/troubles.js';
import { counted } from './words.js';

/** What operators read in their channel. Names, ids and errors come escaped; times come as Discord's own marks. */
export const troubleTexts = {
  title: {
    'stuck-workflow': 'A workflow is stuck',
    'release-failing': 'Points cannot be given back or kept',
    'node-out': 'A node is out',
    'queue-waiting': 'A run waits for more than an hour',
    'foreign-run': 'A run of another namespace',
    'hold-without-run': 'Points are held for a run that is not on record',
  } satisfies Record<TroubleKind, string>,
  over: (title: string): string => `Over: ${title.charAt(0).toLowerCase()}${title.slice(1)}`,

  stuck: (workflow: string, failures: number): string => `${workflow} fails at every try: ${counted(failures, 'time')} in a row.`,
  release: (workflow: string, attempts: number): string => `${workflow} has tried ${counted(attempts, 'time')}, and goes on trying.`,
  lastFailure: (failure: string): string => `Last failure: ${failure}`,
  node: (node: string): string => `Node ${node} takes no training.`,
  problem: (problem: string): string => `It was last seen so: ${problem}`,
  queue: (queue: string, run: string): string => `No node of queue ${queue} has taken run ${run}.`,
  foreign: (run: string, namespace: string): string => `Run ${run} was started in the Temporal namespace with the id ${namespace}; there may be more of it.`,

  holdWithoutRun: (account: string, amountPoints: number, run: string): string => `${counted(amountPoints, 'point')} of ${account} ${amountPoints === 1 ? 'is' : 'are'} set aside for run ${run}, and the database has no such run.`,

  action: {
    'stuck-workflow':
      'Read the error of its pending workflow task in the Web UI. Bring back the version of the workers that ran before, or repair the code, and it goes on by itself. Press **Terminate** when it cannot be repaired: the next sweeps end the run and give its points back.',
    'release-failing': 'Press nothing: it is tried until it succeeds, and no point is lost. See that MongoDB runs and takes writes.',
    'node-out': 'Start ComfyUI and the gpu worker that serves the node; the log of the worker says in one sentence what is missing. Take a node that is gone for good out of `COMFYUI_NODES`.',
    'queue-waiting':
      'When every node of the queue is busy, press nothing: accounts take turns. Else read the log of the gpu worker for the node that is unfit or away. **Request Cancellation** in the Web UI ends the run.',
    'foreign-run': 'Set `TEMPORAL_NAMESPACE` back to the namespace it was started in. A yard never settles what another one may still run.',
    'hold-without-run':
      'The yard never deletes a run: it was taken out by hand, or only a part of the database was restored. Bring the collection `runs` back from the backup that belongs to the ledger, and the next sweeps settle the run. Without one give its owner as many points with `/points grant`; this message then stays.',
  } satisfies Record<TroubleKind, string>,

  points: {
    'stuck-workflow': 'The points of a run stay set aside until then.',
    'release-failing': 'The points stay set aside until then.',
    'node-out': 'Runs on it wait, or start over elsewhere at no extra cost.',
    'queue-waiting': 'Its points are set aside; they go back when `QUEUE_WAIT_LIMIT` ends the wait.',
    'foreign-run': 'Its points stay set aside.',
    'hold-without-run': 'The points stay set aside: only the run itself says which namespace may still run it.',
  } satisfies Record<TroubleKind, string>,

  since: (at: string, ago: string): string => `Since ${at}, ${ago}`,
  foundAt: (at: string, ago: string): string => `Found ${at}, ${ago}`,
  overSince: (at: string): string => `Over since ${at}. There is nothing left to do.`,
  readme: 'More under *When something is stuck* in the README.',
  open: { run: 'Open it in the Web UI', node: 'Runs on this node', namespaces: 'Namespaces', search: 'Look for its workflow' },
} as const;
