/**
 * Where the time of an exchange went, from its packets. No time is negative, and none is given that the capture can't show: then it is `null`.
 *
 * Times are those at the place of the capture: made at the client, they hold the way to the server and back; made at the server, they do not.
 */
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import type { Connection, TcpWait } from '../model.ts';

/** A time in milliseconds, and the frames between which it passed. */
export interface Span {
  ms: number;
  frames: [first: number, last: number];
}

/** The parts of an exchange. `null`: the capture can't tell, or there was no such part. */
export interface ExchangeTiming {
  /** From the SYN to the ACK that ends the handshake; only of the first exchange of a connection. */
  connect: Span | null;
  /** How long the connection was idle before: from the end of its handshake, or of the response before, to the first byte of the request. */
  idle: Span | null;
  /** From the first to the last segment of the request. */
  request: Span | null;
  /** Interim responses (RFC 9110 §15.2): from the end of the request's head to each. */
  interim: { status: number; ms: number; frame: number }[];
  /** The server's think time: from the last segment of the request to the first of the final response. */
  firstByte: Span | null;
  /** From the first to the last segment of the final response. */
  transfer: Span | null;
  /** From the first segment of the request to the last of the response. */
  total: Span | null;
}

/** What has to be known of the connection of an exchange. */
export type TimedConnection = Pick<Connection, 'handshake'> & { readonly waits: readonly TcpWait[] | null };

/** The end of a response. */
export interface ResponseEnd {
  ns: number;
  frame: number;
}

/** What has to be known of an exchange. */
export type TimedExchange = Pick<
  ExchangeSummary,
  'index' | 'requestFrames' | 'requestNs' | 'isRequestWhole' | 'interim' | 'responseFrames' | 'responseNs' | 'isResponseWhole'
>;

/** Where the response of an exchange ended; `null` where the capture can't tell. */
export const responseEndOf = ({ responseFrames, responseNs, isResponseWhole }: TimedExchange): ResponseEnd | null =>
  isResponseWhole ? { ns: responseNs![1], frame: responseFrames![1] } : null;

/** The parts that are times of the exchange itself, in nanoseconds, without making an object; negative where the capture can't tell. */
export const PARTS_NS = {
  connect: ({ index }: TimedExchange, { handshake }: TimedConnection): number =>
    index > 0 || handshake === null ? -1 : handshake.ackNs - handshake.synNs,
  request: ({ isRequestWhole, requestNs }: TimedExchange): number => (isRequestWhole ? requestNs![1] - requestNs![0] : -1),
  // An answer that came before the request was through shows no time to think.
  firstByte: (
    { isRequestWhole, requestNs, requestFrames, responseNs, responseFrames }: TimedExchange,
    { waits }: TimedConnection,
  ): number =>
    !isRequestWhole ||
    responseNs === null ||
    responseFrames![0] < requestFrames![1] ||
    (waits !== null && wasSentAgain(waits, requestNs![0], responseNs[0]))
      ? -1
      : responseNs[0] - requestNs![1],
  transfer: ({ isResponseWhole, responseNs }: TimedExchange): number => (isResponseWhole ? responseNs![1] - responseNs![0] : -1),
  total: ({ isRequestWhole, requestNs, isResponseWhole, responseNs }: TimedExchange): number =>
    isRequestWhole && isResponseWhole ? responseNs![1] - requestNs![0] : -1,
};

/**
 * The parts of one exchange.
 * @param before the end of the response before it on the same connection; `null` where it is the first, or the one before is not known
 */
export function timingOf(exchange: TimedExchange, connection: TimedConnection, before: ResponseEnd | null): ExchangeTiming {
  const { requestFrames, responseFrames } = exchange;
  const handshake = exchange.index === 0 ? connection.handshake : null;
  const since = exchange.index === 0 ? handshake && { ns: handshake.ackNs, frame: handshake.ackFrame } : before;
  return {
    connect: handshake && span(PARTS_NS.connect(exchange, connection), handshake.synFrame, handshake.ackFrame),
    idle: requestFrames && since && span(exchange.requestNs![0] - since.ns, since.frame, requestFrames[0]),
    request: requestFrames && span(PARTS_NS.request(exchange), ...requestFrames),
    interim: exchange.interim.flatMap(({ status, frame, afterNs }) =>
      afterNs === null || afterNs < 0 ? [] : [{ status, ms: toMilliseconds(afterNs), frame }],
    ),
    firstByte: requestFrames && responseFrames && span(PARTS_NS.firstByte(exchange, connection), requestFrames[1], responseFrames[0]),
    transfer: responseFrames && span(PARTS_NS.transfer(exchange), ...responseFrames),
    total: requestFrames && responseFrames && span(PARTS_NS.total(exchange), requestFrames[0], responseFrames[1]),
  };
}

/** Whether the request may have reached the server later than the capture shows it first. */
const wasSentAgain = (waits: readonly TcpWait[], fromNs: number, untilNs: number): boolean =>
  waits.some((wait) => wait.kind === 'retransmission-timeout' && wait.fromNs <= untilNs && wait.untilNs >= fromNs);

/** `null` where the capture can't tell, or the clock went back. */
const span = (ns: number, first: number, last: number): Span | null => (ns < 0 ? null : { ms: toMilliseconds(ns), frames: [first, last] });

/** Microseconds are kept. */
export const toMilliseconds = (ns: number): number => Math.round(ns / 1e3) / 1e3;

/** The timing of exchanges as they end, each with the one before it on its connection. */
export class Timings {
  /** The last exchange of each connection that is still followed. */
  readonly #last = new WeakMap<object, { index: number; end: ResponseEnd | null }>();

  of(exchange: TimedExchange, connection: TimedConnection): ExchangeTiming {
    const last = this.#last.get(connection);
    this.#last.set(connection, { index: exchange.index, end: responseEndOf(exchange) });
    return timingOf(exchange, connection, last?.index === exchange.index - 1 ? last.end : null);
  }
}
