/** A generic mutant that no test can turn red, known by the lines it changes, and why that is no hole in the tests. */
export interface KnownSurvivor {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

export const KNOWN_SURVIVORS: readonly KnownSurvivor[] = [
  {
    file: 'activities/temporal/pending-troubles.ts',
    before: 'const attempts = activity.attempt ?? 1;',
    after: 'const attempts = activity.attempt ?? 2;',
    reason: 'Temporal tells the attempt of every pending activity; the other number is for the type alone.',
  },
  {
    file: 'activities/comfyui/post-once.ts',
    before: "if (!(await mayPost())) return { kind: 'not-allowed' };",
    after: "if (!(await mayPost())) return { kind: 'queued' };",
    reason: 'submitTraining reads the row again after both and does the same: the words differ for the reader.',
  },
  {
    file: 'activities/comfyui/http.ts',
    before: "return `${url}${request.path}${query === '' ? '' : `?${query}`}`;",
    after: "return `${url}${request.path}${query === 'unreachable' ? '' : `?${query}`}`;",
    reason: 'A question mark with nothing behind it asks for the same; no query of ours is that word.',
  },
];
