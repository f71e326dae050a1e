import { z } from 'zod';
import type { Recipe } from '../domain/recipes.js';

const whole = z.number().int();

const numberRule = z
  .strictObject({ min: z.number(), max: z.number(), default: z.number(), integer: z.boolean() })
  .refine((rule) => rule.min <= rule.default && rule.default <= rule.max, 'expected min <= default <= max');

const graphNode = z.object({
  class_type: z.string().min(1),
  inputs: z.record(z.string(), z.unknown()),
  _meta: z.object({ title: z.string() }).exactOptional(),
});

// Only a whole input of a node can be bound: users never reach the rest of the graph.
const pointer = z.string().regex(/^\/[^/]+\/inputs\/[^/]+$/, 'expected a JSON pointer such as /4/inputs/steps');

const comfyui = z
  .strictObject({
    minVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
    graph: z.record(z.string(), graphNode),
    bindings: z.strictObject({
      folder: pointer,
      prefix: pointer,
      baseModel: pointer,
      seed: pointer,
      steps: pointer,
      learningRate: pointer,
      rank: pointer,
    }),
    outputNode: z.string(),
    progressNode: z.string(),
    artifact: z.strictObject({ fileName: z.string().regex(/^[A-Za-z0-9_-]+(\{steps\}[A-Za-z0-9_-]*)?\.safetensors$/) }),
  })
  .superRefine((value, context) => {
    const missing = (path: (string | number)[], what: string) => {
      context.addIssue({ code: 'custom', path, message: `${what} is not in the graph` });
    };
    for (const [name, target] of Object.entries(value.bindings)) {
      const [, nodeId = '', , input = ''] = target.split('/');
      if (!(input in (value.graph[nodeId]?.inputs ?? {}))) missing(['bindings', name], `the input ${target}`);
    }
    for (const name of ['outputNode', 'progressNode'] as const) {
      if (!(value[name] in value.graph)) missing([name], `node "${value[name]}"`);
    }
    for (const [nodeId, node] of Object.entries(value.graph)) {
      for (const [input, bound] of Object.entries(node.inputs)) {
        const source: unknown = Array.isArray(bound) ? bound[0] : null;
        if (typeof source === 'string' && !(source in value.graph)) missing(['graph', nodeId, 'inputs', input], `node "${source}"`);
      }
    }
  });

/** The format of `recipes/*.json`; unknown fields are refused so that a misspelt limit cannot pass unseen. */
export const recipeSchema: z.ZodType<Recipe> = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).max(32),
  title: z.string().min(1).max(60),
  description: z.string().min(1).max(100),
  queue: z.string().regex(/^[A-Za-z0-9_-]+$/),
  baseModel: z.strictObject({
    title: z.string().min(1),
    setting: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
    defaultFileName: z.string().min(1),
    kind: z.enum(['sd15', 'sdxl']),
  }),
  images: z
    .strictObject({ min: whole.min(1), max: whole, maxSidePx: whole, sideMultiplePx: whole.min(1), minSidePx: whole.min(1) })
    .refine((images) => images.min <= images.max, 'expected min <= max')
    .refine((images) => images.minSidePx <= images.maxSidePx, 'expected minSidePx <= maxSidePx')
    .refine((images) => images.maxSidePx % images.sideMultiplePx === 0, 'expected maxSidePx to be a multiple of sideMultiplePx'),
  captions: z.strictObject({ required: z.boolean() }),
  settings: z.strictObject({ steps: numberRule, learningRate: numberRule, rank: numberRule, resolutionPx: numberRule }),
  price: z.strictObject({ basePoints: whole.min(0), perImagePoints: whole.min(0), perHundredStepsPoints: whole.min(0) }),
  strength: z.number().min(0.05).max(2).exactOptional(),
  limits: z.strictObject({ firstStepMs: whole.min(1).nullable(), stallMs: whole.min(1).nullable() }),
  comfyui,
});
