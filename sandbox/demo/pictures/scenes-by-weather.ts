import { BRASS, CREAM, INK, IRON, IRON_DARK, LAMP_LIGHT, RED, RED_DARK, RED_LIGHT, STONE_DARK } from './colours.js';
import { CAB_WINDOW, CHIMNEY_TOP, HEADLAMP, crankPin, locomotive, locomotiveLights, rod, wheel } from './locomotive.js';
import { chimneyTopFromFront, locomotiveFromFront, railsInDepth } from './locomotive-front.js';
import type { Scene } from './picture.js';
import { COACH_LENGTH, coach, coachLights, track } from './rolling-stock.js';
import { bird, cloud, grass, ground, pine, roundTree, scattered, sky, smoke, sunDisc, water } from './scenery.js';
import { onLocomotive } from './scenes-by-day.js';
import { circle, ellipse, faded, glow, group, line, many, path, placed, polygon, rect } from './svg.js';
import type { Point, Svg } from './svg.js';

export const scenesByWeather: readonly Scene[] = [
  { fileName: 'tilda-moonlight.png', widthPx: 1024, heightPx: 1024, caption: 'Tilda travels along a lake at night with lit windows, under a full moon and stars, seen from the side, facing left.', draw: moonlight },
  { fileName: 'tilda-snow.webp', widthPx: 1024, heightPx: 1365, caption: 'Tilda comes out of a snowy pine forest while snow falls, three-quarter view from the front.', draw: snow },
  { fileName: 'tilda-rain.jpg', widthPx: 1280, heightPx: 1024, caption: 'Close-up of the teal spoked wheels and steel rods of Tilda in the rain, with puddles beside the rail.', draw: rain },
  { fileName: 'tilda-autumn.jpg', widthPx: 1024, heightPx: 1365, caption: 'Tilda on a curve in an orange autumn forest with falling leaves, three-quarter view from the front, facing left.', draw: autumn },
  { fileName: 'tilda-seaside.webp', widthPx: 1365, heightPx: 1024, caption: 'Tilda passes a lighthouse by the sea at sunset, small, from the side, the sun low over the water.', draw: seaside },
];

function moonlight(): Svg {
  const place = { x: 560, y: 640, scale: 0.72, flip: true };
  const coaches = [0, 1].map((index) => ({ x: place.x + index * COACH_LENGTH * 0.72, y: 640, scale: 0.72 }));
  const lamp = onLocomotive(place, HEADLAMP);
  const cabWindow = onLocomotive(place, CAB_WINDOW);
  return group(
    sky(1024, 1024, ['#5c7fb8', '#8fb0d6', '#c7d9e6']),
    ground([[0, 470], [260, 380], [520, 470], [800, 350], [1024, 440]], 1024, '#7fa08e'),
    ground([[0, 560], [300, 520], [700, 560], [1024, 500]], 1024, '#5f8a68'),
    ...[40, 130, 700, 860, 960].map((x, index) => pine(x, 600 - (index % 2) * 16, 1 + (index % 3) * 0.25, '#3f7058')),
    smoke({ from: onLocomotive(place, CHIMNEY_TOP), to: [600, 190], size: 50, fill: '#e6ecf5' }),
    rect(0, 640, 1024, 80, { fill: '#6d7f5c' }),
    track(0, 1024, 640, 0.72),
    ...coaches.map((at) => placed(at, coach())),
    placed(place, locomotive()),
    water(1024, 720, 1024, '#5d86b0', '#a9c6df', 13),
    rect(0, 0, 1024, 1024, { fill: '#0f1b4a', opacity: 0.58 }),
    scattered(80, 23, { from: [0, 0], to: [1024, 350] }, (x, y, size) => circle(x, y, 2.6 * size, { fill: '#fff8d8' })),
    glow(230, 190, 280, '#fff3c0', 0.55),
    circle(230, 190, 92, { fill: '#fdf3c8' }),
    ...[[206, 166, 20], [262, 214, 14], [224, 232, 10], [266, 158, 8]].map(([x = 0, y = 0, r = 0]) => circle(x, y, r, { fill: '#ecdca2' })),
    many(9, (index) => ellipse(230 + (index % 2) * 18 - 8, 748 + index * 30, 92 - index * 6, 6, { fill: '#fdf3c8', opacity: 0.75 })),
    ...coaches.map((at) => placed(at, coachLights())),
    placed(place, locomotiveLights()),
    glow(cabWindow[0], cabWindow[1], 110, LAMP_LIGHT, 0.5),
    polygon([lamp, [0, 560], [0, 690]], { fill: LAMP_LIGHT, opacity: 0.3 }),
    glow(lamp[0], lamp[1], 90, '#fff6d0', 0.95),
    ...[620, 690, 750, 930].map((x) => ellipse(x, 770, 20, 5, { fill: LAMP_LIGHT, opacity: 0.8 })),
    ...[60, 940].map((x) => many(7, (index) => line([x + index * 10 - 30, 1030], [x + index * 14 - 44, 850 - (index % 3) * 40], { stroke: '#0d1838', strokeWidth: 7 }))),
  );
}

