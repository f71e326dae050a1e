import type { ProgramResult } from './run-program.js';

/** What must be known about a program to recognise a usable binary of it. */
export interface ProgramKind {
  readonly name: string;
  /** The variable that names a binary, and the name of the binary on PATH. */
  readonly pathVariable: string;
  readonly program: string;
  /** Where the cache folder holds it, the first one that works wins. */
  readonly cachePaths: readonly string[];
  /** What `--version` must say, as told to the user. */
  readonly needs: string;
  /** The version as shown, or undefined when it is too old or not this program at all. */
  acceptedVersion(versionOutput: string): string | undefined;
}

/** 4.4 is the oldest the MongoDB driver talks to. */
export const MONGOD: ProgramKind = {
  name: 'mongod',
  pathVariable: 'MONGOD_PATH',
  program: 'mongod',
  cachePaths: ['mongod', 'mongod/fiftyone/db/bin/mongod'],
  needs: 'mongod 4.4 or newer',
  acceptedVersion: (output) => {
    const version = /db version v(\d+\.\d+\.\d+)/.exec(output)?.[1];
    return version !== undefined && isAtLeast(version, [4, 4, 0]) ? version : undefined;
  },
};

/**
 * Temporal CLI 1.5.1 brings server 1.29.1, the first with fairness. The server is judged, because a CLI built from source calls
 * itself 0.0.0-DEV.
 */
export const TEMPORAL: ProgramKind = {
  name: 'Temporal',
  pathVariable: 'TEMPORAL_CLI_PATH',
  program: 'temporal',
  cachePaths: ['temporal'],
  needs: 'Temporal CLI 1.5.1 or newer (server 1.29.1)',
  acceptedVersion: (output) => {
    const [, cli, server] = /temporal version (\S+) \(server (\d+\.\d+\.\d+)/i.exec(output) ?? [];
    if (cli === undefined || server === undefined || !isAtLeast(server, [1, 29, 1])) return undefined;
    return cli.startsWith('0.0.0') ? `server ${server}` : `${cli} (server ${server})`;
  },
};

export type VersionVerdict = { readonly version: string } | { readonly problem: string };

/** Whether the answer to `--version` is that of a usable program. */
export function judgeVersion(kind: ProgramKind, answer: ProgramResult): VersionVerdict {
  if (answer.code !== 0) return { problem: `does not run: ${firstLine(answer.stderr) || `it ended with code ${answer.code ?? 'none'}`}` };
  const version = kind.acceptedVersion(answer.stdout);
  return version === undefined ? { problem: `is not ${kind.needs}: it says "${firstLine(answer.stdout)}"` } : { version };
}

function isAtLeast(version: string, least: readonly [number, number, number]): boolean {
  const parts = version.split('.').map(Number);
  const difference = least.map((wanted, index) => (parts[index] ?? 0) - wanted).find((value) => value !== 0);
  return (difference ?? 0) >= 0;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
