/** What an account chose once for everything it starts later; each run may still say otherwise. */
export interface Preferences {
  /** Whether the news of an end mentions the owner, which makes their client ring. */
  readonly ping: boolean;
  /** Where the card of a new run goes: the channel of the command, or direct messages. */
  readonly cardPlace: 'here' | 'dm';
  /** The recipe offered first; null for the first one that fits the dataset. */
  readonly recipeId: string | null;
}

export const DEFAULT_PREFERENCES: Preferences = { ping: true, cardPlace: 'dm', recipeId: null };
