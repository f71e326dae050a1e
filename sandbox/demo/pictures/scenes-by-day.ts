import { BRASS, CREAM, INK, RED, STONE, STONE_DARK, TEAL, WOOD } from './colours.js';
import { CHIMNEY_TOP, locomotive } from './locomotive.js';
import type { Scene } from './picture.js';
import { COACH_LENGTH, coach, track, waggon } from './rolling-stock.js';
import { bird, cloud, flower, grass, ground, lampPost, mountain, pine, roundTree, scattered, sky, smoke, sunDisc, water } from './scenery.js';
import { circle, ellipse, group, line, many, path, placed, polygon, rect } from './svg.js';
import type { Place, Point, Svg } from './svg.js';

export const scenesByDay: readonly Scene[] = [
  { fileName: 'tilda-meadow.jpg', widthPx: 1280, heightPx: 1024, caption: 'Tilda, a little red steam locomotive with brass dome, pulls a cream and teal coach past a flowering meadow on a sunny day.', draw: meadow },
  { fileName: 'tilda-viaduct.jpg', widthPx: 1536, heightPx: 1024, caption: 'Tilda, seen small and from far away, crosses a tall stone viaduct over a blue river with three coaches.', draw: viaduct },
  { fileName: 'tilda-station.png', widthPx: 1280, heightPx: 1024, caption: 'Tilda waits at a village station with a clock and bunting, seen from the side, facing left.', draw: station },
  { fileName: 'tilda-desert.webp', widthPx: 1536, heightPx: 1024, caption: 'Tilda steams through an orange desert with cacti and table mountains, seen from the side, facing left.', draw: desert },
  { fileName: 'tilda-mountains.png', widthPx: 1024, heightPx: 1280, caption: 'Tilda climbs a steep mountain line with a waggon of logs, pines below her and snowy peaks behind.', draw: mountains },
];

/** Where a point of the locomotive is in the picture, for smoke and light. */
export function onLocomotive({ x, y, scale = 1, flip = false, turn = 0 }: Place, [pointX, pointY]: Point): Point {
  const angle = (turn * Math.PI) / 180;
  const [dx, dy] = [pointX * (flip ? -scale : scale), pointY * scale];
  return [x + dx * Math.cos(angle) - dy * Math.sin(angle), y + dx * Math.sin(angle) + dy * Math.cos(angle)];
}

function meadow(): Svg {
  const place = { x: 560, y: 770, scale: 1.02 };
  return group(
    sky(1280, 1024, ['#7cc8ec', '#c9ecf5', '#f3f8df']),
    sunDisc(196, 176, 74, '#ffe27a', '#fff2bd'),
    cloud(960, 150, 1.1),
    cloud(470, 92, 0.7),
    ground([[0, 470], [300, 400], [640, 500], [980, 390], [1280, 470]], 1024, '#a8d38a'),
    ground([[0, 600], [260, 540], [620, 590], [900, 520], [1280, 600]], 1024, '#8cc46f'),
    roundTree(120, 620, 1.5, '#5fa84f', '#478a3f'),
    roundTree(1170, 600, 1.1, '#6ab556', '#4c9145'),
    roundTree(1060, 612, 0.8, '#5fa84f', '#478a3f'),
    rect(0, 752, 1280, 272, { fill: '#79b65c' }),
    smoke({ from: onLocomotive(place, CHIMNEY_TOP), to: [330, 210], size: 74 }),
    track(0, 1280, 770),
    placed({ ...place, x: place.x - COACH_LENGTH * 1.02 }, coach()),
    placed({ ...place, x: place.x - COACH_LENGTH * 2.04 }, coach()),
    placed(place, locomotive()),
    scattered(46, 11, { from: [0, 850], to: [1280, 1040] }, (x, y, size) => grass(x, y, size * 1.4, '#5c9a45')),
    scattered(40, 5, { from: [0, 870], to: [1280, 1040] }, (x, y, size, index) => flower(x, y, size * 1.5, ['#ffffff', '#f48fb1', '#ffcf5c', '#b39ddb'][index % 4] ?? '')),
    bird(640, 200, 1.1),
    bird(720, 240, 0.8),
  );
}

