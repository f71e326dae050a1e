import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const value = z.union([z.string(), z.number(), z.boolean()]);

const serviceSchema = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), value.nullable()).default({}),
  env_file: z.unknown().optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  restart: z.string().optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  stop_grace_period: z.string().optional(),
  init: z.boolean().optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});

export type Service = z.infer<typeof serviceSchema>;

const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() }).nullable()),
  volumes: z.record(z.string(), z.unknown()),
});

export function readProjectFile(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

export const projectPath = (path: string): string => `${ROOT}${path}`;

/** docker-compose.yml as it is written, its anchors merged and its variables not yet put in. */
export function readCompose(): z.infer<typeof composeSchema> {
  return composeSchema.parse(parse(readProjectFile('docker-compose.yml'), { merge: true }));
}

/** The services whose processes are ours. */
export function ownServices(): [name: string, service: Service][] {
  return Object.entries(readCompose().services).filter(([, service]) => service.build !== undefined);
}

/** What a container of the service finds in its environment: what compose passes on or puts in, and nothing else. */
export function environmentOf(service: Service, dotEnv: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(service.environment).flatMap(([name, given]): [string, string][] => {
    if (given !== null) return [[name, interpolate(String(given), dotEnv)]];
    const passedOn = dotEnv[name];
    return passedOn === undefined ? [] : [[name, passedOn]];
  });
  return Object.fromEntries(entries);
}

/** Compose's `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. @throws when a variable that must be set is not. */
export function interpolate(text: string, dotEnv: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_whole, name: string, kind: string | undefined, rest: string | undefined) => {
    const found = dotEnv[name] ?? '';
    if (found !== '' || kind === undefined) return found;
    if (kind === '-') return rest ?? '';
    throw new Error(`${name} ${rest ?? ''}`);
  });
}

export interface DotEnvLine {
  readonly name: string;
  readonly value: string;
  /** The comment above it, or above the group it stands in. */
  readonly comment: string;
}

export function readDotEnvExample(): DotEnvLine[] {
  const lines: DotEnvLine[] = [];
  let comment = '';
  for (const line of readProjectFile('.env.example').split('\n')) {
    const [, name, given] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (line.startsWith('#')) comment = line.slice(1).trim();
    else if (line === '') comment = '';
    if (name !== undefined) lines.push({ name, value: given ?? '', comment });
  }
  return lines;
}

/** A filled-in .env: the example with something in every variable that must be set. */
export function filledDotEnv(required: readonly string[]): Record<string, string> {
  const example = Object.fromEntries(readDotEnvExample().map(({ name, value: given }) => [name, given]));
  return { ...example, ...Object.fromEntries(required.filter((name) => example[name] === '').map((name) => [name, `filled${name.toLowerCase().replaceAll('_', '')}`])) };
}

/** The variables without which compose refuses to start. */
export function requiredVariables(): string[] {
  return [...new Set([...readProjectFile('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name ?? ''))].sort();
}
