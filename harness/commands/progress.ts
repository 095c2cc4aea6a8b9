import type { LaneEvent } from '../lab/lane-protocol.ts';
import { laneCellId } from '../lab/plan.ts';
import type { CellOutcome, RunListener } from '../lab/run.ts';
import { type CellIdentity, cellId } from '../model.ts';
import { escapeLines } from '../report/escape.ts';
import { canRedraw } from '../system/terminal.ts';

const REDRAW_MS = 250;
/** How often a new line is written where the old one can't be replaced. */
const LINE_MS = 10_000;

interface LaneState {
  cell: CellIdentity;
  doing: string;
  untilEpochMs: number | null;
}

/** Reports on `stream` which lanes work, which wait and for how much longer, and which cells failed. */
export function progressOn(stream: NodeJS.WriteStream, total: number): RunListener & { stop(): void } {
  const lanes = new Map<string, LaneState>();
  const counts = { done: 0, failed: 0 };
  const redraws = canRedraw(stream);
  let drawn = false;

  const clear = () => {
    if (drawn) stream.write('\r\x1b[2K');
    drawn = false;
  };
  const draw = () => {
    if (!redraws) {
      if (lanes.size > 0) stream.write(`${line()}\n`);
      return;
    }
    clear();
    stream.write(line().slice(0, Math.max(20, (stream.columns ?? 80) - 1)));
    drawn = true;
  };
  const line = (): string => {
    const waiting = [...lanes.values()].filter((lane) => lane.untilEpochMs !== null);
    const busy = [...lanes.values()].filter((lane) => lane.untilEpochMs === null);
    const parts = [`${counts.done + counts.failed}/${total} cells`];
    if (counts.failed > 0) parts.push(`${counts.failed} failed`);
    const [first] = busy;
    if (first) parts.push(`${cellId(first.cell)}: ${first.doing}${busy.length > 1 ? ` (+${busy.length - 1})` : ''}`);
    if (waiting.length > 0) {
      const last = waiting.reduce((a, b) => ((a.untilEpochMs ?? 0) > (b.untilEpochMs ?? 0) ? a : b));
      const left = Math.max(0, Math.ceil(((last.untilEpochMs ?? 0) - Date.now()) / 1000));
      parts.push(`${waiting.length} watch idle connections, ${left} s at most (${cellId(last.cell)})`);
    }
    return parts.join(' · ');
  };

  const timer = setInterval(draw, redraws ? REDRAW_MS : LINE_MS);
  return {
    begins(cell) {
      lanes.set(laneCellId(cell), { cell, doing: 'starts', untilEpochMs: null });
    },
    event(cell, event: LaneEvent) {
      const lane = lanes.get(laneCellId(cell));
      if (!lane || event.type !== 'phase') return;
      lane.doing = event.phase === 'step' ? `step ${event.step}` : event.phase;
      lane.untilEpochMs = event.phase === 'watch' ? event.untilEpochMs : null;
    },
    ends(outcome: CellOutcome) {
      lanes.delete(laneCellId(outcome.cell));
      if (outcome.state === 'observed') counts.done++;
      else counts.failed++;
      if (outcome.state === 'failed') {
        clear();
        stream.write(`${escapeLines(`failed: ${laneCellId(outcome.cell)}: ${outcome.reason}`)}\n`);
      }
    },
    oneByOne(why) {
      clear();
      lanes.clear();
      stream.write(`${why}: one cell after the other from here on\n`);
    },
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}