function arch(x: number, top: number, bottom: number): Svg {
  return group(
    rect(x - 24, top, 48, bottom - top, { fill: STONE, stroke: INK, strokeWidth: 4 }),
    ...[0, 1, 2, 3, 4, 5].map((row) => line([x - 24 + (row % 2) * 20, top + 60 + row * 62], [x + 6 + (row % 2) * 16, top + 60 + row * 62], { stroke: STONE_DARK, strokeWidth: 4 })),
    path(`M${x + 24} ${top + 70} Q${x + 96} ${top - 66} ${x + 168} ${top + 70} L${x + 168} ${top - 20} L${x + 24} ${top - 20} Z`, { fill: STONE, stroke: INK, strokeWidth: 4 }),
  );
}

function viaduct(): Svg {
  const scale = 0.36;
  const place = { x: 980, y: 404, scale };
  return group(
    sky(1536, 1024, ['#5fb4dd', '#bfe4ee', '#fdf3d8']),
    cloud(1260, 120, 1.2),
    cloud(300, 190, 0.9),
    mountain(340, 720, 860, 460, '#8fa6bd', '#7a90a8'),
    mountain(1120, 720, 1000, 510, '#9db3c7', '#8499b0'),
    ground([[0, 560], [330, 640], [760, 600], [1180, 650], [1536, 540]], 1024, '#86b86f'),
    water(1536, 730, 1024, '#4f9fc4', '#c4e8f2', 21),
    many(8, (index) => arch(index * 192 + 96, 430, 800)),
    rect(-10, 404, 1560, 34, { fill: STONE_DARK, stroke: INK, strokeWidth: 4 }),
    smoke({ from: onLocomotive(place, CHIMNEY_TOP), to: [560, 170], size: 42 }),
    ...[1, 2, 3].map((index) => placed({ x: place.x - COACH_LENGTH * scale * index, y: 404, scale }, coach())),
    placed(place, locomotive()),
    ground([[0, 820], [180, 800], [420, 930], [620, 1024]], 1024, '#5d9a4c'),
    ground([[860, 1024], [1080, 950], [1320, 850], [1536, 800]], 1024, '#5d9a4c'),
    ...[60, 190, 330].map((x, index) => pine(x, 900 + index * 40, 1.35, '#2f6b4a')),
    ...[1250, 1390, 1500].map((x, index) => pine(x, 960 - index * 30, 1.5, '#2f6b4a')),
    polygon([[690, 890], [770, 890], [752, 918], [704, 918]], { fill: WOOD, stroke: INK, strokeWidth: 4 }),
    polygon([[728, 884], [728, 806], [778, 876]], { fill: '#ffffff', stroke: INK, strokeWidth: 4 }),
    bird(640, 300, 0.9),
    bird(700, 330, 0.7),
  );
}

function person(x: number, y: number, scale: number, coat: string, hat: string): Svg {
  return placed(
    { x, y, scale },
    rect(-13, -46, 10, 46, { fill: INK }),
    rect(3, -46, 10, 46, { fill: INK }),
    path('M-24 -40 Q-22 -118 0 -118 Q22 -118 24 -40 Z', { fill: coat, stroke: INK, strokeWidth: 4 }),
    circle(0, -136, 20, { fill: '#f0c39b', stroke: INK, strokeWidth: 4 }),
    path('M-28 -144 L28 -144 L16 -148 Q14 -170 0 -170 Q-14 -170 -16 -148 Z', { fill: hat, stroke: INK, strokeWidth: 4 }),
  );
}

