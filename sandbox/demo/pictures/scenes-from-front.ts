import { BRASS, CREAM, GLASS, INK, IRON, LAMP_LIGHT, RED, STONE, STONE_DARK, TEAL, WOOD, WOOD_DARK } from './colours.js';
import { chimneyTopFromFront, lampsFromFront, locomotiveFromFront, railsInDepth } from './locomotive-front.js';
import type { Scene } from './picture.js';
import { flower, grass, ground, pine, scattered, sky, smoke } from './scenery.js';
import { circle, ellipse, faded, glow, group, line, many, path, placed, polygon, rect } from './svg.js';
import type { Point, Svg } from './svg.js';

export const scenesFromFront: readonly Scene[] = [
  { fileName: 'tilda-tunnel.webp', widthPx: 1024, heightPx: 1024, caption: 'Tilda comes out of a dark stone tunnel with her lamps lit, seen straight from the front.', draw: tunnel },
  { fileName: 'tilda-shed.png', widthPx: 1024, heightPx: 1280, caption: 'Tilda rests in her brick engine shed between a ladder and a workbench, seen straight from the front.', draw: shed },
];

const CAMERA = { yaw: 0, eyeHeight: 210, distance: 1200 };

function tunnel(): Svg {
  const scale = 0.98;
  const at: Point = [512, 850];
  const [smokeX, smokeY] = chimneyTopFromFront(CAMERA);
  const stones = many(14, (index) => {
    const angle = Math.PI + (index / 14) * Math.PI;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const next = angle + Math.PI / 14;
    const [nextCos, nextSin] = [Math.cos(next), Math.sin(next)];
    const corner = (r: number, c: number, s: number): Point => [512 + c * r, 520 + s * r];
    return polygon([corner(300, cos, sin), corner(372, cos, sin), corner(372, nextCos, nextSin), corner(300, nextCos, nextSin)], { fill: index % 2 === 0 ? STONE : '#c9b8a4', stroke: INK });
  });
  return group(
    sky(1024, 1024, ['#8fd0ee', '#d5eef2', '#f4f7e0']),
    ground([[0, 330], [240, 130], [512, 70], [800, 130], [1024, 300]], 1024, '#7fb363'),
    ...[60, 170, 860, 970].map((x, index) => pine(x, 330 - (index % 2) * 40, 1.2, '#3c7a50')),
    ...[380, 500, 640].map((x, index) => pine(x, 150 + (index % 2) * 14, 0.9, '#48875a')),
    rect(70, 330, 884, 560, { fill: STONE_DARK, stroke: INK }),
    many(9, (row) => many(8, (column) => rect(70 + column * 126 - (row % 2) * 60, 336 + row * 62, 120, 56, { fill: (row + column) % 3 === 0 ? '#9b8877' : '#a59281', radius: 6 }))),
    rect(0, 300, 70, 700, { fill: '#7fb363' }),
    rect(954, 300, 70, 700, { fill: '#7fb363' }),
    path('M212 900 L212 520 A300 300 0 0 1 812 520 L812 900 Z', { fill: '#15101c', stroke: INK }),
    ...[212, 740].map((x) => many(5, (index) => rect(x === 212 ? 140 : 812, 520 + index * 76, 72, 76, { fill: index % 2 === 0 ? STONE : '#c9b8a4', stroke: INK }))),
    stones,
    ground([[0, 890], [240, 870], [780, 870], [1024, 890]], 1024, '#8fc071'),
    placed({ x: at[0], y: at[1], scale }, railsInDepth(CAMERA, { bed: '#a4968a', toZ: -500, fromZ: 420 })),
    smoke({ from: [at[0] + smokeX * scale, at[1] + smokeY * scale], to: [650, 40], size: 74, seed: 15 }),
    placed({ x: at[0], y: at[1], scale: 1.3 }, locomotiveFromFront(CAMERA, { lit: true })),
    ...lampsFromFront(CAMERA).map(([x, y]) => glow(at[0] + x * 1.3, at[1] + y * 1.3, 76, '#fff3c0', 0.8)),
    scattered(22, 10, { from: [0, 900], to: [250, 1020] }, (x, y, size) => grass(x, y, size * 1.5, '#4f8f43')),
    scattered(22, 12, { from: [790, 900], to: [1024, 1020] }, (x, y, size) => grass(x, y, size * 1.5, '#4f8f43')),
    scattered(7, 16, { from: [20, 930], to: [210, 1010] }, (x, y, size) => flower(x, y, size * 1.4, '#f48fb1')),
    scattered(7, 18, { from: [830, 930], to: [1010, 1010] }, (x, y, size) => flower(x, y, size * 1.4, '#ffffff')),
  );
}

