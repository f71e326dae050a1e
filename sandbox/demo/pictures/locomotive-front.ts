import { BRASS, BRASS_DARK, CREAM, GLASS, INK, IRON, IRON_DARK, IRON_LIGHT, LAMP_LIGHT, RED, RED_DARK, RED_LIGHT, SNOW, STEEL, TEAL, TEAL_DARK, TEAL_LIGHT, WOOD_DARK } from './colours.js';
import { createStage } from './perspective.js';
import type { Camera, Place3, Stage } from './perspective.js';
import { group, line, many, path, polygon } from './svg.js';
import type { Paint, Point, Svg } from './svg.js';

export interface FrontLook {
  readonly lit?: boolean;
  readonly snowy?: boolean;
}

const BOILER: Place3 = [0, 176, 0];
const BOILER_RADIUS = 74;
const BOILER_BACK = -330;
const CAB_BACK = -480;
const HALF_WIDTH = 118;

const outlined = (fill: string, strokeWidth = 5): Paint => ({ fill, stroke: INK, strokeWidth });

/** Tilda from the front or half from the side, as the camera looks: the middle of her buffer beam is over (0, 0), the rails lie on y = 0. */
export function locomotiveFromFront(camera: Camera, { lit = false, snowy = false }: FrontLook = {}): Svg {
  const stage = createStage(camera);
  const near = -Math.sign(camera.yaw);
  return group(
    wheels(stage, near),
    cab(stage, near, lit, snowy),
    tanks(stage, near),
    boiler(stage),
    fittings(stage, snowy),
    smokeboxFront(stage, lit),
    bufferBeam(stage, lit),
  );
}

/** The rails under her, from behind the viewer to far away. */
export function railsInDepth(camera: Camera, { bed, fromZ = 420, toZ = -6000 }: { readonly bed: string; readonly fromZ?: number; readonly toZ?: number }): Svg {
  const stage = createStage(camera);
  const sleepers = Math.floor((fromZ - toZ) / 90);
  return group(
    stage.face([[-190, -6, fromZ], [190, -6, fromZ], [190, -6, toZ], [-190, -6, toZ]], { fill: bed }),
    many(sleepers, (index) => {
      const z = toZ + index * 90;
      return stage.face([[-150, -4, z], [150, -4, z], [150, -4, z + 40], [-150, -4, z + 40]], { fill: WOOD_DARK });
    }),
    ...[-92, 92].map((x) => stage.face([[x - 8, 0, fromZ], [x + 8, 0, fromZ], [x + 8, 0, toZ], [x - 8, 0, toZ]], outlined(STEEL, 2))),
  );
}

/** Where things of hers are in the picture, for smoke and light. */
export const chimneyTopFromFront = (camera: Camera): Point => createStage(camera).at([0, 356, -40]);
export const lampsFromFront = (camera: Camera): readonly Point[] => LAMPS.map((lamp) => createStage(camera).at(lamp));

const LAMPS: readonly Place3[] = [[-82, 128, 44], [82, 128, 44], [0, 270, 12]];

function wheels(stage: Stage, near: number): Svg {
  if (near === 0) return group(...[-92, 92].map((x) => stage.box([x - 15, 0, -60], [x + 15, 84, -20], { front: outlined(IRON_DARK), side: {}, top: {} })));
  const x = near * 96;
  const wheel = (z: number, r: number): Svg =>
    group(
      stage.sideDisc([x - near * 14, r, z], r, outlined(IRON_DARK)),
      stage.sideDisc([x, r, z], r, outlined(IRON)),
      stage.sideDisc([x, r, z], r * 0.78, { fill: TEAL_DARK }),
      ...[0, 36, 72, 108, 144].map((degrees) => {
        const [dy, dz] = [Math.sin((degrees * Math.PI) / 180) * r * 0.74, Math.cos((degrees * Math.PI) / 180) * r * 0.74];
        return line(stage.at([x, r - dy, z - dz]), stage.at([x, r + dy, z + dz]), { stroke: TEAL_LIGHT, strokeWidth: 5 });
      }),
      stage.sideDisc([x, r, z], r * 0.22, outlined(BRASS, 3)),
    );
  const rodEnds: readonly Place3[] = [[x + near * 8, 40, -310], [x + near * 8, 40, -150]];
  const [from, to] = rodEnds.map((place) => stage.at(place));
  const rod = from === undefined || to === undefined ? '' : line(from, to, { stroke: INK, strokeWidth: 16 }) + line(from, to, { stroke: STEEL, strokeWidth: 9 });
  return group(
    stage.box([-100, 30, CAB_BACK], [100, 96, -10], { front: outlined(IRON_DARK), side: outlined(IRON_DARK), top: outlined(IRON) }),
    wheel(-420, 38),
    wheel(-310, 64),
    wheel(-150, 64),
    wheel(-20, 38),
    rod,
  );
}

