/** A piece of SVG markup. */
export type Svg = string;

/** How a shape is painted; without a stroke it has no outline. */
export interface Paint {
  readonly fill?: string;
  readonly stroke?: string;
  readonly strokeWidth?: number;
  readonly opacity?: number;
  /** Corner radius of a rectangle. */
  readonly radius?: number;
}

export type Point = readonly [x: number, y: number];

export const rect = (x: number, y: number, width: number, height: number, paint: Paint): Svg =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${n(paint.radius ?? 0)}"${look(paint)}/>`;

export const circle = (x: number, y: number, r: number, paint: Paint): Svg => `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}"${look(paint)}/>`;

export const ellipse = (x: number, y: number, rx: number, ry: number, paint: Paint): Svg =>
  `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}"${look(paint)}/>`;

export const path = (d: string, paint: Paint): Svg => `<path d="${d}"${look(paint)}/>`;

export const polygon = (points: readonly Point[], paint: Paint): Svg => `<polygon points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}"${look(paint)}/>`;

export const line = (from: Point, to: Point, paint: Paint): Svg => `<line x1="${n(from[0])}" y1="${n(from[1])}" x2="${n(to[0])}" y2="${n(to[1])}"${look(paint)}/>`;

export const group = (...parts: readonly Svg[]): Svg => `<g>${parts.join('')}</g>`;

export const faded = (opacity: number, ...parts: readonly Svg[]): Svg => `<g opacity="${n(opacity)}">${parts.join('')}</g>`;

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly scale?: number;
  /** Looks the other way. */
  readonly flip?: boolean;
  /** Clockwise, in degrees. */
  readonly turn?: number;
}

/** Puts a thing that was drawn around (0, 0) at its place in the picture. */
export function placed({ x, y, scale = 1, flip = false, turn = 0 }: Place, ...parts: readonly Svg[]): Svg {
  return `<g transform="translate(${n(x)} ${n(y)}) rotate(${n(turn)}) scale(${n(flip ? -scale : scale)} ${n(scale)})">${parts.join('')}</g>`;
}

/** Colours from top to bottom, evenly spread, under a name for `fill: 'url(#name)'`. */
export function verticalGradient(name: string, colours: readonly string[]): Svg {
  return `<linearGradient id="${name}" x1="0" y1="0" x2="0" y2="1">${stops(colours)}</linearGradient>`;
}

/** Light around a point: the colour in the middle, nothing at the rim. */
export function glow(x: number, y: number, r: number, colour: string, opacity: number): Svg {
  const name = `glow-${n(x)}-${n(y)}-${n(r)}`.replaceAll('.', '_');
  const fade = `<stop offset="0" stop-color="${colour}" stop-opacity="${opacity}"/><stop offset="1" stop-color="${colour}" stop-opacity="0"/>`;
  return `<radialGradient id="${name}">${fade}</radialGradient>${circle(x, y, r, { fill: `url(#${name})` })}`;
}

export function document(widthPx: number, heightPx: number, ...parts: readonly Svg[]): Svg {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" stroke-linejoin="round" stroke-linecap="round">${parts.join('')}</svg>`;
}

/** The same chance every time, so that every drawing of a picture is the same picture. */
export function chance(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return low + (state / 4_294_967_296) * (high - low);
  };
}

/** As many things as asked, one after the other. */
export const many = (count: number, draw: (index: number) => Svg): Svg => Array.from({ length: count }, (_, index) => draw(index)).join('');

function stops(colours: readonly string[]): Svg {
  return colours.map((colour, index) => `<stop offset="${n(index / (colours.length - 1))}" stop-color="${colour}"/>`).join('');
}

function look({ fill = 'none', stroke, strokeWidth = 5, opacity }: Paint): string {
  const outline = stroke === undefined ? '' : ` stroke="${stroke}" stroke-width="${n(strokeWidth)}"`;
  return ` fill="${fill}"${outline}${opacity === undefined ? '' : ` opacity="${n(opacity)}"`}`;
}

/** Two decimals are finer than a pixel at every scale used here. */
function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}
