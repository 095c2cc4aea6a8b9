import { cellId } from '../compare/run-result.ts';
import { connectionOptions, field } from '../http/fields.ts';
import type { Connection, Exchange, ResponseMessage, Side } from '../model.ts';
import { advertisedIn } from '../observe/keepalive.ts';
import { frameList, round } from '../observe/step.ts';
import type { CellFacts, CellNeed, Facts, Judgement, Say, Shown } from './claim.ts';
import { answered, usedConnections } from './facts.ts';
import type { Lifetimes } from './shapes.ts';

/** The cells of needs, or the ids of those that are not there. */
export function gather<K extends string>(facts: Facts, wanted: Record<K, CellNeed>): Record<K, CellFacts> | { missing: string[] } {
  const found = Object.entries<CellNeed>(wanted).map(([key, need]) => [key, facts.find(need), need] as const);
  const missing = found.filter(([, cell]) => cell === null).map(([, , need]) => cellId(need));
  if (missing.length > 0) return { missing };
  return Object.fromEntries(found.map(([key, cell]) => [key, cell])) as Record<K, CellFacts>;
}

export const lacksCells = (gathered: object): gathered is { missing: string[] } => 'missing' in gathered;

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

/** Cells that the claim needs were not run, or failed. */
export const lacking = (missing: readonly string[], rest: Partial<Judgement> = {}): Judgement =>
  notObservable(
    (words) => words.cellsMissing([...missing]),
    (words) => words.needCells([...missing]),
    rest,
  );

/** Frames of an observation's own value. */
export const shownValue = (cell: CellFacts, observation: string): Shown[] => {
  const frames = cell.values[observation]?.frames ?? [];
  return frames.length > 0 ? [{ cell: cell.id, observation, frames }] : [];
};

export const shown = (cell: CellFacts, observation: string, ...frames: Parameters<typeof frameList>): Shown[] => {
  const list = frameList(...frames);
  return list.length > 0 ? [{ cell: cell.id, observation, frames: list }] : [];
};

/** Requests and answers as frames: first of the request, head of the response. */
export const exchangeStarts = ({ request, response }: Exchange): (number | undefined)[] => [request?.frames[0], response?.headFrames[0]];

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

/** From a response's last byte to a side's FIN. Who is first by a fraction of a millisecond is a race; that one closes at once, without waiting for the other, is not. */
export function finMs(side: Side, connection: Connection | null | undefined, response: ResponseMessage | null | undefined): number | null {
  const finNs = connection?.sides[side].finNs ?? null;
  return finNs === null || !response ? null : msOf(finNs - response.endNs);
}

/** `timeout` that the responses of a cell name; `null` where none does. */
export const advertisedS = (cell: CellFacts): number | null => {
  for (const { response } of answered(cell)) {
    const named = advertisedIn(response)?.timeoutS ?? null;
    if (named !== null) return named;
  }
  return null;
};

export const serverHeader = (cell: CellFacts): string =>
  answered(cell)
    .map(({ response }) => field(response, 'server'))
    .find((name) => name !== null) ?? cell.server;

export const msOf = (ns: number): number => round(ns / 1e6, 3);
export const secondsOf = (ns: number, digits = 1): number => round(ns / 1e9, digits);
