import { setTimeout as delay } from 'node:timers/promises';

/** What became of one call under one fault. */
export type Outcome = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'error'; readonly error: unknown } | { readonly kind: 'hung' };

export interface Trial {
  readonly fault: string;
  readonly call: string;
  readonly outcome: Outcome;
}

/** The outcome of a call; `hung` when it has none after `limitMs`. Never rejects. */
export async function outcomeOf(work: () => Promise<unknown>, limitMs: number): Promise<Outcome> {
  const done = new AbortController();
  const hung = delay(limitMs, { kind: 'hung' } as const, { signal: done.signal }).catch(() => ({ kind: 'hung' }) as const);
  const settled = Promise.resolve().then(work).then((value) => ({ kind: 'value', value }) as const, (error: unknown) => ({ kind: 'error', error }) as const);
  const outcome = await Promise.race([settled, hung]);
  done.abort();
  return outcome;
}

/** Notes promises that nobody listens to, until it is asked for them. */
export function noteRejections(): { taken(): unknown[]; stop(): void } {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => {
    unhandled.push(reason);
  };
  process.on('unhandledRejection', note);
  return { taken: () => unhandled.splice(0), stop: () => process.off('unhandledRejection', note) };
}

/** Does `work` for each item, at most `width` at once. */
export async function inTurns<Item, Result>(items: readonly Item[], width: number, work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await work(next[1]);
    }),
  );
  return results;
}

/** One line a trial, for a failed expectation to show. */
export function described({ fault, call, outcome }: Trial): string {
  return `${call} under "${fault}": ${outcome.kind === 'error' ? errorLine(outcome.error) : outcome.kind}`;
}

function errorLine(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error && 'message' in error ? `${String(error.name)}: ${String(error.message).slice(0, 160)}` : String(error);
}
