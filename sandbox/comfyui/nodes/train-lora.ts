import type { RunningJob } from '../running-job.js';
import { PythonError } from '../running-job.js';
import type { EncodedDataset, LoadedModel, LossMap, NodeResult, NodeRun, TrainedLora } from './node-run.js';
import { numberInput, textInput } from './node-run.js';

/** Steps shorter than this are done in bursts: a timer per step would cost more than the step. */
const SHORTEST_REST_MS = 8;

const OUT_OF_MEMORY_MESSAGE =
  'Allocation on device 0 would exceed allowed memory. (out of memory)\n' +
  'Currently allocated     : 21.37 GiB\nRequested               : 320.00 MiB\nDevice limit            : 23.64 GiB\n' +
  'Free (according to CUDA): 18.81 MiB\nPyTorch limit (set by user-supplied memory fraction)\n                        : 17179869184.00 GiB';

/** Takes real time per micro-step, reports each, and ends as the job's scenario says. */
export async function trainLora(run: NodeRun): Promise<NodeResult> {
  const { job } = run;
  const steps = numberInput(run, 'steps');
  const total = steps * numberInput(run, 'grad_accumulation_steps');
  const earlierSteps = stepsOfExistingLora(textInput(run, 'existing_lora'));
  const dataset = run.inputs['latents'] as EncodedDataset;
  job.record.images = dataset.images;
  job.record.totalSteps = total;
  job.record.trained = true;

  const losses: number[] = [];
  let dueAt = performance.now();
  for (let step = 0; ; step += 1) {
    if (await job.passHold(step)) dueAt = performance.now();
    await misbehave(run, step, total);
    if (step === total) break;
    dueAt = nextDue(dueAt, job.stepMs());
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await job.rest(Math.max(waitMs, SHORTEST_REST_MS));
    else if (step % 50 === 0) await job.rest(0);
    job.check();
    losses.push(0.05 + 0.15 / (1 + step / 20) + 0.01 * Math.sin(step));
    job.record.trainedSteps = step + 1;
    run.report(step + 1, total);
  }
  return { outputs: [loraOf(run), lossMapOf(job, losses), steps + earlierSteps] };
}

/** Steps done in bursts keep the pace on average; longer ones are never shortened because the one before was late. */
function nextDue(dueAt: number, stepMs: number): number {
  return stepMs < SHORTEST_REST_MS ? dueAt + stepMs : performance.now() + stepMs;
}

/** What the scenario has in store at this step; steps it leaves open mean halfway. */
async function misbehave(run: NodeRun, step: number, total: number): Promise<void> {
  const { job } = run;
  const behaviour = job.scenario?.behaviour;
  const due = (atStep: number | undefined, byDefault = Math.ceil(total / 2)) => step === Math.min(atStep ?? byDefault, total);
  switch (behaviour?.kind) {
    case 'node-error':
      if (behaviour.nodeId !== undefined || !due(behaviour.atStep)) return;
      throw new PythonError(behaviour.exceptionType ?? 'RuntimeError', behaviour.message ?? 'The training node failed, as the scenario asked.');
    case 'out-of-memory':
      if (due(behaviour.atStep, 1)) throw new PythonError('torch.OutOfMemoryError', OUT_OF_MEMORY_MESSAGE);
      return;
    case 'lost':
      if (!due(behaviour.atStep)) return;
      if (behaviour.wholeServer === true) run.crash();
      else job.vanish();
      job.check();
      return;
    case 'foreign-interrupt':
      if (due(behaviour.atStep)) job.interrupt('foreign-interrupt');
      job.check();
      return;
    case 'stall':
      if (!due(behaviour.atStep)) return;
      for (;;) await job.rest(60_000);
    default:
  }
}

function loraOf(run: NodeRun): TrainedLora {
  const kind = run.job.scenario?.behaviour.kind;
  return {
    checkpoint: (run.inputs['model'] as LoadedModel).checkpoint,
    rank: numberInput(run, 'rank'),
    dtype: textInput(run, 'lora_dtype') === 'fp32' ? 'fp32' : 'bf16',
    // The graph's seed alone must not decide the file: two identical runs of the real node gave different hashes.
    seedText: `${run.job.item.promptId}:${run.job.item.entry}:${numberInput(run, 'seed')}`,
    flaw: kind === 'nan' || kind === 'zero-weights' ? kind : null,
  };
}

function lossMapOf(job: RunningJob, losses: number[]): LossMap {
  return { losses: job.scenario?.behaviour.kind === 'nan' ? losses.map(() => Number.NaN) : losses };
}

function stepsOfExistingLora(name: string): number {
  if (name === '[None]') return 0;
  const found = /_(\d+)_steps_/.exec(name);
  if (found === null) throw new PythonError('ValueError', `Cannot read the step count from the name of the LoRA '${name}'`);
  return Number(found[1]);
}
