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

/** The parts that are times of the exchange itself: what is idle between two requests is the client's. */
export const TIMED_PARTS = ['connect', 'request', 'firstByte', 'transfer', 'total'] as const;
export type TimedPart = (typeof TIMED_PARTS)[number];

const UNKNOWN = -1;

/** Those parts of one exchange after another in whole microseconds, without making an object; negative where the capture can't tell. */
export class TimedParts implements Record<TimedPart, number> {
  connect = UNKNOWN;
  request = UNKNOWN;
  firstByte = UNKNOWN;
  transfer = UNKNOWN;
  total = UNKNOWN;

  /** Moves to an exchange of the connection. */
  moveTo(exchange: TimedExchange, connection: TimedConnection): this {
    const { requestNs, responseNs } = exchange;
    const isRequestWhole = requestNs !== null && exchange.isRequestWhole;
    const isResponseWhole = responseNs !== null && exchange.isResponseWhole;
    const { waits } = connection;
    this.connect = exchange.index > 0 ? UNKNOWN : connectUs(connection);
    this.request = isRequestWhole ? passed(requestNs[0], requestNs[1]) : UNKNOWN;
    // An answer that came before the request was through shows no time to think.
    this.firstByte =
      isRequestWhole &&
      responseNs !== null &&
      exchange.responseFrames![0] >= exchange.requestFrames![1] &&
      (waits === null || !wasSentAgain(waits, requestNs[0], responseNs[0]))
        ? passed(requestNs[1], responseNs[0])
        : UNKNOWN;
    this.transfer = isResponseWhole ? passed(responseNs[0], responseNs[1]) : UNKNOWN;
    this.total = isRequestWhole && isResponseWhole ? passed(requestNs[0], responseNs[1]) : UNKNOWN;
    return this;
  }
}

/** A connection that is still followed makes its handshake anew each time: it is asked for it once. */
const connectUs = ({ handshake }: TimedConnection): number => (handshake === null ? UNKNOWN : passed(handshake.synNs, handshake.ackNs));

/** Whole microseconds between two times; `UNKNOWN` where the clock went back. */
const passed = (sinceNs: number, untilNs: number): number => (untilNs < sinceNs ? UNKNOWN : Math.round((untilNs - sinceNs) / 1e3));

const parts = new TimedParts();

/**
 * The parts of one exchange.
 * @param before the end of the response before it on the same connection; `null` where it is the first, or the one before is not known
 */
export function timingOf(exchange: TimedExchange, connection: TimedConnection, before: ResponseEnd | null): ExchangeTiming {
  const { requestFrames, responseFrames } = exchange;
  const { connect, request, firstByte, transfer, total } = parts.moveTo(exchange, connection);
  const handshake = exchange.index === 0 ? connection.handshake : null;
  const since = exchange.index === 0 ? handshake && { ns: handshake.ackNs, frame: handshake.ackFrame } : before;
  return {
    connect: handshake && span(connect, handshake.synFrame, handshake.ackFrame),
    idle: requestFrames && since && span(passed(since.ns, exchange.requestNs![0]), since.frame, requestFrames[0]),
    request: requestFrames && span(request, ...requestFrames),
    interim: exchange.interim.flatMap(({ status, frame, afterNs }) =>
      afterNs === null || afterNs < 0 ? [] : [{ status, ms: passed(0, afterNs) / 1e3, frame }],
    ),
    firstByte: requestFrames && responseFrames && span(firstByte, requestFrames[1], responseFrames[0]),
    transfer: responseFrames && span(transfer, ...responseFrames),
    total: requestFrames && responseFrames && span(total, requestFrames[0], responseFrames[1]),
  };
}

/** Whether the request may have reached the server later than the capture shows it first. */
const wasSentAgain = (waits: readonly TcpWait[], fromNs: number, untilNs: number): boolean =>
  waits.some((wait) => wait.kind === 'retransmission-timeout' && wait.fromNs <= untilNs && wait.untilNs >= fromNs);

/** `null` where the capture can't tell. */
const span = (us: number, first: number, last: number): Span | null => (us < 0 ? null : { ms: us / 1e3, frames: [first, last] });

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
