import { BRASS, BRASS_DARK, CREAM, GLASS, INK, IRON, IRON_DARK, IRON_LIGHT, LAMP_LIGHT, RED, RED_DARK, RED_LIGHT, SNOW, STEEL, TEAL, TEAL_DARK, TEAL_LIGHT } from './colours.js';
import { circle, group, line, many, path, rect } from './svg.js';
import type { Paint, Point, Svg } from './svg.js';

export interface LocomotiveLook {
  /** Light in the cab. */
  readonly lit?: boolean;
  /** Snow on roof, boiler and chimney. */
  readonly snowy?: boolean;
  /** How far the wheels have turned, in degrees. */
  readonly turned?: number;
}

const DRIVING_WHEELS = [215, 365] as const;
const DRIVING_RADIUS = 66;

const outlined = (fill: string, strokeWidth = 5): Paint => ({ fill, stroke: INK, strokeWidth });

/** Tilda from the side, looking right: 640 wide and 370 high, standing on y = 0. */
export function locomotive({ lit = false, snowy = false, turned = 25 }: LocomotiveLook = {}): Svg {
  return group(frame(), bunker(), boiler(), cab(lit), fittings(), runningGear(turned), snowy ? snowCover() : '');
}

/** Where the chimney ends, for the smoke; in the locomotive's own measures. */
export const CHIMNEY_TOP: Point = [528, -352];
export const HEADLAMP: Point = [590, -256];
export const CAB_WINDOW: Point = [160, -258];

/** The parts that shine at night; to be drawn over the darkness. */
export function locomotiveLights(): Svg {
  return group(windowPane(LAMP_LIGHT), driver(), windowFrame(), circle(HEADLAMP[0], HEADLAMP[1], 15, outlined(LAMP_LIGHT, 4)));
}

/** A spoked wheel around (x, y). */
export function wheel(x: number, y: number, r: number, turned: number): Svg {
  const spokes = many(10, (index) => {
    const angle = ((index * 36 + turned) * Math.PI) / 180;
    return line([x, y], [x + Math.cos(angle) * r * 0.78, y + Math.sin(angle) * r * 0.78], { stroke: TEAL_LIGHT, strokeWidth: r * 0.09 });
  });
  return group(
    circle(x, y, r, outlined(IRON, r * 0.08)),
    circle(x, y, r * 0.8, outlined(TEAL_DARK, r * 0.05)),
    counterweight(x, y, r, turned),
    spokes,
    circle(x, y, r * 0.74, { stroke: TEAL, strokeWidth: r * 0.12 }),
    circle(x, y, r * 0.2, outlined(BRASS, r * 0.05)),
  );
}

function counterweight(x: number, y: number, r: number, turned: number): Svg {
  const at = (degrees: number): string => {
    const angle = ((degrees + turned) * Math.PI) / 180;
    return `${(x + Math.cos(angle) * r * 0.78).toFixed(1)} ${(y + Math.sin(angle) * r * 0.78).toFixed(1)}`;
  };
  return path(`M${at(140)} A${r * 0.78} ${r * 0.78} 0 0 1 ${at(220)} Z`, { fill: TEAL });
}

/** The pin that a rod turns, half-way between hub and rim. */
export function crankPin(x: number, y: number, r: number, turned: number): Point {
  const angle = (turned * Math.PI) / 180;
  return [x + Math.cos(angle) * r * 0.46, y + Math.sin(angle) * r * 0.46];
}

/** A steel bar from pin to pin. */
export function rod(from: Point, to: Point, thickness: number): Svg {
  return group(
    line(from, to, { stroke: INK, strokeWidth: thickness + thickness * 0.45 }),
    line(from, to, { stroke: STEEL, strokeWidth: thickness }),
    ...[from, to].map(([x, y]) => group(circle(x, y, thickness * 0.85, outlined(STEEL, thickness * 0.22)), circle(x, y, thickness * 0.32, { fill: INK }))),
  );
}

function frame(): Svg {
  return group(
    rect(24, -100, 586, 34, outlined(IRON_DARK)),
    rect(600, -118, 24, 62, outlined(RED, 5)),
    rect(624, -98, 16, 12, outlined(IRON)),
    rect(638, -108, 10, 32, { ...outlined(IRON_LIGHT), radius: 4 }),
    path('M560 -66 L622 -66 L606 -18 L572 -18 Z', outlined(RED_DARK)),
    line([582, -62], [582, -22], { stroke: INK, strokeWidth: 3 }),
    line([596, -62], [592, -22], { stroke: INK, strokeWidth: 3 }),
    rect(0, -98, 24, 12, outlined(IRON)),
  );
}

function bunker(): Svg {
  return group(
    path('M34 -228 q14 -22 28 -8 q14 -20 28 2 L90 -200 L34 -200 Z', outlined(IRON_DARK)),
    rect(28, -216, 66, 120, { ...outlined(RED), radius: 6 }),
    rect(40, -204, 44, 96, { stroke: BRASS, strokeWidth: 3, radius: 4 }),
  );
}

