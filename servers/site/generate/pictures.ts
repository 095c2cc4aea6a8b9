import { gradient, mix, render, type Shade, smooth } from './draw.ts';
import { encodePng } from './png.ts';

/** A grid of wires with knots, lit along one diagonal. 200 x 200. */
export function logo(): Buffer {
  const shade: Shade = (x, y) => {
    const cell = 0.2;
    const u = (x - 0.1) / cell;
    const v = (y - 0.1) / cell;
    const nearX = Math.abs(u - Math.round(u)) * cell;
    const nearY = Math.abs(v - Math.round(v)) * cell;
    const inside = x > 0.03 && x < 0.97 && y > 0.03 && y < 0.97;
    const onWire = x > 0.094 && x < 0.906 && y > 0.094 && y < 0.906;
    const column = Math.round(u);
    const row = Math.round(v);
    const lit = column === row || column + row === 4 ? 1 : 0.55;
    let value = 0.08 + 0.14 * (1 - Math.hypot(x - 0.5, y - 0.5));
    if (inside) {
      const wire = Math.max(smooth(0.012, 0.006, nearX), smooth(0.012, 0.006, nearY));
      value = mix(value, 0.38, onWire ? wire : 0);
      const radius = lit === 1 ? 0.062 : 0.036;
      const distance = Math.hypot(nearX, nearY);
      value = mix(value, lit, smooth(radius, radius - 0.008, distance));
      if (lit === 1) value = mix(value, 0.12, smooth(0.026, 0.018, distance));
    }
    return value;
  };
  const inks = gradient([
    [16, 24, 48],
    [38, 66, 118],
    [62, 148, 186],
    [246, 205, 116],
    [255, 250, 232],
  ]);
  return encodePng(render(200, 200, shade, inks));
}

interface Landscape {
  sun: { x: number; y: number; radius: number };
  stars: boolean;
  ridges: number;
  roughness: number;
  inks: readonly (readonly [number, number, number])[];
}

const LANDSCAPES: readonly Landscape[] = [
  {
    sun: { x: 0.42, y: 0.52, radius: 0.13 },
    stars: false,
    ridges: 4,
    roughness: 0.7,
    inks: [
      [44, 26, 62],
      [134, 56, 104],
      [236, 128, 108],
      [255, 206, 146],
      [255, 246, 224],
    ],
  },
  {
    sun: { x: 1.05, y: 0.2, radius: 0.1 },
    stars: false,
    ridges: 3,
    roughness: 0.45,
    inks: [
      [14, 60, 66],
      [34, 120, 110],
      [124, 190, 160],
      [214, 232, 200],
      [255, 253, 240],
    ],
  },
  {
    sun: { x: 0.75, y: 0.6, radius: 0.2 },
    stars: false,
    ridges: 5,
    roughness: 1,
    inks: [
      [46, 14, 20],
      [128, 32, 36],
      [218, 84, 44],
      [250, 170, 84],
      [255, 236, 190],
    ],
  },
  {
    sun: { x: 0.98, y: 0.26, radius: 0.08 },
    stars: true,
    ridges: 4,
    roughness: 0.6,
    inks: [
      [8, 12, 34],
      [24, 40, 88],
      [64, 92, 156],
      [156, 182, 220],
      [250, 250, 255],
    ],
  },
  {
    sun: { x: 0.3, y: 0.3, radius: 0.07 },
    stars: false,
    ridges: 6,
    roughness: 1.3,
    inks: [
      [22, 32, 36],
      [62, 86, 92],
      [126, 150, 152],
      [196, 210, 206],
      [248, 250, 246],
    ],
  },
  {
    sun: { x: 1.15, y: 0.42, radius: 0.16 },
    stars: true,
    ridges: 3,
    roughness: 0.8,
    inks: [
      [28, 14, 58],
      [84, 38, 132],
      [168, 86, 178],
      [242, 164, 190],
      [255, 238, 236],
    ],
  },
];

/** Fixed pseudo-random number from 0 to 1 for a cell of a grid. */
function hash(x: number, y: number): number {
  let h = (Math.imul(x, 374761393) + Math.imul(y, 668265263)) | 0;
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

function landscape(number: number, { sun, stars, ridges, roughness }: Landscape): Shade {
  return (x, y) => {
    const distance = Math.hypot(x - sun.x, y - sun.y);
    let value = (stars ? 0.16 : 0.5) + 0.3 * y + 0.28 * Math.exp(-distance * 4);
    if (stars && y < 0.55) {
      const column = Math.floor(x * 34);
      const row = Math.floor(y * 34);
      if (hash(column + number * 101, row) > 0.93) {
        const star = Math.hypot(x * 34 - column - 0.5, y * 34 - row - 0.5);
        value = mix(value, 0.95, smooth(0.22, 0.1, star));
      }
    }
    value = mix(value, 0.98, smooth(sun.radius, sun.radius - 0.008, distance));
    for (let ridge = 0; ridge < ridges; ridge++) {
      const depth = ridges === 1 ? 1 : ridge / (ridges - 1);
      const phase = number * 1.7 + ridge * 2.3;
      const height =
        0.52 +
        depth * 0.34 +
        roughness * (0.05 * Math.sin(x * (3 + ridge) + phase) + 0.025 * Math.sin(x * (8 + 2 * ridge) + phase * 2) + 0.01 * Math.sin(x * 23 + phase));
      value = mix(value, 0.46 - depth * 0.42 + 0.1 * (y - height), smooth(height, height + 0.006, y));
    }
    return value;
  };
}

/** Six landscapes of 240 x 160, each in the shades of one print. */
export function cards(): Buffer[] {
  return LANDSCAPES.map((scene, number) => encodePng(render(240, 160, landscape(number, scene), gradient(scene.inks))));
}
