import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lock } from '../bootstrap/lock-file.mjs';
import { isPortFree } from '../servers/free-port.js';
import { describeProgram, obtainMongod, obtainTemporal, sourceContext } from '../servers/servers.js';
import { createWatchdog } from '../servers/watchdog.js';
import { addressesOf } from './addresses.js';
import { compiledCopy } from './compiled-copy.js';
import { choosePorts, downloadSecret, stopLeftovers, takeDataFolder, type Ports } from './data-folder.js';
import { checkMongodb, prepareTemporal } from './existing-servers.js';
import { Part, type PartSpec } from './part.js';
import { mongoPart, ownParts, partMarks, standInParts, temporalPart, type PartPlan } from './parts.js';
import { readYardSettings, WrongSettings, type Environment, type YardSettings } from './yard-settings.js';
import { createStateFile, type YardState } from './yard-state.js';

export interface YardOptions {
  /** Everything of this yard is kept here; one yard at a time. */
  readonly dataDir: string;
  /** As the user's shell has it; a setting given here wins over what the yard would choose. */
  readonly env: Environment;
  /** `usual` prefers the ports people know; `free` lets the system choose, for tests. */
  readonly ports: 'usual' | 'free';
  /** What happens, one line at a time. */
  say(line: string): void;
  /** A line of one part. */
  line(label: string, text: string): void;
  /** Every line of every part, as it was printed. */
  printed?(line: string): void;
  /** Says otherwise how a part is started, which an attack on the yard does. */
  startedAs?(spec: PartSpec): PartSpec | Promise<PartSpec>;
  /** Gives up a start that is under way. */
  readonly giveUp?: AbortSignal;
}

