import { join } from 'node:path';
import { withLock } from '../bootstrap/lock-file.mjs';
import type { ProgramKind } from './program-kind.js';
import type { FoundProgram, ProgramSource, SourceContext } from './sources.js';

/** No source had the program; the message says what was tried and what the user can do. */
export class ProgramUnavailable extends Error {
  override readonly name = 'ProgramUnavailable';
}

export interface ProgramSources {
  /** Looked at without changing anything. */
  readonly atHand: readonly ProgramSource[];
  /** They bring the program onto this machine, one process at a time. */
  readonly bringing: readonly ProgramSource[];
  /** What the user can do when nothing worked. */
  readonly wayOut: string;
}

/**
 * Finds a program or brings it: the first source that has it wins.
 *
 * @throws ProgramUnavailable
 */
export async function obtainProgram(kind: ProgramKind, sources: ProgramSources, context: SourceContext): Promise<FoundProgram> {
  const reasons: string[] = [];
  const atHand = await firstOf(sources.atHand, context, reasons, false);
  const program = atHand ?? (await bring(kind, sources, context, reasons));
  if (program === undefined) {
    const tried = reasons.map((reason) => `  - ${reason}`).join('\n');
    throw new ProgramUnavailable(`${kind.name} is missing and could not be obtained. ${sources.wayOut}\nTried:\n${tried}`);
  }
  return program;
}

function bring(kind: ProgramKind, sources: ProgramSources, context: SourceContext, reasons: string[]): Promise<FoundProgram | undefined> {
  const wait = (holder: number | undefined): void => {
    context.say(`Waiting for process ${holder ?? 'unknown'}, which obtains ${kind.name}.`);
  };
  return withLock(join(context.cacheDir, `.${kind.program}.lock`), wait, () =>
    // Whoever held the lock before may have brought it.
    firstOf([...sources.atHand, ...sources.bringing], context, reasons, true),
  );
}

/** The first source that has it; what is told of the others is `reasons`, and at once when each of them takes a while. */
async function firstOf(
  sources: readonly ProgramSource[],
  context: SourceContext,
  reasons: string[],
  isLong: boolean,
): Promise<FoundProgram | undefined> {
  for (const source of sources) {
    const outcome = await source.find(context);
    switch (outcome.kind) {
      case 'found':
        return outcome.program;
      case 'unusable':
        throw new ProgramUnavailable(outcome.problem);
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