function stationHouse(): Svg {
  const window = (x: number): Svg => group(rect(x, 420, 96, 150, { fill: '#9fd0dd', stroke: INK, radius: 6 }), line([x + 48, 420], [x + 48, 570], { stroke: CREAM, strokeWidth: 7 }), line([x, 495], [x + 96, 495], { stroke: CREAM, strokeWidth: 7 }), rect(x - 10, 570, 116, 22, { fill: WOOD, stroke: INK }));
  return group(
    rect(470, 340, 700, 330, { fill: '#f4d9a6', stroke: INK }),
    polygon([[430, 350], [560, 200], [1080, 200], [1210, 350]], { fill: '#b5523f', stroke: INK }),
    many(5, (index) => line([466 + index * 24, 320 - index * 28], [1174 - index * 24, 320 - index * 28], { stroke: '#8f3d31', strokeWidth: 4 })),
    rect(980, 130, 54, 110, { fill: '#a0624a', stroke: INK }),
    polygon([[700, 350], [820, 190], [940, 350]], { fill: '#f4d9a6', stroke: INK }),
    circle(820, 286, 42, { fill: CREAM, stroke: INK, strokeWidth: 7 }),
    line([820, 286], [820, 258], { stroke: INK, strokeWidth: 6 }),
    line([820, 286], [842, 296], { stroke: INK, strokeWidth: 6 }),
    window(520),
    window(1020),
    rect(768, 420, 104, 230, { fill: TEAL, stroke: INK, radius: 6 }),
    many(14, (index) => polygon([[440 + index * 56, 372 + (index % 2) * 8], [480 + index * 56, 372 + (index % 2) * 8], [460 + index * 56, 414 + (index % 2) * 8]], { fill: [RED, BRASS, TEAL][index % 3] ?? RED, stroke: INK, strokeWidth: 3 })),
  );
}

function station(): Svg {
  const place = { x: 830, y: 880, scale: 1.1, flip: true };
  return group(
    sky(1280, 1024, ['#a7d9ec', '#e8f4e4', '#fff3cf']),
    cloud(220, 150, 1),
    ground([[0, 480], [220, 420], [480, 520], [1280, 500]], 1024, '#9ccb82'),
    roundTree(150, 600, 1.9, '#7dbb5e', '#5c9a4c'),
    roundTree(330, 610, 1.3, '#8cc76a', '#68a653'),
    stationHouse(),
    rect(0, 650, 1280, 110, { fill: '#d9c4a4', stroke: INK }),
    rect(0, 690, 1280, 70, { fill: STONE, stroke: INK }),
    lampPost(420, 656, 1),
    person(1090, 662, 1, '#3f6ea5', INK),
    person(960, 658, 0.9, '#8e5aa0', '#5d3b75'),
    person(1010, 660, 0.62, '#e0a63d', RED),
    smoke({ from: onLocomotive(place, CHIMNEY_TOP), to: [60, 130], size: 60, seed: 3 }),
    rect(0, 880, 1280, 144, { fill: '#a99c8b' }),
    track(0, 1280, 880),
    placed(place, locomotive({ turned: 60 })),
    scattered(20, 31, { from: [0, 960], to: [1280, 1020] }, (x, y, size) => ellipse(x, y, 26 * size, 9 * size, { fill: '#8f8375' })),
  );
}

function cactus(x: number, y: number, scale: number): Svg {
  return placed({ x, y, scale }, path('M-20 0 L-20 -200 Q0 -236 20 -200 L20 0 Z M20 -70 L58 -70 L58 -140 Q72 -158 86 -140 L86 -42 L20 -42 Z M-20 -100 L-54 -100 L-54 -158 Q-67 -174 -80 -158 L-80 -72 L-20 -72 Z', { fill: '#4f8f5b', stroke: INK }), line([0, -20], [0, -190], { stroke: '#37704a', strokeWidth: 5 }));
}

