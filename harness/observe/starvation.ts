/** Whether connections on which nothing happens keep the server from answering others. */
import type { Connection, Evidence, Observation, ObservedValue } from '../model.ts';
import { exchangeFrames } from './asked.ts';
import { defineObservation } from './observation.ts';
import { type AnsweredExchange, frameList, isAnswered, isAsked, medianOf, openedInStep, round, value } from './step.ts';

const PLAIN = ['starvation.plain', 'starvation.plain-second', 'starvation.plain-third'];

/** From the request's last byte to the response's first, in milliseconds. */
const waitMs = ({ request, response }: AnsweredExchange): number => (response.startNs - request.endNs) / 1e6;

const answeredOn = (connection: Connection): AnsweredExchange[] => connection.exchanges.filter(isAnswered);

/** The first answers of the connections that have none beside them. */
const alone = (evidence: Evidence): AnsweredExchange[] =>
  PLAIN.flatMap((step) => openedInStep(evidence, step)).flatMap((connection) => answeredOn(connection).slice(0, 1));

const aloneMs = (evidence: Evidence): number | null => {
  const median = medianOf(alone(evidence), waitMs);
  return median && waitMs(median);
};

export type Beside = 'one' | 'many' | 'reader';

/** A request beside connections that are held. */
export interface Blocked {
  connection: Connection;
  /** The connections that are held. */
  others: Connection[];
  /** How long it waited for its answer, or at least did; milliseconds. */
  waitedMs: number;
  answered: boolean;
  /** Whether the answer came only once one of the others was closed. */
  freed: boolean;
  /** What the same request takes alone. */
  aloneMs: number;
  frames: number[];
}

const OTHERS: Readonly<Record<Beside, readonly string[]>> = {
  one: ['starvation.silent'],
  many: ['starvation.many-silent', 'starvation.many-half'],
  reader: ['starvation.reader'],
};

/** The request beside these connections; `null` where it was not sent, or they did not do what they should. */
export function besideOthers(evidence: Evidence, beside: Beside): Blocked | null {
  const [connection] = openedInStep(evidence, `starvation.beside-${beside}`);
  const exchange = connection?.exchanges.find(isAsked);
  const usual = aloneMs(evidence);
  const others = OTHERS[beside].flatMap((step) => openedInStep(evidence, step));
  if (!connection || !exchange || usual === null || others.length === 0) return null;
  const sentNs = exchange.request.endNs;
  // One that is closed, or a download that is over, holds up nobody.
  if (others.some(({ firstClose }) => firstClose !== null && firstClose.timeNs < sentNs)) return null;
  if (beside === 'reader' && !others.every(isUnread)) return null;
  const held = frameList(others.map(({ firstFrame }) => firstFrame).slice(0, 1));
  const frames = frameList(held, exchangeFrames(exchange));
  if (isAnswered(exchange)) {
    const freed = others.some(({ firstClose }) => firstClose !== null && firstClose.timeNs <= exchange.response.startNs);
    return { connection, others, waitedMs: waitMs(exchange), answered: true, freed, aloneMs: usual, frames };
  }
  const untilNs = connection.firstClose?.timeNs ?? evidence.capture.endNs;
  return { connection, others, waitedMs: (untilNs - sentNs) / 1e6, answered: false, freed: false, aloneMs: usual, frames };
}

/** Whether the server has more to send than the client takes. */
const isUnread = ({ exchanges }: Connection): boolean => exchanges.some((exchange) => isAsked(exchange) && !exchange.response?.complete);

function besideValue(evidence: Evidence, beside: Beside): ObservedValue | null {
  const found = besideOthers(evidence, beside);
  if (!found) return null;
  const { waitedMs, answered, aloneMs: usual, frames } = found;
  const note = { note: `alone: ${round(usual, 1)} ms` };
  if (answered) return value(round(waitedMs, 3), frames, note);
  return value(null, frames, { windowS: round(waitedMs / 1e3, 1), ...note });
}

const beside = (id: Beside, title: string, others: string): Observation =>
  defineObservation({
    id: `starvation.beside-${id}-ms`,
    title,
    unit: 'ms',
    definition: `How long a request on a connection of its own waits for the first byte of its response beside ${others}. The note has the median of the same request alone. null: no answer within window-s. Frames: the SYN of the first of those connections, and the heads of the request and of the response.`,
    spec: null,
    scenario: 'starvation',
    observe: (evidence) => besideValue(evidence, id),
  });

/** By how much the first answer on a new connection takes longer than the second; one entry a connection that shows both. */
export function acceptCosts(evidence: Evidence): { connection: Connection; ms: number; frames: number[] }[] {
  return PLAIN.flatMap((step) => openedInStep(evidence, step)).flatMap((connection) => {
    const [first, second] = answeredOn(connection);
    if (!first || !second) return [];
    return [{ connection, ms: waitMs(first) - waitMs(second), frames: frameList(exchangeFrames(first), exchangeFrames(second)) }];
  });
}

const accept = defineObservation({
  id: 'starvation.accept-ms',
  title: 'extra time for a new connection',
  unit: 'ms',
  definition:
    'By how much the first answer on a new connection takes longer than the second one of the same page on the same connection: the median of three connections. No value where the server closes after each response. Frames: the heads of both exchanges of the median connection.',
  spec: null,
  scenario: 'starvation',
  observe(evidence) {
    const median = medianOf(acceptCosts(evidence), ({ ms }) => ms);
    return median && value(round(Math.max(0, median.ms), 3), median.frames);
  },
});

export const starvation = [
  accept,
  beside('one', 'beside one silent connection', 'one connection on which nothing was sent'),
  beside(
    'many',
    'beside sixteen silent connections',
    'sixteen connections, eight on which nothing was sent and eight with half a request head',
  ),
  beside('reader', 'beside a slow reader', 'downloads that the client has asked for and does not read'),
];
