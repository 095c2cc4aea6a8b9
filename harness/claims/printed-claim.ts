import type { Judgement, PrintedName, Say, Shown } from './claim.ts';
import { lacking, notObservable } from './judging.ts';

/** One side of a claim that is judged twice: on the rows that the report prints, and on today's server. `null`: not there. */
export interface Side {
  holds: boolean;
  seen: Say;
  evidence: Shown[];
  ladder?: Judgement['ladder'];
}

export interface TwoSides {
  /** Absent where the report prints no rows of it. */
  printed?: { name: PrintedName; side: Side | null };
  today?: { missing: string[] } | Side;
  filter: string;
}

/** The verdict is today's; where the claim is about a printed capture alone, that capture's. */
export function judgeBoth({ printed, today, filter }: TwoSides): Judgement {
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

export const missingOf = (...needs: { server: string; client: string; scenario: string }[]): { missing: string[] } => ({
  missing: needs.map(({ server, client, scenario }) => `${server}/${client}/${scenario}`),
});
