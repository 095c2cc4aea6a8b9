/** Which value is the usual one: shared by the reports and the page of the HTML report. */
import type { ServerRow } from './run-result.ts';

/** The value that more rows share than any other. */
export interface RowMajority<Row> {
  /** A row that has the value; where values agree within a tolerance, the one that agrees with the most rows. */
  row: Row;
  /** Rows that agree with it, itself included. */
  agreeing: number;
  /** Rows that were counted. */
  voting: number;
}

/** Fewer rows than this show nothing usual. */
const QUORUM = 2;

/** The majority among `voters`; `null` where no two agree, or where two values are equally frequent. */
export function majorityOf<Row>(voters: readonly Row[], agree: (a: Row, b: Row) => boolean): RowMajority<Row> | null {
  const counted = voters.map((row) => ({ row, agreeing: voters.filter((other) => agree(row, other)).length }));
  const best = counted.reduce<(typeof counted)[number] | null>((top, one) => (top && top.agreeing >= one.agreeing ? top : one), null);
  if (!best || best.agreeing < QUORUM) return null;
  const tied = counted.some((other) => other.agreeing === best.agreeing && !agree(best.row, other.row));
  return tied ? null : { ...best, voting: voters.length };
}

/**
 * The rows that decide what is usual: real servers in their default settings. Models and variants are compared but have no vote,
 * unless fewer than two others are there.
 */
export function votersOf<Row>(
  rows: readonly Row[],
  serverOf: (row: Row) => Pick<ServerRow, 'provenance' | 'variantOf'> | undefined,
): readonly Row[] {
  const usual = rows.filter((row) => {
    const server = serverOf(row);
    return server?.provenance === 'real' && server.variantOf === null;
  });
  return usual.length >= QUORUM ? usual : rows;
}
