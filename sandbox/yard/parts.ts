import { join } from 'node:path';
import { OPERATOR_ROLE_ID, GUILD_ID, OPS_CHANNEL_ID, USERS } from '../discord/people.js';
import { mongodCommand, waitForMongod } from '../servers/mongod.js';
import { temporalCommand, waitForTemporal } from '../servers/temporal.js';
import type { Addresses } from './addresses.js';
import type { Ports } from './data-folder.js';
import { readableLine } from './log-lines.js';
import type { PartSpec } from './part.js';
import type { Environment, YardSettings } from './yard-settings.js';

export interface PartPlan {
  readonly root: string;
  /** Where the programs are, compiled: see `compiledCopy`. */
  readonly programs: string;
  readonly dataDir: string;
  readonly env: Environment;
  readonly settings: YardSettings;
  readonly ports: Ports;
  readonly addresses: Addresses;
  readonly downloadSecret: string;
}

const STOP_LIMIT_MS = 10_000;

/** The entry of every part that is a program of ours, by the part's name. */
const PROGRAMS = {
  'discord-stand-in': ['sandbox/discord/main.js'],
  'comfyui-node-a': ['sandbox/comfyui/main.js'],
  'comfyui-node-b': ['sandbox/comfyui/main.js'],
  yard: ['workers/main.js', '--role', 'yard'],
  images: ['workers/main.js', '--role', 'images'],
  gpu: ['workers/main.js', '--role', 'gpu'],
  discord: ['workers/main.js', '--role', 'discord'],
  bot: ['bot/main.js'],
  web: ['web/main.js'],
} as const satisfies Readonly<Record<string, readonly [file: string, ...args: string[]]>>;

export type ProgramName = keyof typeof PROGRAMS;

/** What Node is started with to be this part. @param programs where the programs are, compiled */
export function nodeArgsOf(programs: string, name: ProgramName): readonly string[] {
  const [file, ...args] = PROGRAMS[name];
  return ['--enable-source-maps', '--disable-warning=ExperimentalWarning', join(programs, file), ...args];
}

/** What tells a part of this data folder apart from any other process: see `stopLeftovers`. */
export function partMarks(dataDir: string): Readonly<Record<string, string>> {
  // The folder of a copy is named after its source, which may have been edited since.
  const programs = Object.entries(PROGRAMS).map(([name, program]) => [name, `/${program.join(' ')}`] as const);
  return { ...Object.fromEntries(programs), temporal: dataDir, mongo: dataDir };
}

export function mongoPart(plan: PartPlan, path: string): PartSpec {
  const dataDir = join(plan.dataDir, 'mongod');
  return {
    name: 'mongo',
    label: 'mongo',
    ...mongodCommand({ path, dataDir, port: plan.ports.mongo }),
    env: plan.env,
    cwd: plan.root,
    serves: (giveUp) => waitForMongod(plan.ports.mongo, giveUp),
    stopLimitMs: STOP_LIMIT_MS,
  };
}

export function temporalPart(plan: PartPlan, path: string, databaseFile: string): PartSpec {
  const { address, namespace } = plan.addresses.temporal;
  const { temporal: port, temporalUi: uiPort } = plan.ports;
  return {
    name: 'temporal',
    label: 'temporal',
    ...temporalCommand({ path, port, uiPort, namespace, databaseFile }),
    env: plan.env,
    cwd: plan.root,
    serves: (giveUp) => waitForTemporal(address, namespace, giveUp),
    stopLimitMs: STOP_LIMIT_MS,
  };
}

/** The stand-ins this yard needs; none where the user has the real thing. */
export function standInParts(plan: PartPlan): readonly PartSpec[] {
  const { discord, comfyui } = plan.addresses;
  const parts: PartSpec[] = [];
  if (discord.token !== undefined) {
    const env = { STAND_IN_PORT: String(plan.ports.discord), STAND_IN_TOKEN: discord.token, ...runLink(plan.addresses.temporal) };
    parts.push(programPart(plan, 'discord-stand-in', 'discord*', env, STOP_LIMIT_MS));
  }
  for (const { name, standIn } of comfyui) {
    if (!standIn || (name !== 'node-a' && name !== 'node-b')) continue;
    const env = { STAND_IN_PORT: String(plan.ports[name]), STAND_IN_NAME: name, STAND_IN_DIR: join(plan.dataDir, 'comfyui', name) };
    parts.push(programPart(plan, `comfyui-${name}`, `${name}*`, env, STOP_LIMIT_MS));
  }
  return parts;
}

