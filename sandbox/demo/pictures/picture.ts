import type { Svg } from './svg.js';

/** One picture of the set, before it is painted. */
export interface Scene {
  readonly fileName: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly caption: string;
  draw(): Svg;
}
