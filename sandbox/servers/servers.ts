import { cacheFolder } from './cache-folder.js';
import { mongodSources } from './mongod-sources.js';
import { obtainServer } from './obtain-server.js';
import { createRunProgram } from './run-program.js';
import { MONGOD, TEMPORAL } from './server-kind.js';
import type { FoundServer, SourceContext } from './sources.js';
import { temporalSources } from './temporal-sources.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** This machine, as the sources of servers see it. After `giveUp` no program is run any more. */
export function sourceContext(env: Environment, say: (line: string) => void, giveUp?: AbortSignal): SourceContext {
  return {
    env,
    platform: process.platform,
    arch: process.arch,
    cacheDir: cacheFolder(env, process.platform),
    run: createRunProgram(env, giveUp),
    say,
  };
}

/** @throws ServerUnavailable */
export function obtainMongod(context: SourceContext): Promise<FoundServer> {
  return obtainServer(MONGOD, mongodSources(), context);
}

/** @throws ServerUnavailable */
export function obtainTemporal(context: SourceContext): Promise<FoundServer> {
  return obtainServer(TEMPORAL, temporalSources(), context);
}

/** Which source won, as told to the user. */
export function describeServer(name: string, server: FoundServer): string {
  return `${name} ${server.version} from ${server.source}: ${server.path}`;
}
