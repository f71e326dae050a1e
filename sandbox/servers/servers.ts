import { cacheFolder } from './cache-folder.js';
import { mongodSources } from './mongod-sources.js';
import { obtainProgram } from './obtain-program.js';
import { createRunProgram } from './run-program.js';
import { MONGOD, TEMPORAL } from './program-kind.js';
import type { FoundProgram, SourceContext } from './sources.js';
import { temporalSources } from './temporal-sources.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** This machine, as the sources of programs see it. After `giveUp` no program is run any more. */
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

/** @throws ProgramUnavailable */
export function obtainMongod(context: SourceContext): Promise<FoundProgram> {
  return obtainProgram(MONGOD, mongodSources(), context);
}

/** @throws ProgramUnavailable */
export function obtainTemporal(context: SourceContext): Promise<FoundProgram> {
  return obtainProgram(TEMPORAL, temporalSources(), context);
}

/** Which source won, as told to the user. */
export function describeProgram(name: string, program: FoundProgram): string {
  return `${name} ${program.version} from ${program.source}: ${program.path}`;
}
