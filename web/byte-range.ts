export type RangeAnswer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

const SINGLE_RANGE = /^bytes=(\d*)-(\d*)$/;

export interface RangeQuestion {
  readonly range: string | undefined;
  /** A part of another version of the file would damage the copy: then the whole is sent (RFC 9110, 13.1.5). */
  readonly ifRange: string | undefined;
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Which bytes a request wants; `end` is the last one. Several ranges at once and units that are none are answered with the whole. */
export function rangeOf({ range, ifRange, etag, sizeBytes }: RangeQuestion): RangeAnswer {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return { kind: 'whole' };
  const [, first, last] = SINGLE_RANGE.exec(range.trim()) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') {
    const wanted = Math.min(Number(last), sizeBytes);
    return wanted === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', start: sizeBytes - wanted, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  return start >= sizeBytes ? { kind: 'unsatisfiable' } : { kind: 'part', start, end };
}
