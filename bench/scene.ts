import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { environment } from '../sandbox/config.js';
import { createYard } from '../sandbox/yard/yard.js';
import type { Yard } from '../sandbox/yard/yard.js';

/** What every measurement is given. */
export interface Scene {
  /** Everything a measurement writes goes below it; removed at the end. */
  readonly folder: string;
  /** Fires when the benchmark ends early: what was started must go at once. */
  readonly giveUp: AbortSignal;
  readonly say: (line: string) => void;
}

/** A yard is of stand-ins and servers of its own, whatever the user's environment points at. */
const ELSEWHERE = ['DISCORD_TOKEN', 'DISCORD_TOKEN_FILE', 'COMFYUI_NODES', 'MONGODB_URI', 'MONGODB_URI_FILE', 'TEMPORAL_ADDRESS', 'WEB_PORT'];

export function yardEnvironment(settings: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...environment(), ...settings };
  for (const name of ELSEWHERE) env[name] = undefined;
  return env;
}

/** Runs a yard as users get it, but for the settings given, while something is measured on it. */
export async function withYard<Result>(scene: Scene, name: string, settings: Readonly<Record<string, string>>, measure: (yard: Yard) => Promise<Result>): Promise<Result> {
  const dataDir = yardFolder(scene, name);
  await mkdir(dataDir, { recursive: true });
  const env = yardEnvironment({ LOG_LEVEL: 'warn', ...settings });
  const yard = await createYard({ dataDir, giveUp: scene.giveUp, env, ports: 'free', say: scene.say, line: () => undefined });
  try {
    return await measure(yard);
  } finally {
    await yard.stop();
  }
}

export function yardFolder({ folder }: Scene, name: string): string {
  return join(folder, name);
}
