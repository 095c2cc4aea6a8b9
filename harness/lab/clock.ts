/** Whether somebody set this machine's clock while a cell was recorded: the times of its packets then can't be compared. */

/** The two clocks of this machine, in milliseconds: the one that can be set (CLOCK_REALTIME) and the one that can't (CLOCK_MONOTONIC). */
export interface Clocks {
  real(): number;
  monotonic(): number;
}

export const SYSTEM_CLOCKS: Clocks = { real: () => Date.now(), monotonic: () => performance.now() };

/** A step smaller than this is not reported: it is within the tolerance of every observation in time. Milliseconds. */
const STEP_LEAST_MS = 25;
/** A clock that is being adjusted gains or loses at most 500 parts per million (adjtimex(2)); twice that is no step. */
const DRIFT_MOST = 0.001;
const READINGS = 5;

/** Notices when the system clock is set while a capture runs, which would make its times wrong. */
export interface ClockWatch {
  /** Compares the clocks with what they were at the last call (or at the beginning). */
  look(): void;
  /** The largest step seen so far, in milliseconds, negative where the clock was set back; 0 where it was not set. */
  readonly stepMs: number;
}

/** Begins to watch the clocks. */
export function watchClock(clocks: Clocks = SYSTEM_CLOCKS): ClockWatch {
  let before = offsetOf(clocks);
  let stepMs = 0;
  return {
    look() {
      const now = offsetOf(clocks);
      const moved = now.offset - before.offset;
      const bound = STEP_LEAST_MS + (now.at - before.at) * DRIFT_MOST;
      if (Math.abs(moved) > bound && Math.abs(moved) > Math.abs(stepMs)) stepMs = Math.round(moved);
      before = now;
    },
    get stepMs() {
      return stepMs;
    },
  };
}

/** Of several readings the one in which the least time passed between the two clocks: the process may be interrupted between them. */
function offsetOf({ real, monotonic }: Clocks): { offset: number; at: number } {
  let best = { took: Number.POSITIVE_INFINITY, offset: 0, at: 0 };
  for (let reading = 0; reading < READINGS; reading++) {
    const began = monotonic();
    const time = real();
    const at = monotonic();
    if (at - began < best.took) best = { took: at - began, offset: time - at, at };
  }
  return best;
}
