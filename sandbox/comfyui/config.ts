import path from 'node:path';
import { z } from 'zod';
import type { ComfyStandInOptions } from './stand-in.js';
import { DEFAULT_CHECKPOINTS, DEFAULT_STEP_MS } from './stand-in.js';

export interface StandInConfig {
  standIn: ComfyStandInOptions;
  /** Ends the process when its standard input closes, so that it never outlives who started it. */
  watchParent: boolean;
}

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');

const environment = z.object({
  STAND_IN_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  STAND_IN_NAME: z.string().default('comfyui'),
  STAND_IN_DIR: z.string().default(path.join('.trainyard', 'comfyui')),
  STAND_IN_STEP_MS: z.coerce.number().min(0).default(DEFAULT_STEP_MS),
  STAND_IN_VERSION: z.string().regex(/^\d+\.\d+\.\d+$/).default('0.33.0'),
  STAND_IN_CHECKPOINTS: z.string().default(DEFAULT_CHECKPOINTS.join(',')),
  STAND_IN_VRAM_BYTES: z.coerce.number().int().min(0).default(24 * 1024 ** 3),
  STAND_IN_CACHE_NONE: flag,
  STAND_IN_KEEP_TRUTH: flag,
  TRAINYARD_PARENT_WATCH: flag,
});

/** Reads the environment of the stand-in's own process; reports every problem at once. */
export function parseConfig(env: Record<string, string | undefined>): StandInConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The stand-in of ComfyUI cannot start with these settings.\n${problems.join('\n')}`);
  }
  const values = parsed.data;
  return {
    standIn: {
      port: values.STAND_IN_PORT,
      name: values.STAND_IN_NAME,
      dir: values.STAND_IN_DIR,
      stepMs: values.STAND_IN_STEP_MS,
      version: values.STAND_IN_VERSION,
      checkpoints: values.STAND_IN_CHECKPOINTS.split(',').map((name) => name.trim()),
      vramTotalBytes: values.STAND_IN_VRAM_BYTES,
      cacheNone: values.STAND_IN_CACHE_NONE,
      keepTruth: values.STAND_IN_KEEP_TRUTH,
    },
    watchParent: values.TRAINYARD_PARENT_WATCH,
  };
}

export function readConfig(): StandInConfig {
  return parseConfig(process.env);
}
