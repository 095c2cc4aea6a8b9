import { type CellUnderWay, type FollowedRun, followRun } from '../lab/follow.ts';
import { laneCellId } from '../lab/plan.ts';
import type { RunListener } from '../lab/run.ts';
import { escapeLines } from '../report/escape.ts';
import { canRedraw } from '../system/terminal.ts';

const REDRAW_MS = 250;
/** How often a new line is written where the old one can't be replaced. */
const LINE_MS = 10_000;

/** What a lane does, in words. */
const DOING = {
  begins: 'starting',
  server: 'starting the server',
  capture: 'starting the capture',
  client: 'starting the client',
  watch: 'watching idle connections',
} satisfies Record<Exclude<CellUnderWay['doing'], 'step'>, string>;

/** Reports on `stream` how long the run takes so far, which cells are done, what is waited for and until when, and which cells failed. */
export function progressOn(stream: NodeJS.WriteStream, total: number): RunListener & { stop(): void } {
  const run = followRun(total);
  const redraws = canRedraw(stream);
  let drawn = false;
  let wrote = false;

  const clear = () => {
    if (drawn) stream.write('\r\x1b[2K');
    drawn = false;
  };
  const draw = () => {
    if (!redraws) {
      if (run.watching() === null && run.acting().length === 0) return;
      wrote = true;
      stream.write(`${fitted(partsOf(run), Number.POSITIVE_INFINITY)}\n`);
      return;
    }
    clear();
    stream.write(fitted(partsOf(run), Math.max(20, (stream.columns || 80) - 1)));
    drawn = true;
  };

  const timer = setInterval(draw, redraws ? REDRAW_MS : LINE_MS);
  return {
    begins: run.begins,
    event: run.event,
    ends(outcome) {
      run.ends(outcome);
      if (outcome.state !== 'failed') return;
      clear();
      stream.write(`${escapeLines(`failed: ${laneCellId(outcome.cell)}: ${outcome.reason}`)}\n`);
    },
    oneByOne(why) {
      clear();
      run.oneByOne?.(why);
      stream.write(`${why}: one cell after the other from here on\n`);
    },
    stop() {
      clearInterval(timer);
      clear();
      // The line that stays: on a terminal, and below other lines. A run that was over at once said nothing, and needs none.
      if (run.counts.done + run.counts.failed > 0 && (redraws || wrote)) stream.write(`${fitted(ended(run), Number.POSITIVE_INFINITY)}\n`);
    },
  };
}

/** The parts of the line, the most important first. */
function partsOf(run: FollowedRun): string[] {
  const parts = ended(run);
  const watching = run.watching();
  if (watching) {
    const { last, count } = watching;
    const until = last.untilEpochMs ?? 0;
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const what = count === 1 ? `${laneCellId(last.cell)} watches idle connections` : `${count} cells watch idle connections`;
    parts.push(`${what} until ${timeOfDay(until)} (${left} s)`);
  }
  const [first, ...others] = run.acting();
  if (first) {
    const doing = first.doing === 'step' ? `step ${first.step}` : DOING[first.doing];
    parts.push(`${laneCellId(first.cell)}: ${doing}${others.length > 0 ? ` (+${others.length})` : ''}`);
  }
  return parts;
}

const ended = ({ counts: { done, failed }, all, startedAt }: FollowedRun): string[] => [
  elapsed(Date.now() - startedAt),
  `${(done + failed).toLocaleString('en-US')}/${all.toLocaleString('en-US')} cells`,
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
