import type { LaneEvent } from '../lab/lane-protocol.ts';
import { laneCellId } from '../lab/plan.ts';
import type { CellOutcome, RunListener } from '../lab/run.ts';
import type { CellIdentity } from '../model.ts';
import { escapeLines } from '../report/escape.ts';
import { canRedraw } from '../system/terminal.ts';

const REDRAW_MS = 250;
/** How often a new line is written where the old one can't be replaced. */
const LINE_MS = 10_000;

type Phase = Extract<LaneEvent, { type: 'phase' }>['phase'];

/** What a lane does, in words. */
const DOING = {
  server: 'starting the server',
  capture: 'starting the capture',
  client: 'starting the client',
  watch: 'watching idle connections',
} satisfies Record<Exclude<Phase, 'step'>, string>;

interface LaneState {
  cell: CellIdentity;
  doing: string;
  untilEpochMs: number | null;
}

/** Reports on `stream` how long the run takes so far, which cells are done, what is waited for and until when, and which cells failed. */
export function progressOn(stream: NodeJS.WriteStream, total: number): RunListener & { stop(): void } {
  const lanes = new Map<string, LaneState>();
  const counts = { done: 0, failed: 0 };
  const redraws = canRedraw(stream);
  const startedAt = Date.now();
  let drawn = false;
  let wrote = false;

  const clear = () => {
    if (drawn) stream.write('\r\x1b[2K');
    drawn = false;
  };
  const draw = () => {
    if (!redraws) {
      if (lanes.size === 0) return;
      wrote = true;
      stream.write(`${fitted(partsOf(lanes, counts, total, startedAt), Number.POSITIVE_INFINITY)}\n`);
      return;
    }
    clear();
    stream.write(fitted(partsOf(lanes, counts, total, startedAt), Math.max(20, (stream.columns ?? 80) - 1)));
    drawn = true;
  };

  const timer = setInterval(draw, redraws ? REDRAW_MS : LINE_MS);
  return {
    begins(cell) {
      lanes.set(laneCellId(cell), { cell, doing: 'starting', untilEpochMs: null });
    },
    event(cell, event: LaneEvent) {
      const lane = lanes.get(laneCellId(cell));
      if (!lane || event.type !== 'phase') return;
      lane.doing = event.phase === 'step' ? `step ${event.step}` : DOING[event.phase];
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
      // The line that stays: on a terminal, and below other lines. A run that was over at once said nothing, and needs none.
      if (counts.done + counts.failed > 0 && (redraws || wrote))
        stream.write(`${fitted(ended(counts, total, startedAt), Number.POSITIVE_INFINITY)}\n`);
    },
  };
}

type Counts = Readonly<Record<'done' | 'failed', number>>;

/** The parts of the line, the most important first. */
function partsOf(lanes: ReadonlyMap<string, LaneState>, counts: Counts, total: number, startedAt: number): string[] {
  const waiting = [...lanes.values()].filter((lane) => lane.untilEpochMs !== null);
  const [first, ...others] = [...lanes.values()].filter((lane) => lane.untilEpochMs === null);
  const parts = ended(counts, total, startedAt);
  if (waiting.length > 0) {
    const last = waiting.reduce((a, b) => ((a.untilEpochMs ?? 0) > (b.untilEpochMs ?? 0) ? a : b));
    const until = last.untilEpochMs ?? 0;
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const what =
      waiting.length === 1 ? `${laneCellId(last.cell)} watches idle connections` : `${waiting.length} cells watch idle connections`;
    parts.push(`${what} until ${timeOfDay(until)} (${left} s)`);
  }
  if (first) parts.push(`${laneCellId(first.cell)}: ${first.doing}${others.length > 0 ? ` (+${others.length})` : ''}`);
  return parts;
}

const ended = ({ done, failed }: Counts, total: number, startedAt: number): string[] => [
  elapsed(Date.now() - startedAt),
  `${(done + failed).toLocaleString('en-US')}/${total.toLocaleString('en-US')} cells`,
  ...(failed > 0 ? [`${failed} failed`] : []),
];

/** As many parts as fit, the first ones before the others. */
function fitted(parts: readonly string[], columns: number): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line} · ${part}`;
    if (longer.length <= columns) line = longer;
  }
  return line;
}

/** `1:05`, `1:02:05`. */
function elapsed(ms: number): string {
  const s = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** The local time: `14:03:20`. */
const timeOfDay = (epochMs: number): string => new Date(epochMs).toLocaleTimeString('en-GB', { hour12: false });
