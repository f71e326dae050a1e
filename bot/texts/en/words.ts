import { formatPoints, points } from '../../../domain/points.js';

/** `1,500`, the same for everybody: a thousands separator that no locale reads as a fraction is the comma beside whole numbers. */
export function count(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

export function pointsText(amount: number): string {
  return formatPoints(points(amount));
}

const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

/** A length of time in its largest whole unit: `12 hours`, `15 minutes`. */
export function durationText(ms: number): string {
  for (const [unitMs, unit] of UNITS) {
    if (ms >= unitMs) return counted(Math.round(ms / unitMs), unit);
  }
  return 'less than a second';
}

const SIZES = ['bytes', 'KB', 'MB', 'GB'] as const;

export function sizeText(bytes: number): string {
  let amount = bytes;
  let at = 0;
  while (amount >= 1000 && at < SIZES.length - 1) {
    amount /= 1000;
    at += 1;
  }
  return `${at === 0 ? String(amount) : amount.toFixed(1)} ${SIZES[at] ?? 'bytes'}`;
}

/** At most `most` items in a sentence, the rest counted. */
export function listed(items: readonly string[], most = 10): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${count(items.length - most)} more` : shown;
}
