/**
 * Percentiles of any number of durations in constant memory, in whole microseconds. Up to `EXACT_MAX` they are exact; beyond it, durations are counted in classes whose bounds grow by 2 %
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
/** Up to three months. */
const CLASSES = 1_500;
/** Durations below this one, in microseconds, have their class in a table: most of a large capture are so short, and a logarithm takes longer. */
const TABLE_END = 4_096;

/** Durations that are kept one by one. */
export const EXACT_MAX = 256;

export class Durations {
  #count = 0;
  /** Microseconds. Empty once there are more than `EXACT_MAX`. */
  #exact: number[] = [];
  /** By class, once there are more. */
  #classes: Uint32Array | null = null;
  #longestUs = -1;
  #longest: Omit<DurationSummary['max'], 'ms'> | null = null;

  /**
   * Adds one of so many whole microseconds; a negative one is not known, and left out.
   * @returns whether it is the longest so far: then `nameLongest` wants to be told which it is
   */
  add(us: number): boolean {
    if (us < 0) return false;
    this.#count++;
    if (this.#classes !== null) this.#classes[classOf(us)]!++;
    else if (this.#count <= EXACT_MAX) this.#exact.push(us);
    else this.#classify(us);
    if (us <= this.#longestUs) return false;
    this.#longestUs = us;
    return true;
  }

  /** The connection and the frames of the longest one. */
  nameLongest(stream: number, frames: Span['frames']): void {
    this.#longest = { stream, frames };
  }

  #classify(us: number): void {
    const classes = new Uint32Array(CLASSES);
    for (const kept of this.#exact) classes[classOf(kept)]!++;
    classes[classOf(us)]!++;
    this.#classes = classes;
    this.#exact = [];
  }

  /** `null` where there was none. */
  summary(): DurationSummary | null {
    if (this.#longest === null) return null;
    const max = { ms: this.#longestUs / 1e3, ...this.#longest };
    const exact = this.#exact.sort((a, b) => a - b);
    const at = (share: number): number => {
      let rank = Math.ceil(share * this.#count);
      if (this.#classes === null) return exact[rank - 1]! / 1e3;
      const place = this.#classes.findIndex((count) => {
        rank -= count;
        return rank <= 0;
      });
      return Math.min(middleOf(place), max.ms);
    };
    return { count: this.#count, p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), max };
  }
}

/** Class 0 is of those that took no whole microsecond, the last one of those that are longer than all others. */
const classOf = (us: number): number => (us < TABLE_END ? table()[us]! : computedClass(us));

const computedClass = (us: number): number => (us < 1 ? 0 : Math.min(1 + Math.floor(Math.log(us) / LOG_GROWTH), CLASSES - 1));

let classes: Uint16Array | null = null;
const table = (): Uint16Array => (classes ??= Uint16Array.from({ length: TABLE_END }, (_, us) => computedClass(us)));

/** In milliseconds. */
const middleOf = (place: number): number => (place === 0 ? 0 : Math.round(GROWTH ** (place - 0.5)) / 1e3);
