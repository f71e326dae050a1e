declare const pointsBrand: unique symbol;

/** A whole number of points, zero or more, small enough to be exact. Only {@link points} makes one. */
export type Points = number & { readonly [pointsBrand]: 'Points' };

/** @throws RangeError for a fraction, a negative number, and a number too large to be exact. */
export function points(amount: number): Points {
  if (!isPoints(amount)) throw new RangeError(`Expected a whole number of points, zero or more, got ${amount}.`);
  return amount;
}

export function isPoints(amount: unknown): amount is Points {
  // -0 is kept out: it is stored and hashed differently from 0.
  return Number.isSafeInteger(amount) && (amount as number) >= 0 && !Object.is(amount, -0);
}

/** `1,900 points`, the same on every platform and in every locale. */
export function formatPoints(amount: Points): string {
  const digits = String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${digits} ${amount === 1 ? 'point' : 'points'}`;
}
