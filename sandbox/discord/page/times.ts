import type { TimeStyle } from './markdown/nodes.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', 1],
];

const STYLES: Readonly<Record<Exclude<TimeStyle, 'R'>, Intl.DateTimeFormatOptions>> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
};

/** A `<t:…>` as people read it: absolute, or relative to `nowMs`. */
export function timeText(seconds: number, style: TimeStyle, nowMs: number, zone?: string): string {
  if (style === 'R') return relativeTime(seconds - Math.round(nowMs / 1000));
  return new Intl.DateTimeFormat('en', { ...STYLES[style], ...(zone === undefined ? {} : { timeZone: zone }) }).format(seconds * 1000);
}

function relativeTime(deltaSeconds: number): string {
  if (deltaSeconds === 0) return 'now';
  const [unit, size] = STEPS.find(([, step]) => Math.abs(deltaSeconds) >= step) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en', { numeric: unit === 'day' ? 'auto' : 'always' }).format(Math.trunc(deltaSeconds / size), unit);
}

/** When a message came: the time today, else the day too. */
export function stampText(atMs: number, nowMs: number): string {
  const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return timeText(atMs / 1000, sameDay ? 't' : 's', nowMs);
}