/** Where the try-it page finds a run in the Temporal Web UI. */
function runLink({ uiUrl, namespace }: Addresses['temporal']): Environment {
  if (uiUrl === undefined) return {};
  return { STAND_IN_RUN_LINK: `${uiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/train-run%3A{runId}` };
}

/** Workers first, then what brings them work. */
export function ownParts(plan: PartPlan): readonly PartSpec[] {
  const env = ownEnvironment(plan);
  const stopLimitMs = plan.settings.SHUTDOWN_GRACE + STOP_LIMIT_MS;
  const names = ['yard', 'images', 'gpu', 'discord', 'bot', 'web'] as const;
  return names.map((name) => programPart(plan, name, name, env, stopLimitMs));
}

function programPart(plan: PartPlan, name: ProgramName, label: string, env: Environment, stopLimitMs: number): PartSpec {
  return {
    name,
    label,
    path: process.execPath,
    args: nodeArgsOf(plan.programs, name),
    // Whatever this process was started with is not theirs.
    env: { ...plan.env, ...env, NODE_OPTIONS: undefined, TRAINYARD_PARENT_WATCH: '1' },
    cwd: plan.root,
    readable: readableLine,
    stopLimitMs,
  };
}

/** The user's environment, completed by what this yard decides. */
function ownEnvironment({ root, env, settings, ports, addresses, downloadSecret }: PartPlan): Environment {
  const { temporal, discord, comfyui, web } = addresses;
  return {
    ...env,
    // The user's own Temporal profile is for the user's server, not for ours.
    ...(settings.TEMPORAL_ADDRESS === undefined ? { TEMPORAL_CONFIG_FILE: join(root, 'sandbox/yard/temporal-profile.toml'), TEMPORAL_API_KEY: undefined } : {}),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_UI_URL: temporal.uiUrl,
    ...(settings.MONGODB_URI === undefined ? { MONGODB_URI: addresses.mongodbUri } : {}),
    ...(settings.DOWNLOAD_SECRET === undefined ? { DOWNLOAD_SECRET: downloadSecret } : {}),
    WEB_HOST: settings.WEB_HOST,
    WEB_PORT: String(ports.web),
    ...(discord.standIn ? standInDiscordEnvironment(settings, discord, web.url) : {}),
    ...(comfyui.some((node) => node.standIn) ? standInNodesEnvironment(settings, comfyui) : {}),
  };
}

function standInDiscordEnvironment(settings: YardSettings, discord: Addresses['discord'], webUrl: string): Environment {
  return {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    ATTACHMENT_ORIGINS: [...settings.ATTACHMENT_ORIGINS, discord.controlUrl].join(','),
    OPERATORS: [...settings.OPERATORS, `discord:${USERS.olga.id}`].join(','),
    HOME_GUILD_ID: settings.HOME_GUILD_ID ?? GUILD_ID,
    OPERATOR_ROLE_ID: settings.OPERATOR_ROLE_ID ?? OPERATOR_ROLE_ID,
    OPS_CHANNEL_ID: settings.OPS_CHANNEL_ID ?? OPS_CHANNEL_ID,
    PUBLIC_URL: settings.PUBLIC_URL ?? webUrl,
  };
}

function standInNodesEnvironment(settings: YardSettings, nodes: Addresses['comfyui']): Environment {
  return {
    COMFYUI_NODES: nodes.map(({ name, url }) => `${name}=${url}`).join(','),
    SD15_BASE_MODEL: settings.SD15_BASE_MODEL ?? 'v1-5-pruned-emaonly-fp16.safetensors',
    SDXL_BASE_MODEL: settings.SDXL_BASE_MODEL ?? 'sd_xl_base_1.0.safetensors',
  };
}