function mesa(x: number, y: number, width: number, height: number, fill: string, shade: string): Svg {
  return group(
    polygon([[x, y], [x + width * 0.12, y - height * 0.55], [x + width * 0.16, y - height], [x + width * 0.84, y - height], [x + width * 0.88, y - height * 0.55], [x + width, y]], { fill }),
    polygon([[x + width * 0.62, y], [x + width * 0.66, y - height], [x + width * 0.84, y - height], [x + width * 0.88, y - height * 0.55], [x + width, y]], { fill: shade }),
    rect(x + width * 0.15, y - height * 0.82, width * 0.7, height * 0.08, { fill: shade }),
  );
}

function desert(): Svg {
  const place = { x: 900, y: 760, scale: 1.2, flip: true };
  return group(
    sky(1536, 1024, ['#f7b267', '#f9cf8f', '#fde9bf']),
    sunDisc(1160, 250, 110, '#fff3c4', '#fddc8a'),
    mesa(120, 640, 460, 330, '#c8643c', '#a84f31'),
    mesa(700, 640, 260, 200, '#d47a4a', '#b8623a'),
    mesa(1180, 640, 480, 250, '#c8643c', '#a84f31'),
    ground([[0, 640], [380, 600], [820, 650], [1200, 610], [1536, 640]], 1024, '#eeb56b'),
    ground([[0, 720], [500, 700], [1000, 740], [1536, 700]], 1024, '#e3a257'),
    cactus(1330, 726, 1.15),
    cactus(1110, 700, 0.6),
    smoke({ from: onLocomotive(place, CHIMNEY_TOP), to: [880, 130], size: 70, fill: '#fff7e6', shade: '#f0d9b4', seed: 9 }),
    track(0, 1536, 760, 1.1),
    placed({ x: place.x, y: 760, scale: 1.2 }, waggon()),
    placed({ x: place.x + 236 * 1.2, y: 760, scale: 1.2 }, waggon()),
    placed(place, locomotive({ turned: 140 })),
    cactus(110, 1000, 1.6),
    scattered(26, 17, { from: [220, 880], to: [1536, 1010] }, (x, y, size) => ellipse(x, y, 34 * size, 8 * size, { fill: '#c98945' })),
    placed({ x: 1250, y: 960 }, circle(0, 0, 66, { fill: '#b9794a', stroke: INK }), circle(96, 22, 42, { fill: '#a86a3f', stroke: INK })),
  );
}

function mountains(): Svg {
  const place = { x: 330, y: 856, scale: 0.92, turn: -14 };
  return group(
    sky(1024, 1280, ['#4a90c8', '#9fd0e8', '#eaf5ef']),
    mountain(250, 820, 900, 690, '#7f92ad', '#66799a'),
    mountain(800, 820, 820, 560, '#8c9fb8', '#7386a3'),
    cloud(760, 200, 1.1),
    cloud(160, 330, 0.7),
    rect(0, 790, 1024, 300, { fill: '#8fa07a' }),
    ...[540, 640, 730, 850, 960].map((x, index) => pine(x, 700 - index * 14, 0.9 + (index % 2) * 0.25, '#3d7a58')),
    smoke({ from: onLocomotive(place, CHIMNEY_TOP), to: [420, 120], size: 70, seed: 4 }),
    polygon([[0, 930], [1024, 675], [1024, 1280], [0, 1280]], { fill: '#7d8b63' }),
    placed({ x: 0, y: 938, turn: -14 }, track(-60, 1160, 0, 0.92)),
    placed({ x: 112, y: 910, scale: 0.92, turn: -14 }, waggon()),
    placed({ x: -96, y: 962, scale: 0.92, turn: -14 }, waggon()),
    placed(place, locomotive({ turned: 75 })),
    ground([[0, 1130], [280, 1040], [620, 1090], [1024, 940]], 1280, '#5f7f4f'),
    ...[90, 300, 480, 700, 900].map((x, index) => pine(x, 1290 - (index % 2) * 30, 1.2 + (index % 3) * 0.3, index % 2 === 0 ? '#2c5f45' : '#376f50')),
  );
}