function snow(): Svg {
  const camera = { yaw: 30, eyeHeight: 250, distance: 1150 };
  const at: Point = [600, 1080];
  const [smokeX, smokeY] = chimneyTopFromFront(camera);
  const scale = 1.55;
  return group(
    sky(1024, 1365, ['#9db8d2', '#cfdfea', '#f1f5f7']),
    ground([[0, 560], [300, 480], [640, 570], [1024, 470]], 1365, '#dfeaf2'),
    ...[60, 190, 330, 470, 800, 920, 1010].map((x, index) => pine(x, 760 - (index % 3) * 30, 1.7 + (index % 3) * 0.5, index % 2 === 0 ? '#3f6f68' : '#335d5a', true)),
    ground([[0, 760], [360, 700], [700, 780], [1024, 720]], 1365, '#f4f9fd'),
    placed({ x: at[0], y: at[1], scale }, railsInDepth(camera, { bed: '#c9d6e0', toZ: -900, fromZ: 260 })),
    smoke({ from: [at[0] + smokeX * scale, at[1] + smokeY * scale], to: [250, 90], size: 100, fill: '#ffffff' }),
    placed({ x: at[0], y: at[1], scale }, locomotiveFromFront(camera, { lit: true, snowy: true })),
    ground([[0, 1180], [220, 1130], [420, 1260], [560, 1365]], 1365, '#ffffff'),
    ground([[640, 1365], [820, 1260], [1024, 1220]], 1365, '#e9f2f9'),
    pine(110, 1330, 2.6, '#2f5a55', true),
    scattered(150, 3, { from: [0, 0], to: [1024, 1365] }, (x, y, size) => circle(x, y, 6 * size, { fill: '#ffffff', opacity: 0.95 })),
  );
}

function rain(): Svg {
  const wheels: readonly (readonly [number, number, number])[] = [[310, 560, 245], [850, 560, 245], [1240, 668, 137]];
  const rear = crankPin(310, 560, 245, 35);
  const front = crankPin(850, 560, 245, 35);
  return group(
    sky(1280, 1024, ['#6f8196', '#93a3b3', '#b6c1c9']),
    rect(0, 0, 1280, 300, { fill: RED }),
    rect(0, 0, 1280, 70, { fill: RED_LIGHT }),
    rect(0, 210, 1280, 90, { fill: RED_DARK }),
    ...[180, 720].map((x) => rect(x, -10, 56, 320, { fill: BRASS, stroke: INK, strokeWidth: 8 })),
    rect(-20, 296, 1320, 36, { fill: CREAM, stroke: INK, strokeWidth: 9 }),
    many(22, (index) => circle(30 + index * 60, 314, 8, { fill: IRON })),
    rect(-20, 332, 1320, 120, { fill: IRON_DARK, stroke: INK, strokeWidth: 9 }),
    path('M30 332 Q310 190 590 332 Z', { fill: RED, stroke: INK, strokeWidth: 9 }),
    path('M570 332 Q850 190 1130 332 Z', { fill: RED, stroke: INK, strokeWidth: 9 }),
    path('M96 322 Q310 222 524 322', { stroke: BRASS, strokeWidth: 8 }),
    path('M636 322 Q850 222 1064 322', { stroke: BRASS, strokeWidth: 8 }),
    ...wheels.map(([x, y, r]) => wheel(x, y, r, 35)),
    rod([1290, 520], front, 36),
    rod(rear, front, 46),
    track(0, 1280, 806, 2),
    rect(0, 880, 1280, 144, { fill: '#77706b' }),
    scattered(60, 8, { from: [0, 880], to: [1280, 1010] }, (x, y, size) => ellipse(x, y, 22 * size, 12 * size, { fill: STONE_DARK, stroke: INK, strokeWidth: 3 })),
    ...[[240, 968, 190], [760, 990, 240], [1130, 950, 130]].map(([x = 0, y = 0, rx = 0]) => group(ellipse(x, y, rx, rx * 0.16, { fill: '#9fb4c6', stroke: INK, strokeWidth: 4 }), ellipse(x - rx * 0.2, y - 4, rx * 0.35, rx * 0.05, { stroke: '#e9f2f8', strokeWidth: 4 }))),
    scattered(110, 29, { from: [-40, -60], to: [1300, 960] }, (x, y, size) => line([x, y], [x - 16 * size, y + 62 * size], { stroke: '#dfe9f1', strokeWidth: 4, opacity: 0.75 })),
    faded(0.75, smoke({ from: [1230, 770], to: [980, 730], size: 46, seed: 14 })),
  );
}

