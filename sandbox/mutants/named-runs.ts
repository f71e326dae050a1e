import type { NamedMutant } from './named.js';

const ENDINGS = 'test/e2e/endings.test.ts';
const SUBMIT = { files: ['test/activities/comfyui/submit-training.test.ts'] };
const RUNS = { files: ['test/models/runs.test.ts'] };
const DEAD_RUNS = { files: ['test/activities/temporal/dead-runs.test.ts'] };
const LEFT_ALONE = { files: ['test/activities/comfyui/follow-training.test.ts'], title: 'leaves the job alone' };
const REPLAY = { files: ['test/workflows/replay.test.ts'] };
const TOO_LATE = { files: ['test/e2e/cancel-races.test.ts'], title: 'is refused to the owner' };

/** The mistakes that the process of a run, its claims and the net under it could have. */
export const RUN_MUTANTS: readonly NamedMutant[] = [
  {
    name: 'collecting-can-be-cancelled',
    file: 'workflows/train-run/attempts.ts',
    find: 'const collected = await CancellationScope.nonCancellable(() => collect(run, opened));',
    replace: 'const collected = await collect(run, opened);',
    tests: TOO_LATE,
  },
  {
    name: 'finished-run-can-be-cancelled',
    file: 'workflows/train-run/attempts.ts',
    find: '  run.finished = true;\n',
    replace: '',
    tests: TOO_LATE,
  },
  {
    name: 'ending-can-be-cancelled',
    file: 'workflows/train-run/workflow.ts',
    find: 'return CancellationScope.nonCancellable(async () => {',
    replace: 'return CancellationScope.cancellable(async () => {',
    tests: { files: [ENDINGS], title: 'operator-cancel' },
  },
  {
    name: 'capture-before-verify',
    file: 'workflows/train-run/attempts.ts',
    find: "  run.enter('collecting');\n",
    replace: "  run.enter('collecting');\n  await CancellationScope.nonCancellable(() => endingActivities().capturePoints({ runId: run.request.runId }));\n",
    tests: { files: [ENDINGS], title: 'zero-weights' },
  },
  {
    name: 'zero-weights-accepted',
    file: 'activities/comfyui/proven-lora.ts',
    find: "  if (effect !== null) return { kind: 'without-effect', problem: effect };\n",
    replace: '',
    tests: { files: ['test/activities/comfyui/collect-lora.test.ts'] },
  },
  {
    name: 'gone-because-it-was-seen-alive',
    file: 'workflows/train-run/attempts.ts',
    find: 'const unservedSince = Date.now() - opened.limits.nodeQueueUnservedMs;',
    replace: 'const unservedSince = askedAt;',
    tests: { files: ['test/e2e/unserved-node.test.ts'], title: 'is waited for while it is away' },
  },
  {
    name: 'interrupt-on-shutdown',
    file: 'activities/comfyui/follow-training.ts',
    find: '  return why?.cancelRequested === true && !why.notFound && !why.timedOut && !why.workerShutdown;',
    replace: '  return why?.workerShutdown === true || (why?.cancelRequested === true && !why.notFound && !why.timedOut);',
    tests: LEFT_ALONE,
  },
  {
    name: 'interrupt-on-not-found',
    file: 'activities/comfyui/follow-training.ts',
    find: '  return why?.cancelRequested === true && !why.notFound && !why.timedOut && !why.workerShutdown;',
    replace: '  return why?.notFound === true || (why?.cancelRequested === true && !why.timedOut && !why.workerShutdown);',
    tests: LEFT_ALONE,
  },
  {
    name: 'lost-job-is-trained',
    file: 'activities/comfyui/follow-training.ts',
    find: "if ((await deps.client.headFile(owned.file)) !== null) return { kind: 'trained' };",
    replace: "return { kind: 'trained' };",
    tests: { files: ['test/activities/comfyui/follow-training.test.ts'], title: 'JobLost when' },
  },
  {
    name: 'no-claim',
    file: 'activities/comfyui/submit-training.ts',
    find: 'const outcome = await runs.claim(runId, claim);',
    replace: "const outcome = { kind: 'claimed', claim } as Awaited<ReturnType<typeof runs.claim>>;",
    tests: SUBMIT,
  },
  {
    name: 'row-not-read-after-post',
    file: 'activities/comfyui/submit-training.ts',
    find: "  const holder = now !== null && now.open && now.status !== 'ending' ? now.claim : null;",
    replace: '  const holder = now === null ? null : claim;',
    tests: SUBMIT,
  },
  {
    name: 'prompt-id-per-try',
    file: 'activities/comfyui/submit-training.ts',
    find: '  const promptId = promptIdOf(runId, attempt);',
    replace: '  const promptId = promptIdOf(runId, attempt * 1_000 + Context.current().info.attempt);',
    tests: SUBMIT,
  },
  {
    name: 'claim-on-closed-row',
    file: 'models/runs.ts',
    find: "          open: true,\n          status: { $ne: 'ending' },\n          attempt: claim.attempt,\n",
    replace: '          attempt: claim.attempt,\n',
    tests: RUNS,
  },
  {
    name: 'stale-try-claims',
    file: 'models/runs.ts',
    find: "'claim.activityAttempt': { $lt: claim.activityAttempt }",
    replace: "'claim.activityAttempt': { $gt: 0 }",
    tests: RUNS,
  },
  {
    name: 'ended-row-ends-again',
    file: 'models/runs.ts',
    find: "        { _id: runId, open: true },\n        { $set: { open: false, slot: null, status, end, notice: 'pending', endedAt: now }, $inc: { revision: 1 } },",
    replace: "        { _id: runId },\n        { $set: { open: false, slot: null, status, end, notice: 'pending', endedAt: now }, $inc: { revision: 1 } },",
    tests: RUNS,
  },
  {
    name: 'dataset-trained-twice',
    file: 'models/runs-schema.ts',
    find: "{ unique: true, partialFilterExpression: { open: true }, name: 'one_open_run_per_dataset' }",
    replace: "{ partialFilterExpression: { open: true }, name: 'one_open_run_per_dataset' }",
    tests: RUNS,
  },
  {
    name: 'sweep-after-one-sighting',
    file: 'domain/settling.ts',
    find: 'export const DEAD_AFTER_SIGHTINGS = 2;',
    replace: 'export const DEAD_AFTER_SIGHTINGS = 1;',
    tests: DEAD_RUNS,
  },
  {
    name: 'sighting-counted-twice-a-sweep',
    file: 'models/sightings.ts',
    find: "{ $eq: ['$sweepId', sweepId] }",
    replace: "{ $eq: ['$sweepId', null] }",
    tests: DEAD_RUNS,
  },
  {
    name: 'foreign-namespace-settled',
    file: 'activities/temporal/dead-runs.ts',
    find: 'if (namespaceId !== deps.namespaceId) return',
    replace: "if (namespaceId === '') return",
    tests: DEAD_RUNS,
  },
  {
    name: 'no-answer-is-dead',
    file: 'activities/temporal/dead-runs.ts',
    find: "if (isUnanswered(error)) return 'unknown';",
    replace: 'if (isUnanswered(error)) return null;',
    tests: DEAD_RUNS,
  },
  {
    name: 'release-before-interrupt',
    file: 'workflows/settle-run/workflow.ts',
    find: '    if (ending.claim !== null) await interrupt(runId, ending.claim);\n',
    replace: '    await yard.releasePoints({ runId });\n    if (ending.claim !== null) await interrupt(runId, ending.claim);\n',
    tests: REPLAY,
  },
  {
    name: 'unsent-job-not-interrupted',
    file: 'workflows/train-run/attempts.ts',
    find: "is the row's word.\n    if (run.cancelRequested) return { kind: 'cancelled', stepsDone: null };",
    replace: "is the row's word.\n    if (run.cancelRequested) return { kind: 'cancelled', stepsDone: 0 };",
    tests: { files: ['test/e2e/cancel-races.test.ts'], title: 'interrupts what a submission without a reply may have left' },
  },
];
