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

/** Durations that are kept one by one. */
export const EXACT_MAX = 256;

export class Durations {
  #count = 0;
  /** Empty once there are more than `EXACT_MAX`. */
  #exact: number[] = [];
  /** By class; from a microsecond to a month there are some 1,500. */
  readonly #classes = new Map<number, number>();
  #max: DurationSummary['max'] | null = null;

  add({ ms, frames }: Span, stream: number): void {
    this.#count++;
    if (this.#count <= EXACT_MAX) this.#exact.push(ms);
    else if (this.#exact.length > 0) this.#exact = [];
    const place = ms < SHORTEST_MS ? -1 : Math.floor(Math.log(ms / SHORTEST_MS) / LOG_GROWTH);
    this.#classes.set(place, (this.#classes.get(place) ?? 0) + 1);
    if (this.#max === null || ms > this.#max.ms) this.#max = { ms, stream, frames };
  }

  /** `null` where there was none. */
  summary(): DurationSummary | null {
    const max = this.#max;
    if (max === null) return null;
    const classes = [...this.#classes].sort(([a], [b]) => a - b);
    const exact = this.#exact.sort((a, b) => a - b);
    const at = (share: number): number => {
      if (exact.length > 0) return exact[Math.ceil(share * this.#count) - 1]!;
      let rank = Math.ceil(share * this.#count);
      for (const [place, count] of classes) {
        rank -= count;
        if (rank <= 0) return Math.min(middleOf(place), max.ms);
      }
      return max.ms;
    };
    return { count: this.#count, p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), max };
  }
}

const middleOf = (place: number): number => (place < 0 ? 0 : Math.round(SHORTEST_MS * GROWTH ** (place + 0.5) * 1e3) / 1e3);
