import { cellId } from '../compare/run-result.ts';
import type { CellNeed, Judgement, PrintedName, Say, Shown } from './claim.ts';
import { lacking, notObservable } from './judging.ts';

/** One side of a claim that is judged twice: on the rows that the report prints, and on today's server. `null`: not there. */
export interface Trial {
  holds: boolean;
  seen: Say;
  evidence: Shown[];
  ladder?: Judgement['ladder'];
}

export interface Trials {
  /** Absent where the report prints no rows of it. */
  printed?: { name: PrintedName; side: Trial | null };
  today?: { missing: string[] } | Trial;
  filter: string;
}

/** The verdict is today's; where the claim is about a printed capture alone, that capture's. */
export function judgeBoth({ printed, today, filter }: Trials): Judgement {
  const side = printed?.side ?? null;
  const rest: Partial<Judgement> = {
    seen: side ? [side.seen] : [],
    evidence: side?.evidence ?? [],
    ladder: side?.ladder ?? null,
    filter,
    needed: null,
  };
  if (printed && !side)
    return notObservable(
      (words) => words.both.rowsMissing(printed.name),
      (words) => words.both.needRows(printed.name),
      rest,
    );
  if (today && 'missing' in today) return lacking(today.missing, rest);
  const whole = {
    ...rest,
    seen: [...(side ? [side.seen] : []), ...(today ? [today.seen] : [])],
    evidence: [...(side?.evidence ?? []), ...(today?.evidence ?? [])],
    ladder: today?.ladder ?? side?.ladder ?? null,
    filter,
    needed: null,
  };
  if (side && !side.holds) return { ...whole, verdict: 'contradicted', because: (words) => words.both.rowsDiffer };
  if (today && !today.holds) return { ...whole, verdict: 'contradicted', because: (words) => words.both.todayDiffers };
  if (!today) return { ...whole, verdict: 'reproduced', because: (words) => words.both.rowsShow };
  return { ...whole, verdict: 'reproduced', because: (words) => (side ? words.both.bothShow : words.both.todayShows) };
}

/** Today's side of a claim whose cells are not in the run. */
export const missingOf = (...needs: CellNeed[]): { missing: string[] } => ({ missing: needs.map(cellId) });
