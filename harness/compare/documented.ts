/** What a server's documentation says of its time-outs, beside what the packets show. */
import { cellId, type ObservedValue } from '../model.ts';
import { isObserved } from './matrix.ts';
import type { DocumentedDefault, RunResult, ServerRow } from './run-result.ts';

export type TimerId = Exclude<keyof NonNullable<ServerRow['documented']>, 'looked'>;

/** Which observation measures a timer. */
const MEASURED_BY: readonly [timer: TimerId, observation: string][] = [
  ['idle', 'idle.used-s'],
  ['head', 'idle.partial-head-s'],
  ['requests', 'keepalive.max-requests'],
];

/** `unseen`: the watch ended before the documented time, so that the packets can't show it. */
export type DocumentedVerdict = 'agrees' | 'differs' | 'unseen' | 'undocumented';

/** What is documented of a timer, and whether what was measured agrees with it. */
export interface DocumentedJudgement {
  timer: TimerId;
  /** `null`: not documented. */
  documented: DocumentedDefault | null;
  /** Where it is documented, or where it was looked for. */
  source: { source: string; read: string } | null;
  verdict: DocumentedVerdict;
}

/** One timer of one server: documented and measured. */
export interface DocumentedTimer extends DocumentedJudgement {
  server: string;
  observation: string;
  /** The cell that shows it, and its value there. */
  cell: string;
  measured: ObservedValue;
}

/** Many servers look at their timers once a second, and some let the longer ones run over by a tenth. Seconds. */
const LATE_S = 1.5;
const LATE_SHARE = 0.1;
/** A timer can't end before its time but by the clock's grain. Seconds. */
const EARLY_S = 0.5;
/** The probe sends more requests than this on one connection. */
const REQUESTS_SENT = 1_000;

/** Every timer that the run measured of a server whose documentation is known, in the order of the servers. */
export function documentedTimers(run: Pick<RunResult, 'servers' | 'cells'>): DocumentedTimer[] {
  const cells = run.cells.filter(isObserved);
  return run.servers.flatMap(({ id, documented }) => {
    if (!documented) return [];
    return MEASURED_BY.flatMap(([timer, observation]): DocumentedTimer[] => {
      const cell = cells.find(({ server, values }) => server === id && values[observation]);
      const measured = cell?.values[observation];
      if (!cell || !measured) return [];
      return [{ server: id, observation, cell: cellId(cell), measured, ...judged(timer, documented, measured) }];
    });
  });
}

/** The same for one value of a row; `null` where it is no timer, or nothing is known of the server. */
export function documentedBeside(
  { documented }: Pick<ServerRow, 'documented'>,
  observation: string,
  measured: ObservedValue,
): DocumentedJudgement | null {
  const timer = MEASURED_BY.find(([, measuring]) => measuring === observation)?.[0];
  return timer && documented ? judged(timer, documented, measured) : null;
}

function judged(timer: TimerId, defaults: NonNullable<ServerRow['documented']>, measured: ObservedValue): DocumentedJudgement {
  const documented = defaults[timer];
  return { timer, documented, source: documented ?? defaults.looked ?? null, verdict: verdictOf(timer, documented, measured) };
}

function verdictOf(timer: TimerId, said: DocumentedDefault | null, { value, windowS }: ObservedValue): DocumentedVerdict {
  if (said === null) return 'undocumented';
  const least = said.value;
  if (typeof value !== 'number') {
    if (least === null) return 'agrees';
    if (timer === 'requests') return least > REQUESTS_SENT ? 'unseen' : 'differs';
    return windowS !== undefined && windowS >= latest(said, least) ? 'differs' : 'unseen';
  }
  if (least === null) return 'differs';
  if (timer === 'requests') return value === least ? 'agrees' : 'differs';
  return value >= least - EARLY_S && value <= latest(said, least) ? 'agrees' : 'differs';
}

/** The latest moment at which a timer may end and still be as documented. Seconds. */
function latest({ atMost }: DocumentedDefault, least: number): number {
  const most = atMost ?? least;
  return most + Math.max(LATE_S, LATE_SHARE * most);
}