function bricks(): Svg {
  return many(22, (row) =>
    many(13, (column) => rect(column * 86 - (row % 2) * 43 + 2, row * 48 + 2, 80, 42, { fill: ['#a65a45', '#b0654d', '#9a5040'][(row * 5 + column * 3) % 3] ?? '', radius: 4 })),
  );
}

function shedWindow(x: number): Svg {
  return group(
    path(`M${x - 110} 470 L${x - 110} 240 Q${x} 110 ${x + 110} 240 L${x + 110} 470 Z`, { fill: GLASS, stroke: CREAM, strokeWidth: 18 }),
    line([x, 180], [x, 470], { stroke: CREAM, strokeWidth: 10 }),
    ...[280, 375].map((y) => line([x - 110, y], [x + 110, y], { stroke: CREAM, strokeWidth: 10 })),
  );
}

function shed(): Svg {
  const scale = 1.95;
  const at: Point = [520, 1080];
  return group(
    rect(0, 0, 1024, 1280, { fill: '#7c4236' }),
    bricks(),
    shedWindow(170),
    shedWindow(870),
    polygon([[60, 470], [280, 470], [420, 1060], [120, 1060]], { fill: '#fff5d0', opacity: 0.25 }),
    polygon([[0, 0], [1024, 0], [1024, 70], [512, 20], [0, 70]], { fill: WOOD_DARK }),
    ...[0, 1024].map((x) => line([x, 250], [512, 40], { stroke: WOOD_DARK, strokeWidth: 34 })),
    rect(0, 62, 1024, 40, { fill: WOOD, stroke: INK }),
    rect(0, 1000, 1024, 280, { fill: '#8b8078' }),
    ladder(),
    workbench(),
    placed({ x: at[0], y: at[1], scale }, railsInDepth(CAMERA, { bed: '#6f655f', toZ: -500, fromZ: 300 })),
    placed({ x: at[0], y: at[1], scale }, locomotiveFromFront(CAMERA)),
    faded(0.7, smoke({ from: [520, 370], to: [600, 110], size: 60, seed: 22 })),
    line([512, 60], [512, 130], { stroke: INK, strokeWidth: 7 }),
    polygon([[452, 176], [482, 126], [542, 126], [572, 176]], { fill: TEAL, stroke: INK }),
    ellipse(512, 178, 34, 16, { fill: LAMP_LIGHT, stroke: INK }),
    glow(512, 190, 240, '#ffe9a8', 0.5),
    ...[60, 150, 950].map((x, index) => group(rect(x - 40, 1130 + index * 20, 84, 96, { fill: [RED, BRASS, IRON][index] ?? IRON, stroke: INK, radius: 8 }), ellipse(x + 2, 1132 + index * 20, 42, 13, { fill: INK }))),
  );
}

function ladder(): Svg {
  return group(
    line([60, 1040], [110, 540], { stroke: BRASS, strokeWidth: 16 }),
    line([150, 1040], [190, 540], { stroke: BRASS, strokeWidth: 16 }),
    many(8, (index) => line([66 + index * 6, 990 - index * 58], [152 + index * 5, 990 - index * 58], { stroke: BRASS, strokeWidth: 12 })),
  );
}

function workbench(): Svg {
  return group(
    rect(800, 820, 224, 30, { fill: WOOD, stroke: INK }),
    rect(820, 850, 26, 190, { fill: WOOD_DARK, stroke: INK }),
    rect(980, 850, 26, 190, { fill: WOOD_DARK, stroke: INK }),
    rect(850, 770, 56, 50, { fill: RED, stroke: INK, radius: 6 }),
    circle(960, 790, 30, { stroke: IRON, strokeWidth: 14 }),
    path('M850 560 L850 690 M840 560 L860 560 M900 560 L900 680 M888 690 L912 690', { stroke: IRON, strokeWidth: 12 }),
    circle(960, 610, 40, { stroke: BRASS, strokeWidth: 12 }),
  );
}
