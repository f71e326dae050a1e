import { BRASS, CREAM, GLASS, INK, IRON, IRON_DARK, LAMP_LIGHT, STEEL, TEAL, TEAL_DARK, WOOD, WOOD_DARK } from './colours.js';
import { wheel } from './locomotive.js';
import { circle, group, line, many, path, rect } from './svg.js';
import type { Svg } from './svg.js';

/** How long a coach is with its coupling. */
export const COACH_LENGTH = 430;

/** A coach of Tilda's train, on y = 0 and from x = 0. */
export function coach(lit = false): Svg {
  const window = (index: number): Svg => rect(44 + index * 90, -228, 62, 66, { fill: lit ? LAMP_LIGHT : GLASS, stroke: INK, strokeWidth: 4, radius: 8 });
  return group(
    rect(0, -98, COACH_LENGTH, 12, { fill: IRON, stroke: INK }),
    rect(16, -260, 398, 176, { fill: CREAM, stroke: INK, radius: 10 }),
    rect(16, -146, 398, 62, { fill: TEAL, stroke: INK, radius: 8 }),
    rect(30, -134, 370, 38, { stroke: BRASS, strokeWidth: 3, radius: 6 }),
    many(4, window),
    path('M4 -256 Q215 -312 426 -256 L426 -244 L4 -244 Z', { fill: TEAL_DARK, stroke: INK }),
    rect(24, -90, 382, 20, { fill: IRON_DARK, stroke: INK }),
    ...[80, 150, 280, 350].map((x) => wheel(x, -34, 34, x)),
  );
}

/** The windows of a coach at night, to be drawn over the darkness. */
export const coachLights = (): Svg => many(4, (index) => rect(44 + index * 90, -228, 62, 66, { fill: LAMP_LIGHT, stroke: INK, strokeWidth: 4, radius: 8 }));

/** An open waggon with logs, as long as half a coach. */
export function waggon(): Svg {
  return group(
    rect(0, -98, 230, 12, { fill: IRON, stroke: INK }),
    ...[60, 110, 160, 85, 135].map((x, index) => group(circle(x, index < 3 ? -172 : -214, 25, { fill: '#c98f5a', stroke: INK }), circle(x, index < 3 ? -172 : -214, 12, { stroke: WOOD, strokeWidth: 4 }))),
    rect(16, -160, 198, 76, { fill: WOOD, stroke: INK, radius: 4 }),
    line([20, -122], [210, -122], { stroke: WOOD_DARK, strokeWidth: 4 }),
    ...[62, 164].map((x) => rect(x, -164, 12, 82, { fill: IRON, stroke: INK, strokeWidth: 4 })),
    ...[64, 166].map((x) => wheel(x, -38, 38, x)),
  );
}

/** A track seen from the side; the wheels stand on y. */
export function track(fromX: number, toX: number, y: number, scale = 1): Svg {
  const gap = 62 * scale;
  return group(
    rect(fromX, y + 18 * scale, toX - fromX, 26 * scale, { fill: '#a89a8c' }),
    many(Math.ceil((toX - fromX) / gap), (index) => rect(fromX + index * gap, y + 9 * scale, 40 * scale, 20 * scale, { fill: WOOD_DARK, stroke: INK, strokeWidth: 3 * scale, radius: 3 })),
    rect(fromX - 10, y, toX - fromX + 20, 11 * scale, { fill: STEEL, stroke: INK, strokeWidth: 3.5 * scale }),
  );
}
