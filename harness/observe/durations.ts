/**
 * Percentiles of any number of durations in constant memory. Up to `EXACT_MAX` they are exact; beyond it, durations are counted in classes whose bounds grow by 2 %
 * (as DDSketch does, VLDB 2019), so that a percentile is right within 1 %. The longest one is exact always, with its frames.
 */
import type { Span } from './timing.ts';

/** What is known of many durations. A percentile is the value of rank ⌈p · count⌉. */
export interface DurationSummary {
  count: number;
  p50Ms: number;
  p90Ms: number;
  p99Ms: number;
  max: { ms: number; stream: number; frames: Span['frames'] };
}

/** The bounds of two classes differ by this factor: their middle is off by 1 % at most. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);
/** Captures count microseconds or less: what is shorter is one class. */
const SHORTEST_MS = 0.001;
/** Up to three months. */
const CLASSES = 1_500;

/** Durations that are kept one by one. */
export const EXACT_MAX = 256;

export class Durations {
  #count = 0;
  /** Empty once there are more than `EXACT_MAX`. */
  #exact: number[] = [];
  /** By class, once there are more. */
  #classes: Uint32Array | null = null;
  #max: DurationSummary['max'] | null = null;

  add({ ms, frames }: Span, stream: number): void {
    if (this.isLongest(ms)) this.#max = { ms, stream, frames };
    this.addShorter(ms);
  }

  /** Whether one of so many milliseconds would be the longest so far. */
  isLongest(ms: number): boolean {
    return this.#max === null || ms > this.#max.ms;
  }

  /** Adds one that is not the longest, so that its frames don't matter. */
  addShorter(ms: number): void {
    this.#count++;
    if (this.#count <= EXACT_MAX) this.#exact.push(ms);
    else this.#classify(ms);
  }

  #classify(ms: number): void {
    if (this.#classes === null) {
      this.#classes = new Uint32Array(CLASSES);
      for (const kept of this.#exact) this.#classes[classOf(kept)]!++;
      this.#exact = [];
    }
    this.#classes[classOf(ms)]!++;
  }

  /** `null` where there was none. */
  summary(): DurationSummary | null {
    const max = this.#max;
    if (max === null) return null;
    const exact = this.#exact.sort((a, b) => a - b);
    const at = (share: number): number => {
      let rank = Math.ceil(share * this.#count);
      if (this.#classes === null) return exact[rank - 1]!;
      const place = this.#classes.findIndex((count) => {
        rank -= count;
        return rank <= 0;
      });
      return Math.min(middleOf(place), max.ms);
    };
    return { count: this.#count, p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), max };
  }
}

/** Class 0 is of what is shorter than `SHORTEST_MS`, the last one of what is longer than all others. */
const classOf = (ms: number): number =>
  ms < SHORTEST_MS ? 0 : Math.min(1 + Math.floor(Math.log(ms / SHORTEST_MS) / LOG_GROWTH), CLASSES - 1);

const middleOf = (place: number): number => (place === 0 ? 0 : Math.round(SHORTEST_MS * GROWTH ** (place - 0.5) * 1e3) / 1e3);
