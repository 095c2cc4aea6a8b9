import { cellId } from '../compare/run-result.ts';
import type { CellNeed, Judgement, PrintedName, Say, Shown } from './claim.ts';
import { lacking, notObservable } from './judging.ts';

/** What one test of a claim shows: on the rows that the report prints, or on today's server. */
export interface Trial {
  holds: boolean;
  seen: Say;
  evidence: Shown[];
  ladder?: Judgement['ladder'];
}

export interface Trials {
  /** Absent where the report prints no rows for it; `null`: they are not in the facts. */
  printed?: { name: PrintedName; side: Trial | null };
  today?: { missing: string[] } | Trial;
  filter: string;
}

/** Judges a claim by both tests: the printed rows must show it, and then today's server decides (where the claim needs one). */
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
