export const KEEP_CARDS = 'keepCards';

/** There is one for ever: Temporal is the lock that makes it the only writer of cards. */
export function keepCardsIdOf(prefix: string): string {
  return `${prefix}keep-cards`;
}
