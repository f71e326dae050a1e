import type { REST } from 'discord.js';

const CALLBACK = /^\/interactions\/(\d+)\/[^/]+\/callback/;
const REFUSED = 400;
/** Whoever asks does so at once; more than these can only be left over from interactions that nobody asked about. */
const MOST_KEPT = 200;

const repeatedBy = new WeakMap<REST, Set<string>>();

/**
 * Notes which answers the REST client sent again by itself and was refused with: when Discord took the first one and only its
 * reply was lost on the way, the second one hears that the interaction is answered already.
 */
export function noteRepeatedAnswers(rest: REST): void {
  const repeated = new Set<string>();
  repeatedBy.set(rest, repeated);
  rest.on('response', ({ path, retries }, { status }) => {
    const interactionId = CALLBACK.exec(path)?.[1];
    if (interactionId === undefined || retries === 0 || status !== REFUSED) return;
    repeated.add(interactionId);
    const [oldest] = repeated;
    if (repeated.size > MOST_KEPT && oldest !== undefined) repeated.delete(oldest);
  });
}

/** True once for an interaction whose answer this process sent twice: what answered it elsewhere was itself. */
export function takeRepeatedAnswer({ id, client: { rest } }: { readonly id: string; readonly client: { readonly rest: REST } }): boolean {
  return repeatedBy.get(rest)?.delete(id) ?? false;
}
