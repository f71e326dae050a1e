import { z } from 'zod';

/**
 * The parts of ComfyUI's replies that we read. Unknown fields pass; optional ones are absent, never null. The OpenAPI file of
 * ComfyUI describes its cloud and is no source for these.
 */
export const systemStatsSchema = z.object({
  system: z.object({ comfyui_version: z.string() }),
  devices: z.array(z.object({ vram_total: z.number().optional() })).default([]),
});

const inputsSchema = z.record(z.string(), z.array(z.unknown()));

export const objectInfoSchema = z.record(
  z.string(),
  z.object({ input: z.object({ required: inputsSchema.default({}), optional: inputsSchema.default({}) }) }),
);

const orchestratorSchema = z.object({ yard: z.string(), runId: z.string(), attempt: z.number().int() });

const queueItemSchema = z
  .tuple([z.number(), z.string(), z.unknown(), z.unknown()])
  .rest(z.unknown())
  .transform(([, promptId, , extra]) => ({ promptId, ...extraOf(extra) }));

export const queueSchema = z.object({ queue_running: z.array(queueItemSchema), queue_pending: z.array(queueItemSchema) });

const executionErrorSchema = z.object({
  node_type: z.string().default(''),
  exception_type: z.string().default(''),
  exception_message: z.string().default(''),
});

export const jobSchema = z.object({
  id: z.string(),
  status: z.enum(['pending', 'in_progress', 'completed', 'failed', 'cancelled']),
  execution_error: executionErrorSchema.optional(),
});

/** What tells ComfyUI's own *not found* from a proxy's. */
export const jobNotFoundSchema = z.object({ error: z.string() });

const nodeProblemSchema = z.object({ type: z.string().default(''), message: z.string().default(''), extra_info: z.unknown().optional() });

const nodeErrorsSchema = z.record(z.string(), z.object({ class_type: z.string().default(''), errors: z.array(nodeProblemSchema).default([]) }));

export const promptAcceptedSchema = z.object({ prompt_id: z.string(), node_errors: nodeErrorsSchema.default({}) });

export const promptRefusedSchema = z.object({
  error: z.union([z.string(), z.object({ type: z.string().default(''), message: z.string().default('') })]),
  // An empty list stands for an empty map when no node is to blame.
  node_errors: z.union([nodeErrorsSchema, z.array(z.unknown()).transform(() => ({}))]).default({}),
});

export const uploadedSchema = z.object({ name: z.string(), subfolder: z.string() });

export type NodeErrors = z.infer<typeof nodeErrorsSchema>;
export type ExecutionError = z.infer<typeof executionErrorSchema>;
export type ComfyJob = z.infer<typeof jobSchema>;
export type QueueEntry = z.infer<typeof queueItemSchema>;
export type JobMark = z.infer<typeof orchestratorSchema>;

/** Our mark on a job, and the time the server put there; a job of somebody else has no mark. */
function extraOf(extra: unknown): { mark: JobMark | null; createdAt: number | null } {
  const parsed = z.object({ orchestrator: orchestratorSchema.nullable().catch(null).default(null), create_time: z.number().nullable().catch(null).default(null) }).safeParse(extra);
  return parsed.success ? { mark: parsed.data.orchestrator, createdAt: parsed.data.create_time } : { mark: null, createdAt: null };
}
