import { polygon } from './svg.js';
import type { Paint, Point, Svg } from './svg.js';

/** A place in space: x to the right, y upwards, z towards the viewer. */
export type Place3 = readonly [x: number, y: number, z: number];

export interface Camera {
  /** How far the thing is turned away from facing the viewer, in degrees; positive shows its left side (its right edge in the picture). */
  readonly yaw: number;
  readonly eyeHeight: number;
  readonly distance: number;
}

/** Draws solids in perspective around (0, 0), where the ground under the origin is. */
export interface Stage {
  at(place: Place3): Point;
  face(corners: readonly Place3[], paint: Paint): Svg;
  /** A disc that faces along z. */
  disc(centre: Place3, r: number, paint: Paint): Svg;
  /** A disc that faces sideways, such as a wheel. */
  sideDisc(centre: Place3, r: number, paint: Paint): Svg;
  /** A cylinder lying along z. */
  barrel(centre: Place3, r: number, backZ: number, paint: Paint): Svg;
  /** A strip along a barrel, between two angles counted from its top. */
  barrelStrip(centre: Place3, r: number, backZ: number, degrees: readonly [number, number], paint: Paint): Svg;
  /** A cylinder or cone standing upright. */
  tower(base: Place3, r: number, topY: number, topR: number, paint: Paint): Svg;
  /** Everything between the points, seen as one outline. */
  solid(places: readonly Place3[], paint: Paint): Svg;
  /** The front, the visible side and the top of a box between two corners. */
  box(low: Place3, high: Place3, paints: { readonly front: Paint; readonly side: Paint; readonly top: Paint }): Svg;
}

const ROUND = 40;

export function createStage({ yaw, eyeHeight, distance }: Camera): Stage {
  const [sin, cos] = [Math.sin((yaw * Math.PI) / 180), Math.cos((yaw * Math.PI) / 180)];
  const at = ([x, y, z]: Place3): Point => {
    const depth = distance - (z * cos - x * sin);
    const scale = distance / depth;
    return [(x * cos + z * sin) * scale, (eyeHeight - y) * scale - eyeHeight];
  };
  const face = (corners: readonly Place3[], paint: Paint): Svg => polygon(corners.map(at), paint);
  const hullOf = (places: readonly Place3[], paint: Paint): Svg => polygon(hull(places.map(at)), paint);
  return {
    at,
    face,
    disc: (centre, r, paint) => face(ring(centre, r, 'z'), paint),
    sideDisc: (centre, r, paint) => face(ring(centre, r, 'x'), paint),
    barrel: (centre, r, backZ, paint) => hullOf([...ring(centre, r, 'z'), ...ring([centre[0], centre[1], backZ], r, 'z')], paint),
    barrelStrip: ([x, y, z], r, backZ, [from, to], paint) => {
      const edge = (degrees: number, depth: number): Place3 => [x + Math.sin((degrees * Math.PI) / 180) * r, y + Math.cos((degrees * Math.PI) / 180) * r, depth];
      const middle = (from + to) / 2;
      return face([edge(from, z), edge(middle, z), edge(to, z), edge(to, backZ), edge(middle, backZ), edge(from, backZ)], paint);
    },
    solid: hullOf,
    tower: (base, r, topY, topR, paint) => hullOf([...ring(base, r, 'y'), ...ring([base[0], topY, base[2]], topR, 'y')], paint),
    box: ([x0, y0, z0], [x1, y1, z1], paints) => {
      // Of two opposite sides the viewer sees one; in a straight view from the front, none.
      const sideX = yaw > 0 ? x0 : x1;
      const top = face([[x0, y1, z0], [x1, y1, z0], [x1, y1, z1], [x0, y1, z1]], paints.top);
      const side = yaw === 0 ? '' : face([[sideX, y0, z0], [sideX, y1, z0], [sideX, y1, z1], [sideX, y0, z1]], paints.side);
      const front = face([[x0, y0, z1], [x1, y0, z1], [x1, y1, z1], [x0, y1, z1]], paints.front);
      return y1 < eyeHeight ? top + side + front : side + front;
    },
  };
}

function ring([x, y, z]: Place3, r: number, axis: 'x' | 'y' | 'z'): Place3[] {
  return Array.from({ length: ROUND }, (_, index) => {
    const angle = (index / ROUND) * 2 * Math.PI;
    const [a, b] = [Math.cos(angle) * r, Math.sin(angle) * r];
    if (axis === 'x') return [x, y + a, z + b];
    return axis === 'y' ? [x + a, y, z + b] : [x + a, y + b, z];
  });
}

/** The outline around points (monotone chain). */
function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (order: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of order) {
      while (chain.length >= 2 && turnsRight(chain, point)) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function turnsRight(chain: readonly Point[], next: Point): boolean {
  const [a, b] = chain.slice(-2);
  if (a === undefined || b === undefined) return false;
  return (b[0] - a[0]) * (next[1] - a[1]) - (b[1] - a[1]) * (next[0] - a[0]) <= 0;
}