function boiler(): Svg {
  return group(
    rect(230, -240, 280, 138, { ...outlined(RED), radius: 8 }),
    rect(236, -228, 262, 22, { fill: RED_LIGHT, radius: 11 }),
    rect(233, -140, 274, 34, { fill: RED_DARK }),
    ...[318, 408].map((x) => rect(x, -241, 13, 140, outlined(BRASS, 3))),
    path('M484 -250 L566 -250 Q592 -178 566 -100 L484 -100 Z', outlined(IRON)),
    path('M566 -234 Q606 -176 566 -116 Z', outlined(IRON_LIGHT)),
    rect(494, -240, 62, 14, { fill: IRON_LIGHT, radius: 7 }),
    rect(250, -128, 226, 40, { ...outlined(RED), radius: 8 }),
    rect(262, -119, 202, 22, { stroke: BRASS, strokeWidth: 3, radius: 5 }),
  );
}

function cab(lit: boolean): Svg {
  return group(
    rect(88, -326, 150, 232, { ...outlined(RED), radius: 6 }),
    rect(100, -196, 126, 90, { stroke: BRASS, strokeWidth: 4, radius: 8 }),
    path('M143 -176 L183 -176 L183 -164 L169 -164 L169 -128 L157 -128 L157 -164 L143 -164 Z', outlined(BRASS, 3)),
    windowPane(lit ? LAMP_LIGHT : GLASS),
    driver(),
    windowFrame(),
    path('M66 -318 Q160 -372 262 -318 L262 -306 Q160 -350 66 -306 Z', outlined(IRON)),
  );
}

const ARCH = 'M116 -216 L116 -266 Q160 -318 204 -266 L204 -216 Z';

const windowPane = (fill: string): Svg => path(ARCH, { fill });
const windowFrame = (): Svg => path(ARCH, { stroke: CREAM, strokeWidth: 9 }) + path('M110 -214 L110 -268 Q160 -326 210 -268 L210 -214 Z', { stroke: INK, strokeWidth: 4 });

/** Looks out of the cab window, in the direction of travel. */
function driver(): Svg {
  return group(
    path('M132 -218 Q134 -246 158 -246 Q184 -246 186 -218 Z', { fill: '#3f6ea5', stroke: INK, strokeWidth: 3 }),
    circle(162, -258, 17, { fill: '#f3c9a0', stroke: INK, strokeWidth: 3 }),
    path('M143 -264 Q160 -288 180 -266 L190 -262 L188 -257 L144 -260 Z', { fill: '#27466e', stroke: INK, strokeWidth: 3 }),
    circle(170, -256, 2.4, { fill: INK }),
  );
}

function fittings(): Svg {
  const [x, top] = CHIMNEY_TOP;
  return group(
    path(`M${x - 24} -248 L${x - 18} ${top + 26} L${x - 32} ${top + 8} L${x + 32} ${top + 8} L${x + 18} ${top + 26} L${x + 24} -248 Z`, outlined(IRON_DARK)),
    rect(x - 35, top, 70, 14, { ...outlined(BRASS), radius: 5 }),
    path('M352 -240 L352 -268 Q352 -304 386 -304 Q420 -304 420 -268 L420 -240 Z', outlined(BRASS)),
    path('M364 -252 L364 -270 Q366 -292 384 -294', { stroke: CREAM, strokeWidth: 6 }),
    rect(344, -248, 84, 12, { ...outlined(BRASS_DARK, 4), radius: 5 }),
    path('M284 -240 L284 -270 M278 -270 L290 -270', { stroke: INK, strokeWidth: 12 }),
    path('M284 -242 L284 -268', { stroke: BRASS, strokeWidth: 6 }),
    line([250, -176], [556, -176], { stroke: STEEL, strokeWidth: 5 }),
    path('M560 -222 L590 -222 L590 -244', { stroke: INK, strokeWidth: 9 }),
    circle(HEADLAMP[0], HEADLAMP[1], 19, outlined(BRASS, 4)),
    circle(HEADLAMP[0] + 3, HEADLAMP[1], 12, outlined(CREAM, 3)),
  );
}

function runningGear(turned: number): Svg {
  const y = -DRIVING_RADIUS;
  const [rear, front] = DRIVING_WHEELS;
  const rearPin = crankPin(rear, y, DRIVING_RADIUS, turned);
  const frontPin = crankPin(front, y, DRIVING_RADIUS, turned);
  return group(
    wheel(86, -38, 38, turned * 1.7),
    wheel(530, -38, 38, turned * 1.7),
    wheel(rear, y, DRIVING_RADIUS, turned),
    wheel(front, y, DRIVING_RADIUS, turned),
    rect(462, -104, 84, 50, { ...outlined(RED_DARK), radius: 8 }),
    rect(452, -92, 12, 26, outlined(STEEL, 4)),
    rod([440, -79], frontPin, 9),
    rod(rearPin, frontPin, 12),
  );
}

function snowCover(): Svg {
  const snow = { fill: SNOW, stroke: '#c9dbe8', strokeWidth: 3 };
  return group(
    path('M60 -318 Q160 -392 268 -318 Q250 -306 236 -322 Q200 -336 160 -338 Q110 -336 86 -318 Q70 -308 60 -318 Z', snow),
    path('M428 -244 Q470 -260 492 -246 Q500 -232 470 -234 Q440 -230 428 -244 Z', snow),
    path('M354 -292 Q386 -326 418 -292 Q400 -300 386 -292 Q370 -286 354 -292 Z', snow),
    path('M292 -242 Q320 -256 346 -244 Q330 -230 292 -242 Z', snow),
  );
}
