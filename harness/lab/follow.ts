/** What a run does at this moment, as its listeners are told. */
import type { CellIdentity } from '../model.ts';
import type { LaneEvent } from './lane-protocol.ts';
import { laneCellId } from './plan.ts';
import type { CellOutcome, RunListener } from './run.ts';

type Phase = Extract<LaneEvent, { type: 'phase' }>['phase'];

/** What a cell does. `untilEpochMs`: when its watch of idle connections ends; `null` while it does not watch. */
export interface CellUnderWay {
  cell: CellIdentity;
  doing: Phase | 'begins';
  /** The id of the scenario's step. */
  step: string | null;
  untilEpochMs: number | null;
}

export interface FollowedRun extends RunListener {
  readonly startedAt: number;
  readonly counts: Readonly<Record<'done' | 'failed', number>>;
  readonly all: number;
  /** The cells that watch idle connections: the one that does so the longest, and how many there are; `null` where none does. */
  watching(): { last: CellUnderWay; count: number } | null;
  /** The other cells under way, in the order in which they began. */
  acting(): CellUnderWay[];
}

/** Follows a run of so many cells from now on. */
export function followRun(all: number): FollowedRun {
  const lanes = new Map<string, CellUnderWay>();
  const counts = { done: 0, failed: 0 };
  const isWatching = ({ untilEpochMs }: CellUnderWay): boolean => untilEpochMs !== null;
  return {
    startedAt: Date.now(),
    counts,
    all,
    watching() {
      const waiting = [...lanes.values()].filter(isWatching);
      const [first, ...others] = waiting;
      if (!first) return null;
      return { last: others.reduce((a, b) => ((a.untilEpochMs ?? 0) > (b.untilEpochMs ?? 0) ? a : b), first), count: waiting.length };
    },
    acting: () => [...lanes.values()].filter((lane) => !isWatching(lane)),
    begins(cell) {
      lanes.set(laneCellId(cell), { cell, doing: 'begins', step: null, untilEpochMs: null });
    },
    event(cell, event) {
      const lane = lanes.get(laneCellId(cell));
      if (!lane || event.type !== 'phase') return;
      lane.doing = event.phase;
      lane.step = event.phase === 'step' ? event.step : null;
      lane.untilEpochMs = event.phase === 'watch' ? event.untilEpochMs : null;
    },
    ends(outcome: CellOutcome) {
      lanes.delete(laneCellId(outcome.cell));
      if (outcome.state === 'observed') counts.done++;
      else counts.failed++;
    },
    oneByOne: () => lanes.clear(),
  };
}
