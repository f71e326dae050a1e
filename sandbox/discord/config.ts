import { z } from 'zod';

const schema = z.object({
  /** Port on 127.0.0.1; 0 = any free one. */
  STAND_IN_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** The bot token to accept; a fresh one when absent. */
  STAND_IN_TOKEN: z.string().min(1).optional(),
  /** What it calls itself when it stands behind a proxy: where it says its gateway and its attachments are. */
  STAND_IN_ORIGIN: z.url().optional(),
  /** Where the try-it page links a run to, with `{runId}` in it. */
  STAND_IN_RUN_LINK: z.string().includes('{runId}').optional(),
  /** `1`: stop when standard input closes, that is when the parent is gone. */
  TRAINYARD_PARENT_WATCH: z.enum(['0', '1']).default('0'),
});

export interface StandInConfig {
  port: number;
  token?: string;
  origin?: string;
  runLink?: string;
  watchParent: boolean;
}

/** Reads the stand-in's configuration; throws one error that names every problem. */
export function readStandInConfig(env: NodeJS.ProcessEnv = process.env): StandInConfig {
  const result = schema.safeParse(env);
  if (!result.success) throw new Error(`The stand-in of Discord cannot start:\n${z.prettifyError(result.error)}`);
  const { STAND_IN_PORT: port, STAND_IN_TOKEN: token, STAND_IN_ORIGIN: origin, STAND_IN_RUN_LINK: runLink, TRAINYARD_PARENT_WATCH: watch } = result.data;
  return { port, ...(token === undefined ? {} : { token }), ...(origin === undefined ? {} : { origin }), ...(runLink === undefined ? {} : { runLink }), watchParent: watch === '1' };
}
