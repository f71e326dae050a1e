import { join } from 'node:path';
import { withLock } from '../bootstrap/lock-file.mjs';
import type { ServerKind } from './server-kind.js';
import { cachedBinary, type FoundServer, type ServerSource, type SourceContext } from './sources.js';

/** No source had the server; the message says what was tried and what the user can do. */
export class ServerUnavailable extends Error {
  override readonly name = 'ServerUnavailable';
}

export interface ServerSources {
  /** Looked at without changing anything. */
  readonly atHand: readonly ServerSource[];
  /** They bring the server into the cache folder, one process at a time. */
  readonly bringing: readonly ServerSource[];
  /** What the user can do when nothing worked. */
  readonly wayOut: string;
}

/**
 * Finds a server or brings it: the first source that has it wins.
 *
 * @throws ServerUnavailable
 */
export async function obtainServer(kind: ServerKind, sources: ServerSources, context: SourceContext): Promise<FoundServer> {
  const reasons: string[] = [];
  const atHand = await firstOf(sources.atHand, context, reasons, false);
  const server = atHand ?? (await bring(kind, sources, context, reasons));
  if (server === undefined) {
    const tried = reasons.map((reason) => `  - ${reason}`).join('\n');
    throw new ServerUnavailable(`${kind.name} is missing and could not be obtained. ${sources.wayOut}\nTried:\n${tried}`);
  }
  return server;
}

function bring(kind: ServerKind, sources: ServerSources, context: SourceContext, reasons: string[]): Promise<FoundServer | undefined> {
  const wait = (holder: number | undefined): void => {
    context.say(`Waiting for process ${holder ?? 'unknown'}, which obtains ${kind.name}.`);
  };
  return withLock(join(context.cacheDir, `.${kind.program}.lock`), wait, () =>
    // Whoever held the lock before may have brought it.
    firstOf([cachedBinary(kind), ...sources.bringing], context, reasons, true),
  );
}

/** The first source that has it; what is told of the others is `reasons`, and at once when each of them takes a while. */
async function firstOf(
  sources: readonly ServerSource[],
  context: SourceContext,
  reasons: string[],
  isLong: boolean,
): Promise<FoundServer | undefined> {
  for (const source of sources) {
    const outcome = await source.find(context);
    switch (outcome.kind) {
      case 'found':
        return outcome.server;
      case 'unusable':
        throw new ServerUnavailable(outcome.problem);
      case 'absent': {
        const reason = `${source.name}: ${outcome.reason}`;
        if (reasons.includes(reason)) break;
        reasons.push(reason);
        if (isLong) context.say(`  not from ${reason}`);
      }
    }
  }
  return undefined;
}
