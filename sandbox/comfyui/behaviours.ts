import { z } from 'zod';

const step = z.number().int().min(0);

/**
 * What a job does instead of training well. Steps count micro-steps, as `progress` frames do; a step that is left out means halfway.
 */
const jobBehaviourSchema = z.discriminatedUnion('kind', [
  /** The training node, or the node named, raises a Python exception. */
  z.object({
    kind: z.literal('node-error'),
    atStep: step.optional(),
    nodeId: z.string().optional(),
    exceptionType: z.string().optional(),
    message: z.string().optional(),
  }),
  /** `torch.OutOfMemoryError`, at the first step unless told otherwise. */
  z.object({ kind: z.literal('out-of-memory'), atStep: step.optional() }),
  /** The server forgets the running job; with `wholeServer` everything, as a restart does. */
  z.object({ kind: z.literal('lost'), atStep: step.optional(), wholeServer: z.boolean().optional() }),
  /** Ends in success with NaN weights. */
  z.object({ kind: z.literal('nan') }),
  /** Ends in success with up-weights that are all zero: a file without effect. */
  z.object({ kind: z.literal('zero-weights') }),
  /** Ends in success with a file cut off after the given part (default 0.6). */
  z.object({ kind: z.literal('truncated'), keep: z.number().gt(0).lt(1).optional() }),
  /** Ends in success without a file. */
  z.object({ kind: z.literal('no-file') }),
  /** The encode node takes this long and reports nothing. */
  z.object({ kind: z.literal('silent-encode'), ms: z.number().min(0) }),
  /** Sockets hear nothing of this job but `status`. */
  z.object({ kind: z.literal('silent-ws') }),
  /** Running, but no step follows; reacts to an interrupt. */
  z.object({ kind: z.literal('stall'), atStep: step.optional() }),
  /** No interrupt stops it. */
  z.object({ kind: z.literal('ignore-interrupt') }),
  /** Somebody else interrupts whatever is running. */
  z.object({ kind: z.literal('foreign-interrupt'), atStep: step.optional() }),
  /** A pace of its own. */
  z.object({ kind: z.literal('slow'), stepMs: z.number().min(0) }),
]);

/** What happens to a `POST /prompt` around the enqueueing. */
const promptBehaviourSchema = z.discriminatedUnion('kind', [
  /** The connection is reset at once; the job is queued after `enqueueAfterMs` (default 1000). */
  z.object({ kind: z.literal('reply-lost'), enqueueAfterMs: z.number().min(0).optional() }),
  /** The job is queued and the reply is 500. */
  z.object({ kind: z.literal('error-after-enqueue') }),
]);

/**
 * A reply instead of the real one. `route` is method and bare path, such as `POST /prompt`, `GET /api/jobs/:id`, `HEAD /view`;
 * `*` means every route. Without `status` the request gets nothing: `hang` keeps it open, `reset` drops the connection.
 */
const httpBehaviourSchema = z.object({
  kind: z.literal('http'),
  route: z.string(),
  status: z.number().int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  contentType: z.string().optional(),
  nothing: z.enum(['hang', 'reset']).optional(),
  times: z.number().int().min(1).optional(),
});

/** A rule for the next `next` jobs or requests (`times` for `http`); without a number it holds until the scenario is cleared. */
export const scenarioRuleSchema = z.object({
  next: z.number().int().min(1).optional(),
  behaviour: z.union([jobBehaviourSchema, promptBehaviourSchema, httpBehaviourSchema]),
  /** Pace of the jobs this rule meets. */
  stepMs: z.number().min(0).optional(),
});

export type JobBehaviour = z.infer<typeof jobBehaviourSchema>;
export type PromptBehaviour = z.infer<typeof promptBehaviourSchema>;
export type HttpBehaviour = z.infer<typeof httpBehaviourSchema>;
export type ScenarioRule = z.infer<typeof scenarioRuleSchema>;
