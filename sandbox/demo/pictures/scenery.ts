import { CREAM, INK, SNOW } from './colours.js';
import { chance, circle, ellipse, faded, group, line, many, path, polygon, rect, verticalGradient } from './svg.js';
import type { Point, Svg } from './svg.js';

/** A sky over the whole picture, colours from top to bottom. */
export const sky = (widthPx: number, heightPx: number, colours: readonly string[]): Svg =>
  verticalGradient('sky', colours) + rect(0, 0, widthPx, heightPx, { fill: 'url(#sky)' });

/** A rolling ground from edge to edge, as high as the points say, filled down to `bottom`. */
export function ground(points: readonly Point[], bottom: number, fill: string): Svg {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let d = `M${first[0]} ${bottom} L${first[0]} ${first[1]}`;
  let [x, y] = first;
  for (const [nextX, nextY] of rest) {
    const middle = (x + nextX) / 2;
    d += ` C${middle} ${y} ${middle} ${nextY} ${nextX} ${nextY}`;
    [x, y] = [nextX, nextY];
  }
  return path(`${d} L${x} ${bottom} Z`, { fill });
}

export function cloud(x: number, y: number, scale: number, fill = '#ffffff'): Svg {
  const puffs: readonly (readonly [number, number, number])[] = [[-70, -12, 42], [-24, -40, 56], [36, -30, 48], [80, -8, 36]];
  return group(
    ...puffs.map(([dx, dy, r]) => circle(x + dx * scale, y + dy * scale, r * scale, { fill })),
    rect(x - 112 * scale, y - 24 * scale, 228 * scale, 50 * scale, { fill, radius: 25 * scale }),
  );
}

export interface SmokeTrail {
  readonly from: Point;
  /** Where the smoke has drifted to at the end of the trail. */
  readonly to: Point;
  readonly size: number;
  readonly fill?: string;
  readonly shade?: string;
  readonly seed?: number;
}

/** Puffs that grow on their way, darker underneath. */
export function smoke({ from, to, size, fill = '#ffffff', shade = '#d5dde6', seed = 7 }: SmokeTrail): Svg {
  const between = chance(seed);
  const count = 13;
  const puffs = Array.from({ length: count }, (_, index) => {
    const way = index / (count - 1);
    const r = size * (0.28 + way * 0.85) * between(0.8, 1.15);
    const x = from[0] + (to[0] - from[0]) * way + between(-0.2, 0.2) * size;
    const y = from[1] + (to[1] - from[1]) * Math.sqrt(way) + between(-0.2, 0.2) * size - r * 0.3;
    return { x, y, r };
  });
  return faded(0.93, ...puffs.map(({ x, y, r }) => circle(x, y + r * 0.16, r, { fill: shade })), ...puffs.map(({ x, y, r }) => circle(x, y - r * 0.08, r * 0.9, { fill })));
}

export function roundTree(x: number, y: number, scale: number, leaves: string, shade: string): Svg {
  return group(
    path(`M${x - 11 * scale} ${y} L${x - 6 * scale} ${y - 90 * scale} L${x + 6 * scale} ${y - 90 * scale} L${x + 11 * scale} ${y} Z`, { fill: '#6d4630' }),
    circle(x - 34 * scale, y - 92 * scale, 40 * scale, { fill: shade }),
    circle(x + 34 * scale, y - 96 * scale, 38 * scale, { fill: shade }),
    circle(x, y - 128 * scale, 54 * scale, { fill: leaves }),
    circle(x - 24 * scale, y - 104 * scale, 36 * scale, { fill: leaves }),
    circle(x + 26 * scale, y - 108 * scale, 32 * scale, { fill: leaves }),
  );
}

export function pine(x: number, y: number, scale: number, needles: string, snowy = false): Svg {
  const tier = (index: number): Svg => {
    const half = (74 - index * 18) * scale;
    const base = y - (30 + index * 52) * scale;
    const top = base - 92 * scale;
    const edge = (part: number, up: number): Point => [x + half * part, base - up * scale];
    const cover = snowy ? polygon([[x, top], edge(-0.8, 18), edge(-0.52, 26), edge(-0.26, 6), edge(0.02, 22), edge(0.3, 4), edge(0.54, 24), edge(0.8, 18)], { fill: SNOW }) : '';
    return polygon([[x, top], [x - half, base], [x, base + 10 * scale], [x + half, base]], { fill: needles }) + cover;
  };
  return group(rect(x - 9 * scale, y - 34 * scale, 18 * scale, 36 * scale, { fill: '#5b3b2a' }), many(3, tier));
}

