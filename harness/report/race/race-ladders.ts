/** The ladders of a race's examples, drawn from their captures. */
import type { Connection, Exchange, Language } from '../../model.ts';
import type { Pair, RaceResult } from '../../race/judge/pair.ts';
import type { RaceHop } from '../html/page-format.ts';
import { framesByStream, type Ladder, ladderOf } from '../ladder.ts';
import { ladderText } from '../ladder-text.ts';
import type { CapturedEvidence } from '../reporter.ts';
import { exampled, keyOf, LADDERS_DRAWN, type Ladders } from './race-markdown.ts';

const COLUMNS = 100;
/** Arrows of one connection; a client's carries many requests before. */
const ARROWS = 18;

/** A connection of an example. */
export interface HopLadder {
  of: RaceHop;
  connection: Connection;
  /** That of the request, or of its repetition. */
  exchange: Exchange;
  /** The request's first frame. */
  frame: number;
  ladder: Ladder;
}

/** The connection that raced, that of the client, and that on which the request was sent again: those that the capture has. */
export function hopsOf({ example }: Pick<Pair, 'example'>, { connections, frames = [] }: CapturedEvidence): HopLadder[] {
  if (example === null) return [];
  const { stream, clientStream, repeatStream, target } = example.detail;
  const own = framesByStream(frames);
  const hops: [of: RaceHop, stream: number | null][] = [
    ['race', stream],
    ['client', clientStream],
    ['repeat', repeatStream],
  ];
  return hops.flatMap(([of, wanted]): HopLadder[] => {
    const connection = connections.find((one) => one.stream === wanted);
    const exchange = connection?.exchanges.find(({ request }) => request?.target === target);
    const frame = exchange?.request?.frames[0];
    if (connection === undefined || exchange === undefined || frame === undefined) return [];
    return [{ of, connection, exchange, frame, ladder: ladderUntil(connection, exchange, own.get(connection.stream) ?? []) }];
  });
}

/** The ladder of a connection up to an exchange, without what comes long before it. */
function ladderUntil(connection: Connection, exchange: Exchange, frames: NonNullable<CapturedEvidence['frames']>): Ladder {
  const { exchanges } = connection;
  const place = exchanges.indexOf(exchange);
  const next = exchanges[place + 1]?.request?.frames[0] ?? Number.POSITIVE_INFINITY;
  const before = exchanges[place - 1]?.request?.frames[0] ?? 0;
  const first = exchanges[0]?.response?.frames[1] ?? 0;
  const until = { ...connection, exchanges: exchanges.slice(0, place + 1), exchangeCount: place + 1 };
  const isCut = place > 2 && before > first;
  const shown = frames.filter(({ frame }) => frame < next && (!isCut || frame <= first || frame >= before));
  return ladderOf(until, shown, { arrows: ARROWS, ...(isCut ? { resumesAt: before } : {}) });
}

/** Reads a capture by its path in the results, with its frames; `null` where it is missing: the results may have been copied without. */
export type EvidenceOf = (capture: string) => Promise<CapturedEvidence | null>;

/** The ladders of `race.md`. @throws where a capture can't be read */
export async function laddersOf({ pairs }: RaceResult, evidenceOf: EvidenceOf, language: Language): Promise<Ladders> {
  const ladders = new Map<string, string[]>();
  for (const pair of exampled(pairs).slice(0, LADDERS_DRAWN)) {
    const evidence = await evidenceOf(pair.example!.capture);
    const race = evidence && hopsOf(pair, evidence).find(({ of }) => of === 'race');
    if (race) ladders.set(keyOf(pair), ladderText(race.ladder, { language, columns: COLUMNS }));
  }
  return ladders;
}