function cab(stage: Stage, near: number, lit: boolean, snowy: boolean): Svg {
  const glass = lit ? LAMP_LIGHT : GLASS;
  const front = BOILER_BACK + 10;
  const x = near * HALF_WIDTH;
  const pane = (z0: number, z1: number): Svg =>
    stage.face([[x, 196, z0], [x, 262, z0], [x, 284, (z0 + z1) / 2], [x, 262, z1], [x, 196, z1]], { fill: glass, stroke: CREAM, strokeWidth: 7 });
  const roofEdge = (z: number): Place3[] => [-1.14, -0.8, -0.4, 0, 0.4, 0.8, 1.14].map((part): Place3 => [part * HALF_WIDTH, 302 + (1.3 - part * part) * 24, z]);
  const roof = [...roofEdge(front + 24), ...roofEdge(CAB_BACK).toReversed()];
  const eave: Place3[] = [...roofEdge(front + 24), ...roofEdge(front + 24).toReversed().map(([ex, ey, ez]): Place3 => [ex, ey - 13, ez])];
  return group(
    stage.box([-HALF_WIDTH, 90, CAB_BACK], [HALF_WIDTH, 306, front], { front: outlined(RED), side: outlined(RED_DARK), top: outlined(IRON) }),
    near === 0 ? '' : pane(CAB_BACK + 40, front - 34),
    ...[-82, 82].map((wx) => group(stage.disc([wx, 262, front], 25, outlined(BRASS, 4)), stage.disc([wx, 262, front], 17, outlined(glass, 3)))),
    stage.solid(roof, outlined(snowy ? SNOW : IRON)),
    stage.face(eave, outlined(snowy ? SNOW : IRON_LIGHT, 4)),
  );
}

function tanks(stage: Stage, near: number): Svg {
  const tank = (side: number): Svg => {
    const [low, high] = side < 0 ? [-HALF_WIDTH, -62] : [62, HALF_WIDTH];
    return stage.box([low, 92, BOILER_BACK], [high, 176, -118], { front: outlined(RED), side: outlined(RED_DARK), top: outlined(RED_LIGHT) });
  };
  const x = near * (HALF_WIDTH + 1);
  const lining = stage.face([[x, 106, BOILER_BACK + 16], [x, 162, BOILER_BACK + 16], [x, 162, -132], [x, 106, -132]], { stroke: BRASS, strokeWidth: 4 });
  return group(
    stage.box([-HALF_WIDTH - 6, 84, BOILER_BACK], [HALF_WIDTH + 6, 96, 16], { front: outlined(IRON), side: outlined(IRON_DARK), top: outlined(IRON_LIGHT) }),
    tank(near > 0 ? -1 : 1),
    tank(near > 0 ? 1 : -1),
    near === 0 ? '' : lining,
  );
}

function boiler(stage: Stage): Svg {
  const [x, y] = BOILER;
  const section = (z: number, backZ: number): Svg =>
    stage.barrel([x, y, z], BOILER_RADIUS - 4, backZ, outlined(RED, 3)) + stage.barrelStrip([x, y, z - 3], BOILER_RADIUS - 4, backZ + 3, [-10, 24], { fill: RED_LIGHT });
  const band = (z: number): Svg => stage.barrel([x, y, z], BOILER_RADIUS - 1, z - 13, outlined(BRASS, 3));
  return group(
    section(-244, BOILER_BACK),
    band(-231),
    section(-150, -231),
    band(-137),
    section(-80, -137),
    stage.tower([0, 236, -200], 36, 284, 32, outlined(BRASS)),
    stage.tower([0, 282, -200], 32, 304, 14, outlined(BRASS)),
    stage.barrel(BOILER, BOILER_RADIUS, -92, outlined(IRON_DARK)),
    stage.barrelStrip(BOILER, BOILER_RADIUS, -92, [-6, 22], { fill: IRON_LIGHT }),
  );
}

