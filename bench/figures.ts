/** The middle one; of an even number, the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('Expected numbers to take the median of, got none.');
  return (low + high) / 2;
}

/** To two decimals, as targets are given: 1.004 counts as 1.00. */
export function ratioOf(amount: number, baseline: number): number {
  if (baseline <= 0) throw new RangeError(`Expected a baseline above 0, got ${baseline}.`);
  return Math.round((amount / baseline) * 100) / 100;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** By nearest rank: of fewer than a hundred, the 99th percentile is the largest. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((one, other) => one - other);
  const rank = (part: number): number => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
  return { p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}