/** A running yard: the parts as processes, supervised by this one. */
export interface Yard {
  readonly state: YardState;
  readonly settings: YardSettings;
  /** @throws when there is no such part */
  part(name: string): Part;
  /** Sends a signal to a part, which is started again when it dies of it. */
  kill(name: string, signal: NodeJS.Signals): void;
  /** Stops everything in order and gives the data folder back. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  end(): void;
}

const REMIND_EVERY_MS = 5_000;
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Starts a yard and resolves when every part serves.
 *
 * @throws YardRuns, WrongSettings, ProgramUnavailable, or the last words of a part that does not start; nothing is left running then
 */
export async function createYard(options: YardOptions): Promise<Yard> {
  const settings = readYardSettings(options.env);
  const dataDir = resolve(options.dataDir);
  const lock = await takeDataFolder(dataDir);
  try {
    const leftovers = await stopLeftovers(dataDir, partMarks(dataDir));
    if (leftovers.length > 0) options.say(`Stopped what a killed yard had left running: ${leftovers.join(', ')}.`);
    const ports = await portsOf(dataDir, options, settings);
    const addresses = addressesOf(settings, ports);
    const plan = { root: ROOT, programs: await compiledCopy(ROOT), dataDir, env: options.env, settings, ports, addresses, downloadSecret: await downloadSecret(dataDir) };
    return await startYard(plan, options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function portsOf(dataDir: string, options: YardOptions, settings: YardSettings): Promise<Ports> {
  const ports = await choosePorts(dataDir, options.ports);
  if ((options.env['WEB_PORT'] ?? '') === '') return ports;
  if (!(await isPortFree(settings.WEB_PORT))) throw new WrongSettings(`WEB_PORT=${settings.WEB_PORT} is taken by another program.`);
  return { ...ports, web: settings.WEB_PORT };
}

async function startYard(plan: PartPlan, options: YardOptions, lock: Lock): Promise<Yard> {
  const parts: Part[] = [];
  const watchdog = createWatchdog();
  const stateFile = createStateFile(plan.dataDir);
  const startedAt = new Date().toISOString();
  let status: YardState['status'] = 'starting';
  const state = (): YardState => ({ startedAt, pid: process.pid, status, ...plan.addresses, parts: Object.fromEntries(parts.map(stateOfPart)) });
  const changed = (): void => {
    stateFile.write(state());
  };
  const startAll = async (specs: readonly PartSpec[]): Promise<void> => {
    const hooks = { line: (label: string, text: string) => { options.line(label, text); }, printed: (line: string) => { options.printed?.(line); }, changed };
    const wanted = await Promise.all(specs.map(async (spec) => (await options.startedAs?.(spec)) ?? spec));
    const started = wanted.map((spec) => new Part(spec, watchdog, hooks));
    parts.push(...started);
    options.giveUp?.throwIfAborted();
    await Promise.all(started.map((part) => part.start()));
  };
  const stop = async (): Promise<void> => {
    status = 'stopping';
    const remind = setInterval(() => {
      const left = parts.filter((each) => each.pid !== undefined).map((each) => each.name);
      options.say(`Still stopping: ${left.join(', ')}.`);
    }, REMIND_EVERY_MS);
    for (const group of stopOrder(parts)) await Promise.all(group.map((part) => part.stop()));
    clearInterval(remind);
    watchdog.close();
    await stateFile.remove();
    lock.release();
  };
  options.giveUp?.addEventListener('abort', () => {
    for (const part of parts) part.end();
  });
  try {
    await startAll([...(await serverParts(plan, options)), ...standInParts(plan)]);
    await startAll(ownParts(plan));
  } catch (error) {
    for (const part of parts) part.end();
    await stop();
    throw error;
  }
  status = 'ready';
  changed();
  const part = (name: string): Part => {
    const found = parts.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`Expected one of the parts ${parts.map((each) => each.name).join(', ')}, got "${name}".`);
    return found;
  };
  return {
    get state() {
      return state();
    },
    settings: plan.settings,
    part,
    kill: (name, signal) => {
      part(name).kill(signal);
    },
    stop,
    end: () => {
      for (const each of parts) each.end();
    },
  };
}

/** The servers the user has not given; those given are made ready. */
async function serverParts(plan: PartPlan, options: YardOptions): Promise<PartSpec[]> {
  const context = sourceContext(options.env, (line) => { options.say(line); }, options.giveUp);
  const specs: PartSpec[] = [];
  if (plan.settings.MONGODB_URI === undefined) {
    const server = await obtainMongod(context);
    options.say(describeProgram('mongod', server));
    specs.push(mongoPart(plan, server.path));
  } else {
    await checkMongodb(plan.settings.MONGODB_URI);
    options.say('MongoDB from MONGODB_URI');
  }
  if (plan.settings.TEMPORAL_ADDRESS === undefined) {
    const server = await obtainTemporal(context);
    options.say(describeProgram('Temporal', server));
    specs.push(temporalPart(plan, server.path, await temporalDatabaseFile(plan.dataDir, server.version, options)));
  } else {
    await prepareTemporal(plan.settings.TEMPORAL_ADDRESS, plan.settings.TEMPORAL_NAMESPACE, options.env);
    options.say(`Temporal from TEMPORAL_ADDRESS=${plan.settings.TEMPORAL_ADDRESS}`);
  }
  return specs;
}

/** One file per server version: a server need not read what another version wrote. */
async function temporalDatabaseFile(dataDir: string, version: string, options: YardOptions): Promise<string> {
  const server = /server ([\d.]+)/.exec(version)?.[1] ?? version;
  const file = join(dataDir, `temporal-${server}.db`);
  const others = (await readdir(dataDir)).filter((name) => /^temporal-.*\.db$/.test(name) && name !== basename(file));
  if (others.length > 0) options.say(`Runs of another Temporal version are left aside in ${others.join(', ')}.`);
  return file;
}

function stateOfPart({ name, pid, restarts, isReady }: Part): [string, YardState['parts'][string]] {
  return [name, { ...(pid === undefined ? {} : { pid }), restarts, isReady }];
}

/** First what brings work, then what does it, then what it needs. */
function stopOrder(parts: readonly Part[]): readonly (readonly Part[])[] {
  const order = [['bot', 'web'], ['yard', 'images', 'gpu', 'discord'], ['discord-stand-in', 'comfyui-node-a', 'comfyui-node-b'], ['temporal'], ['mongo']];
  return order.map((names) => parts.filter((part) => names.includes(part.name)));
}
