/**
 * Where the time of an exchange went, from its packets. No time is negative, and none is given that the capture can't show: then it is `null`.
 *
 * Times are those at the place of the capture: made at the client, they hold the way to the server and back; made at the server, they do not.
 */
import type { Connection, Exchange, Message, TcpWait } from '../model.ts';

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

/** The part of `Exchange` that the idle time before the next one begins with. */
export type Before = Pick<Exchange, 'request' | 'response'>;

/**
 * The parts of one exchange.
 * @param before the exchange before it on the same connection; `null` where it is the first, or the one before is not known
 */
export function timingOf(exchange: Exchange, connection: TimedConnection, before: Before | null): ExchangeTiming {
  const { request, response } = exchange;
  const isFirst = exchange.index === 0;
  const { handshake } = connection;
  const wholeRequest = request !== null && isWhole(request) ? request : null;
  const wholeResponse = response !== null && isWhole(response) ? response : null;
  return {
    connect: isFirst && handshake !== null ? span(handshake.synNs, handshake.ackNs, handshake.synFrame, handshake.ackFrame) : null,
    idle: request === null ? null : isFirst ? sinceHandshake(request, connection) : sinceResponse(request, before),
    request: wholeRequest && within(wholeRequest),
    interim: request === null ? [] : interimOf(request, exchange),
    firstByte:
      wholeRequest && response && !wasSentAgain(connection, wholeRequest.startNs, response.startNs)
        ? between(wholeRequest, response)
        : null,
    transfer: wholeResponse && within(wholeResponse),
    total:
      wholeRequest && wholeResponse
        ? span(wholeRequest.startNs, wholeResponse.endNs, wholeRequest.frames[0], wholeResponse.frames[1])
        : null,
  };
}

/** All of it is in the capture. */
const isWhole = (message: Message): boolean =>
  message.complete && !message.problems.some(({ kind }) => kind === 'gap-in-head' || kind === 'gap-in-body');

const within = (message: Message): Span | null => span(message.startNs, message.endNs, message.frames[0], message.frames[1]);

function sinceHandshake(request: Message, { handshake }: TimedConnection): Span | null {
  return handshake && span(handshake.ackNs, request.startNs, handshake.ackFrame, request.frames[0]);
}

function sinceResponse(request: Message, before: Before | null): Span | null {
  const response = before?.response;
  return response && isWhole(response) ? span(response.endNs, request.startNs, response.frames[1], request.frames[0]) : null;
}

/** An answer that came before the request was through shows no time to think. */
const between = (request: Message, response: Message): Span | null =>
  response.frames[0] < request.frames[1] ? null : span(request.endNs, response.startNs, request.frames[1], response.frames[0]);

function interimOf(request: Message, { interim }: Exchange): ExchangeTiming['interim'] {
  return interim.flatMap(({ status, startNs, headFrames: [frame] }) => {
    const found = span(request.headEndNs, startNs, request.headFrames[1], frame);
    return found ? [{ status, ms: found.ms, frame }] : [];
  });
}

/** Whether the request may have reached the server later than the capture shows it first. */
const wasSentAgain = ({ waits }: TimedConnection, fromNs: number, untilNs: number): boolean =>
  waits?.some((wait) => wait.kind === 'retransmission-timeout' && wait.fromNs <= untilNs && wait.untilNs >= fromNs) ?? false;

/** `null` where the clock went back. */
function span(fromNs: number, untilNs: number, first: number, last: number): Span | null {
  return untilNs < fromNs ? null : { ms: Math.round((untilNs - fromNs) / 1e3) / 1e3, frames: [first, last] };
}