function fittings(stage: Stage, snowy: boolean): Svg {
  return group(
    stage.tower([0, 238, -40], 28, 262, 23, outlined(IRON_DARK)),
    stage.tower([0, 258, -40], 22, 346, 28, outlined(IRON_DARK)),
    stage.tower([0, 340, -40], 36, 356, 38, outlined(BRASS)),
    stage.tower([0, 356, -40], 27, 357, 27, { fill: snowy ? '#55505f' : INK }),
  );
}

function smokeboxFront(stage: Stage, lit: boolean): Svg {
  const [x, y, z] = BOILER;
  const smile = [-50, -34, -17, 0, 17, 34, 50].map((degrees) => stage.at([x + Math.sin((degrees * Math.PI) / 180) * 44, y - Math.cos((degrees * Math.PI) / 180) * 44, z + 12]));
  const [start, ...rest] = smile.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`);
  return group(
    stage.disc([x, y, z], BOILER_RADIUS, outlined(IRON)),
    ...Array.from({ length: 14 }, (_, index) => (index / 14) * 2 * Math.PI).map((angle) => stage.disc([x + Math.cos(angle) * 66, y + Math.sin(angle) * 66, z + 2], 4, { fill: STEEL })),
    stage.disc([x, y, z + 8], BOILER_RADIUS - 18, outlined(IRON_LIGHT)),
    stage.disc([x, y, z + 12], 46, { stroke: IRON, strokeWidth: 3 }),
    stage.disc([x - 19, y + 14, z + 14], 11, outlined(BRASS, 3)),
    stage.disc([x + 19, y + 14, z + 14], 11, outlined(BRASS, 3)),
    path(`M${start ?? ''} ${rest.map((point) => `L${point}`).join(' ')}`, { stroke: INK, strokeWidth: 11 }),
    path(`M${start ?? ''} ${rest.map((point) => `L${point}`).join(' ')}`, { stroke: STEEL, strokeWidth: 6 }),
    lamp(stage, [0, 270, 12], 17, lit),
  );
}

function lamp(stage: Stage, [x, y, z]: Place3, r: number, lit: boolean): Svg {
  return group(
    stage.barrel([x, y, z], r, z - 22, outlined(BRASS_DARK, 4)),
    stage.disc([x, y, z], r, outlined(BRASS, 4)),
    stage.disc([x, y, z + 2], r * 0.68, outlined(lit ? LAMP_LIGHT : CREAM, 3)),
  );
}

function bufferBeam(stage: Stage, lit: boolean): Svg {
  const buffer = (x: number): Svg =>
    group(stage.barrel([x, 76, 44], 11, 18, outlined(IRON)), stage.barrel([x, 76, 52], 25, 44, outlined(IRON_DARK)), stage.disc([x, 76, 52], 25, outlined(IRON_LIGHT)), stage.disc([x, 76, 53], 12, { fill: STEEL }));
  const hook = [stage.at([-9, 76, 30]), stage.at([9, 76, 30]), stage.at([7, 44, 30]), stage.at([-7, 44, 30])];
  const bar = (index: number): Svg => {
    const x = -70 + index * 28;
    return polygon([stage.at([x - 7, 46, 22]), stage.at([x + 7, 46, 22]), stage.at([x * 0.72 + 6, 10, 46]), stage.at([x * 0.72 - 6, 10, 46])], outlined(RED_DARK, 3));
  };
  return group(
    many(6, bar),
    stage.box([-128, 48, 0], [128, 104, 20], { front: outlined(RED), side: outlined(RED_DARK), top: outlined(RED_LIGHT) }),
    stage.face([[-116, 57, 21], [116, 57, 21], [116, 95, 21], [-116, 95, 21]], { stroke: CREAM, strokeWidth: 4 }),
    polygon(hook, outlined(IRON, 4)),
    buffer(-78),
    buffer(78),
    lamp(stage, [-82, 128, 44], 19, lit),
    lamp(stage, [82, 128, 44], 19, lit),
    stage.face([[-20, 62, 22], [20, 62, 22], [20, 92, 22], [-20, 92, 22]], outlined(TEAL, 3)),
    polygon([[-11, 89], [11, 89], [11, 83], [4, 83], [4, 65], [-4, 65], [-4, 83], [-11, 83]].map(([x, y]) => stage.at([x ?? 0, y ?? 0, 23])), { fill: CREAM }),
  );
}
