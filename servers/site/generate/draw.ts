import type { IndexedImage } from './png.ts';

/** Brightness of the picture at a point, 0 to 1. `x` runs from 0 to width / height, `y` from 0 (top) to 1. */
export type Shade = (x: number, y: number) => number;

type Rgb = readonly [number, number, number];

/** `v`, limited to the range from 0 to 1. */
export const clamp = (v: number): number => Math.min(1, Math.max(0, v));

/** 0 below `from`, 1 above `to`, smooth between. */
export function smooth(from: number, to: number, v: number): number {
  const t = clamp((v - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** Linear interpolation: `a` at `t` = 0, `b` at `t` = 1. */
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

/** 256 colours along the stops: a picture is drawn in shades of one scale, as a print in few inks. */
export function gradient(stops: readonly Rgb[]): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const position = (i / 255) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(position));
    for (let c = 0; c < 3; c++) palette[i * 3 + c] = Math.round(mix(stops[left]![c]!, stops[left + 1]![c]!, position - left));
  }
  return palette;
}

/** Draws with three by three samples a pixel. */
export function render(width: number, height: number, shade: Shade, palette: Uint8Array): IndexedImage {
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let s = 0; s < 9; s++) sum += clamp(shade((x + ((s % 3) + 0.5) / 3) / height, (y + (Math.floor(s / 3) + 0.5) / 3) / height));
      pixels[y * width + x] = Math.round((sum / 9) * 255);
    }
  }
  return { width, height, pixels, palette };
}