export function flower(x: number, y: number, scale: number, petals: string): Svg {
  return group(
    line([x, y], [x, y - 34 * scale], { stroke: '#3f7d3a', strokeWidth: 5 * scale }),
    ...[0, 72, 144, 216, 288].map((degrees) => {
      const angle = (degrees * Math.PI) / 180;
      return circle(x + Math.cos(angle) * 10 * scale, y - 40 * scale + Math.sin(angle) * 10 * scale, 8 * scale, { fill: petals });
    }),
    circle(x, y - 40 * scale, 6 * scale, { fill: '#f6c945' }),
  );
}

export const grass = (x: number, y: number, scale: number, fill: string): Svg =>
  path(`M${x - 14 * scale} ${y} q4 ${-20 * scale} ${-6 * scale} ${-30 * scale} q${12 * scale} ${8 * scale} ${14 * scale} ${22 * scale} q${2 * scale} ${-24 * scale} ${10 * scale} ${-36 * scale} q${2 * scale} ${22 * scale} 0 ${34 * scale} q${6 * scale} ${-14 * scale} ${16 * scale} ${-18 * scale} q${-8 * scale} ${12 * scale} ${-8 * scale} ${28 * scale} Z`, { fill });

export const bird = (x: number, y: number, scale: number, ink = INK): Svg =>
  path(`M${x - 26 * scale} ${y - 8 * scale} Q${x - 10 * scale} ${y - 20 * scale} ${x} ${y} Q${x + 10 * scale} ${y - 20 * scale} ${x + 26 * scale} ${y - 8 * scale}`, { stroke: ink, strokeWidth: 5 * scale });

export function mountain(x: number, y: number, width: number, height: number, rock: string, shade: string): Svg {
  const peak: Point = [x, y - height];
  const at = (dx: number, dy: number): Point => [x + dx * width, y - height + dy * height];
  return group(
    polygon([peak, [x - width / 2, y], [x + width / 2, y]], { fill: rock }),
    polygon([peak, at(0.06, 0.3), at(-0.02, 0.55), at(0.08, 1), [x + width / 2, y]], { fill: shade }),
    polygon([peak, at(-0.17, 0.34), at(-0.1, 0.31), at(-0.05, 0.42), at(0.02, 0.3), at(0.09, 0.4), at(0.16, 0.32)], { fill: SNOW }),
  );
}

/** Things that fall or lie everywhere, each at its own place. */
export function scattered(count: number, seed: number, area: { readonly from: Point; readonly to: Point }, draw: (x: number, y: number, size: number, index: number) => Svg): Svg {
  const between = chance(seed);
  return many(count, (index) => draw(between(area.from[0], area.to[0]), between(area.from[1], area.to[1]), between(0.6, 1.4), index));
}

export function lampPost(x: number, y: number, scale: number, glass = CREAM): Svg {
  return group(
    rect(x - 6 * scale, y - 250 * scale, 12 * scale, 250 * scale, { fill: INK }),
    rect(x - 16 * scale, y - 16 * scale, 32 * scale, 16 * scale, { fill: INK, radius: 4 }),
    polygon([[x - 24 * scale, y - 310 * scale], [x + 24 * scale, y - 310 * scale], [x + 15 * scale, y - 252 * scale], [x - 15 * scale, y - 252 * scale]], { fill: glass, stroke: INK, strokeWidth: 4 * scale }),
    polygon([[x - 30 * scale, y - 310 * scale], [x + 30 * scale, y - 310 * scale], [x, y - 336 * scale]], { fill: INK }),
  );
}

export const sunDisc = (x: number, y: number, r: number, fill: string, halo: string): Svg =>
  group(circle(x, y, r * 1.45, { fill: halo, opacity: 0.35 }), circle(x, y, r * 1.2, { fill: halo, opacity: 0.5 }), circle(x, y, r, { fill }));

/** Water from edge to edge with a few bright ripples. */
export function water(widthPx: number, top: number, bottom: number, fill: string, ripple: string, seed: number): Svg {
  return group(
    rect(0, top, widthPx, bottom - top, { fill }),
    scattered(34, seed, { from: [0, top + 14], to: [widthPx, bottom - 10] }, (x, y, size) => ellipse(x, y, 44 * size, 3.4 * size, { fill: ripple, opacity: 0.7 })),
  );
}