function autumn(): Svg {
  const camera = { yaw: -40, eyeHeight: 330, distance: 1200 };
  const at: Point = [400, 1090];
  const [smokeX, smokeY] = chimneyTopFromFront(camera);
  const scale = 1.4;
  const leaves = ['#e2762b', '#f0a63a', '#c9492c', '#f4c651'];
  return group(
    sky(1024, 1365, ['#f6d9a0', '#fbeac4', '#fff6e0']),
    ...[70, 210, 360, 520, 660, 800, 950].map((x, index) => roundTree(x, 720 + (index % 2) * 20, 2.5 + (index % 3) * 0.5, leaves[index % 4] ?? '', leaves[(index + 2) % 4] ?? '')),
    ground([[0, 720], [300, 690], [640, 740], [1024, 690]], 1365, '#d9a24a'),
    ...[880, 1000].map((x, index) => roundTree(x, 800 + index * 30, 2.8, leaves[index] ?? '', leaves[index + 1] ?? '')),
    ground([[0, 900], [420, 860], [1024, 940]], 1365, '#c48a3c'),
    placed({ x: at[0], y: at[1], scale }, railsInDepth(camera, { bed: '#9b8a76', toZ: -1300, fromZ: 300 })),
    smoke({ from: [at[0] + smokeX * scale, at[1] + smokeY * scale], to: [760, 110], size: 86, fill: '#fffaf0', shade: '#ecd6b0', seed: 12 }),
    placed({ x: at[0], y: at[1], scale }, locomotiveFromFront(camera)),
    scattered(90, 19, { from: [0, 1150], to: [1024, 1360] }, (x, y, size, index) => ellipse(x, y, 17 * size, 8 * size, { fill: leaves[index % 4] ?? '', stroke: '#8a4a22', strokeWidth: 2 })),
    scattered(46, 37, { from: [0, 60], to: [1024, 1100] }, (x, y, size, index) => placed({ x, y, scale: size, turn: index * 47 }, path('M0 -16 Q16 -4 0 18 Q-16 -4 0 -16 Z', { fill: leaves[index % 4] ?? '', stroke: '#8a4a22', strokeWidth: 2 }))),
  );
}

function seaside(): Svg {
  const scale = 0.62;
  const place = { x: 560, y: 776, scale };
  return group(
    sky(1365, 1024, ['#5b3f7f', '#d4567a', '#f98e5a', '#ffd27a']),
    sunDisc(330, 560, 96, '#fff0b8', '#ffc266'),
    cloud(1010, 190, 1.2, '#f3a0a0'),
    cloud(690, 110, 0.8, '#c9779a'),
    cloud(150, 250, 0.8, '#f7b08a'),
    water(1365, 600, 860, '#b0557c', '#ffd89a', 41),
    many(10, (index) => ellipse(330 + (index % 2) * 24 - 12, 612 + index * 20, 150 - index * 9, 6, { fill: '#ffe9a8', opacity: 0.9 })),
    polygon([[150, 640], [150, 520], [214, 628]], { fill: CREAM, stroke: INK, strokeWidth: 4 }),
    polygon([[110, 644], [222, 644], [200, 668], [130, 668]], { fill: '#6a3a3f', stroke: INK, strokeWidth: 4 }),
    polygon([[1020, 800], [1100, 560], [1365, 500], [1365, 900]], { fill: '#6b4a5f' }),
    lighthouse(1190, 540),
    smoke({ from: onLocomotive(place, CHIMNEY_TOP), to: [470, 300], size: 48, fill: '#ffe3cf', shade: '#d994a0', seed: 6 }),
    ground([[0, 800], [400, 776], [1365, 776]], 1024, '#7d5a56'),
    track(0, 1365, 776, scale),
    ...[1, 2].map((index) => placed({ x: place.x - COACH_LENGTH * scale * index, y: 776, scale }, coach(true))),
    placed(place, locomotive({ lit: true })),
    rect(0, 810, 1365, 214, { fill: '#5b4152' }),
    scattered(34, 2, { from: [0, 850], to: [1365, 1020] }, (x, y, size) => grass(x, y, size * 2, '#3f2f45')),
    scattered(14, 6, { from: [0, 900], to: [1365, 1010] }, (x, y, size) => ellipse(x, y, 50 * size, 22 * size, { fill: '#745567', stroke: INK, strokeWidth: 4 })),
    bird(520, 360, 1.2),
    bird(600, 320, 0.9),
    bird(440, 420, 0.8),
  );
}

function lighthouse(x: number, y: number): Svg {
  return group(
    polygon([[x - 46, y], [x - 28, y - 260], [x + 28, y - 260], [x + 46, y]], { fill: CREAM, stroke: INK }),
    polygon([[x - 42, y - 60], [x - 37, y - 130], [x + 37, y - 130], [x + 42, y - 60]], { fill: RED, stroke: INK, strokeWidth: 4 }),
    polygon([[x - 33, y - 190], [x - 28, y - 260], [x + 28, y - 260], [x + 33, y - 190]], { fill: RED, stroke: INK, strokeWidth: 4 }),
    rect(x - 40, y - 274, 80, 14, { fill: INK }),
    rect(x - 22, y - 320, 44, 46, { fill: LAMP_LIGHT, stroke: INK }),
    polygon([[x - 34, y - 320], [x + 34, y - 320], [x, y - 362]], { fill: RED, stroke: INK }),
    polygon([[x - 20, y - 297], [x - 520, y - 380], [x - 520, y - 250]], { fill: '#fff0b8', opacity: 0.35 }),
  );
}
