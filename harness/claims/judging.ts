import { cellId } from '../compare/run-result.ts';
import { connectionOptions } from '../http/fields.ts';
import type { Connection, Exchange, ResponseMessage, Side } from '../model.ts';
import { advertisedIn } from '../observe/keepalive.ts';
import { frameList, round } from '../observe/step.ts';
import type { CellFacts, CellNeed, Facts, Judgement, Say, Shown } from './claim.ts';
import { answered, usedConnections } from './facts.ts';
import type { Lifetimes } from './shapes.ts';

/** The cells that meet the needs, under the same keys; where some are not in the run, the ids of those. */
export function gather<K extends string>(facts: Facts, wanted: Record<K, CellNeed>): Record<K, CellFacts> | { missing: string[] } {
  const found = Object.entries<CellNeed>(wanted).map(([key, need]) => [key, facts.find(need), need] as const);
  const missing = found.filter(([, cell]) => cell === null).map(([, , need]) => cellId(need));
  if (missing.length > 0) return { missing };
  return Object.fromEntries(found.map(([key, cell]) => [key, cell])) as Record<K, CellFacts>;
}

/** Whether `gather` lacked cells. */
export const lacksCells = (gathered: object): gathered is { missing: string[] } => 'missing' in gathered;

/** A judgement of `not-observable`, with the reason and what would be needed. */
export const notObservable = (because: Say, needed: Say, rest: Partial<Judgement> = {}): Judgement => ({
  seen: [],
  evidence: [],
  ladder: null,
  filter: null,
  ...rest,
  verdict: 'not-observable',
  because,
  needed,
});

/** The judgement where cells that the claim needs were not run or failed. */
export const lacking = (missing: readonly string[], rest: Partial<Judgement> = {}): Judgement =>
  notObservable(
    (words) => words.cellsMissing([...missing]),
    (words) => words.needCells([...missing]),
    { ...rest, missing },
  );

/** The frames of an observation's value, as evidence. */
export const shownValue = (cell: CellFacts, observation: string): Shown[] => {
  const frames = cell.values[observation]?.frames ?? [];
  return frames.length > 0 ? [{ cell: cell.id, observation, frames }] : [];
};

/** These frames as evidence. */
export const shown = (cell: CellFacts, observation: string, ...frames: Parameters<typeof frameList>): Shown[] => {
  const list = frameList(...frames);
  return list.length > 0 ? [{ cell: cell.id, observation, frames: list }] : [];
};

/** The first frame of the request and of the response. */
export const exchangeStarts = ({ request, response }: Exchange): (number | undefined)[] => [request?.frames[0], response?.headFrames[0]];

/** The frame of each connection's first FIN or RST. */
export const closeFrames = (connections: readonly Connection[]): (number | undefined)[] =>
  connections.map((connection) => connection.firstClose?.frame);

/** Counts the connections of a cell by use and by who ended them. */
export function lifetimes(cell: CellFacts): Lifetimes {
  const used = usedConnections(cell);
  const responses = answered(cell).map((exchange) => exchange.response);
  const says = (option: string) => responses.filter((response) => connectionOptions(response).includes(option)).length;
  return {
    requests: responses.length,
    connections: used.length,
    mostOnOne: Math.max(0, ...used.map((connection) => connection.exchanges.filter(({ response }) => response !== null).length)),
    sayClose: says('close'),
    sayKeepAlive: says('keep-alive'),
    http11: responses.filter((response) => response.version === '1.1').length,
    closedByServer: used.filter((connection) => connection.firstClose?.by === 'server').length,
    closedByClient: used.filter((connection) => connection.firstClose?.by === 'client').length,
    open: used.filter((connection) => connection.firstClose === null).length,
  };
}

/** Milliseconds from a response's last byte to a side's FIN; `null` where it sent none. Which of two FINs comes first by a fraction of a millisecond is a race; whether a side closes at once is not. */
export function finMs(side: Side, connection: Connection | null | undefined, response: ResponseMessage | null | undefined): number | null {
  const finNs = connection?.sides[side].finNs ?? null;
  return finNs === null || !response ? null : msOf(finNs - response.endNs);
}

/** The first `timeout` that a Keep-Alive header of the cell names, in seconds; `null` where none does. */
export const advertisedS = (cell: CellFacts): number | null => {
  for (const { response } of answered(cell)) {
    const named = advertisedIn(response)?.timeoutS ?? null;
    if (named !== null) return named;
  }
  return null;
};

/** Nanoseconds as milliseconds, to three decimals. */
export const msOf = (ns: number): number => round(ns / 1e6, 3);
/** Nanoseconds as seconds. */
export const secondsOf = (ns: number, digits = 1): number => round(ns / 1e9, digits);
