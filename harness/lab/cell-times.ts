import { type LaneCell, laneCellId } from './plan.ts';
import type { RunListener } from './run.ts';

/** How long one run of a cell took, in milliseconds: as a whole, and without the watch of idle connections. */
export interface CellTimes {
  durationMs: number;
  activeMs: number;
}

interface Running {
  startMs: number;
  watchedMs: number;
  watchStartMs: number | null;
}

/** Measures what passes on its way to `listener`. `of` is empty for a cell that was not run. */
export function timed(
  listener: RunListener,
  now: () => number = () => performance.now(),
): RunListener & { of(cell: LaneCell): Partial<CellTimes> } {
  const running = new Map<string, Running>();
  const done = new Map<string, CellTimes>();
  const endWatch = (one: Running): void => {
    if (one.watchStartMs !== null) one.watchedMs += now() - one.watchStartMs;
    one.watchStartMs = null;
  };
  return {
    ...listener,
    begins(cell) {
      running.set(laneCellId(cell), { startMs: now(), watchedMs: 0, watchStartMs: null });
      listener.begins(cell);
    },
    event(cell, event) {
      const one = running.get(laneCellId(cell));
      if (one) {
        endWatch(one);
        if (event.type === 'phase' && event.phase === 'watch') one.watchStartMs = now();
      }
      listener.event(cell, event);
    },
    ends(outcome) {
      const one = running.get(laneCellId(outcome.cell));
      if (one) {
        endWatch(one);
        const durationMs = now() - one.startMs;
        done.set(laneCellId(outcome.cell), { durationMs: Math.round(durationMs), activeMs: Math.round(durationMs - one.watchedMs) });
      }
      listener.ends(outcome);
    },
    of: (cell) => done.get(laneCellId(cell)) ?? {},
  };
}
