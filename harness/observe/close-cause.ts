import { connectionOptions, field } from '../http/fields.ts';
import type { Connection, Evidence, Exchange, FirstClose, RequestMessage, ResponseMessage, Side, TcpWait } from '../model.ts';
import { advertisedIn, announcesClose } from './keepalive.ts';
import { hasEnded, type MissingPart, missingParts, sentOnlySyns, showsClose } from './missing.ts';
import { defineObservation } from './observation.ts';
import { SHUTDOWN_STEPS } from './shutdown.ts';
import {
  byteBeforeClose,
  connectionsIn,
  frameList,
  headFrames,
  isUsed,
  lastByteFrame,
  lastByteNs,
  lastStep,
  medianOf,
  round,
  value,
  watchedS,
} from './step.ts';
import { isAtNamedTime, isAtOnce } from './timers.ts';

/** The causes of a close that packets can show, each with what it means. */
export const CAUSES = {
  refused: 'nothing listens on the port: the SYN was answered with RST',
  shutdown: 'the server was told to stop',
  'advertised-timer': 'the idle timeout advertised in Keep-Alive: timeout expired',
  'unadvertised-timer': 'an idle timeout expired that no response advertised',
  'request-limit': 'the server ended a connection that it had kept open so far, with its last response (a request limit)',
  'connection-close': 'the response said Connection: close',
  'client-asked': 'the request said Connection: close',
  'http-1.0': 'HTTP/1.0 without keep-alive: the connection ends with the response',
  'close-delimited': 'the response has no length: the close marks its end',
  'request-timeout': 'the server gave up waiting for a request, or for the rest of one',
  'error-response': 'the server closed after an error response',
  'server-abort': 'the server ended the connection in the middle of its response',
  'no-answer': 'the server closed instead of answering',
  'unread-data':
    'the kernel reset the connection: the server closed it before reading everything the client sent, or the client sent data on a connection already closed',
  'after-response': 'the server closed right after a response that did not announce it',
  'client-policy': 'the client closed a connection that the server kept open',
  'client-abort': 'the client left before the response was complete',
} as const;

export type CloseCause = keyof typeof CAUSES;

export interface CauseOfClose {
  /** `null` where the capture can't show it. */
  cause: CloseCause | null;
  /** The evidence in words, beyond what `CAUSES` says of the cause; or why there is none. */
  because: string | null;
  frames: number[];
  /** Parts of the connection that are not in the capture. */
  missing: MissingPart[];
}

/** As long as the connection is whole. */
type Found = Omit<CauseOfClose, 'missing'>;
/** A first close, and when the last byte before it came. */
type TimedClose = FirstClose & { idleMs: number };

/** What is looked at besides the connection: `exchanges`, or, in a capture that is read in constant memory, what those so far say. */
export type CloseContext = Pick<Evidence, 'steps'> & (Pick<Evidence, 'exchanges'> | { closesAlways: boolean });

/**
 * The likely cause of the first FIN or RST of a connection, from that connection's packets (and, for a shutdown, from the mark of the step
 * in which the server was stopped). `null` while it is open.
 */
export function causeOfClose(connection: Connection, evidence: CloseContext): CauseOfClose | null {
  const close = connection.firstClose;
  if (isUnanswered(connection)) {
    // A client that gets no answer asks again.
    const isSure = connection.sides.client.retransmissions > 0;
    return unknown(isSure ? 'no SYN-ACK came' : 'no SYN-ACK is in the capture', frameList(connection.firstFrame, connection.lastFrame));
  }
  if (!close) return null;
  const missing = missingParts(connection);
  if (isRefused(connection)) return { cause: 'refused', because: null, frames: frameList(connection.firstFrame, close.frame), missing };
  const unread = unreadIn(connection);
  if (unread !== null || !showsClose(connection, missing) || !(isTimed(close) || isUntimed(connection, missing)))
    return unknown(unread, [close.frame], missing);
  const tunnel = tunnelOf(connection);
  if (tunnel) return unknown('it carries what is not read since it became a tunnel', frameList(headFrames(tunnel), close.frame), missing);
  if (close.isForged) return unknown(`the ${close.by} went on sending after it: the RST was not its own`, [close.frame], missing);
  const silence = silenceOf(connection, close);
  if (silence !== null) return unknown(silence, frameList(byteBeforeClose(connection), close.frame), missing);
  return { ...(close.by === 'client' ? byClient(connection, close) : byServer(connection, close, evidence)), missing };
}

/** Keep-alive probes without an answer after which an end is taken to have given up. */
const PROBES_LEAST = 3;

/** Where an end resets a connection whose other end no longer answers: what went unanswered. `null` else. */
function silenceOf(connection: Connection, { by, how, frame }: FirstClose): string | null {
  if (how !== 'RST') return null;
  const { sides } = connection;
  const own = sides[by];
  const other = sides[by === 'client' ? 'server' : 'client'];
  const heard = Math.max(other.lastPayloadFrame ?? 0, own.lastPayloadFrame ?? 0, other.keepAliveAckFrames.at(-1) ?? 0);
  if (own.keepAliveProbeFrames.filter((probe) => probe > heard && probe < frame).length >= PROBES_LEAST)
    return 'its TCP keep-alive probes went unanswered';
  return sentInVain(connection, by) === null ? null : UNACKNOWLEDGED;
}

const UNACKNOWLEDGED = 'what it sent again and again was never acknowledged';

/** As often a segment is sent again before its end is taken to have given up. */
const RETRIES_LEAST = 3;

/** The segment that this end sent last, and again and again, and that was never acknowledged; `null` where there is none. */
export function sentInVain({ sides, waits }: Connection, by: Side): TcpWait | null {
  const { unacknowledged = 0, lastPayloadNs } = sides[by];
  const last = waits.findLast(({ kind, side }) => kind === 'retransmission-timeout' && side === by);
  return unacknowledged > 1 && last !== undefined && last.untilNs === lastPayloadNs && last.frames.length > RETRIES_LEAST ? last : null;
}

const isTimed = (close: FirstClose): close is TimedClose => close.idleMs !== null;

/** Where nothing is missing, and the times alone hide how long the connection was idle. */
const isUntimed = ({ handshake }: Connection, missing: readonly MissingPart[]): boolean => handshake !== null && missing.length === 0;

const ofUnknownTime = ({ frame }: FirstClose): Found => ({
  cause: null,
  because: 'the times in the capture do not show how long it was idle',
  frames: [frame],
});

const UNREAD = { tls: 'it carries TLS', 'http/2': 'it carries HTTP/2', other: 'what it carries is not HTTP' } as const;

function unreadIn({ protocol, unknownProtocol }: Connection): string | null {
  if (unknownProtocol) return unknownProtocol === 'cut' ? 'none of its payload was captured' : 'the capture begins after its first bytes';
  return protocol === 'tls' || protocol === 'http/2' || protocol === 'other' ? UNREAD[protocol] : null;
}

const unknown = (because: string | null, frames: number[], missing: MissingPart[] = []): CauseOfClose => ({
  cause: null,
  because,
  frames,
  missing,
});

/** The client's SYN was answered by nothing. */
const isUnanswered = (connection: Connection): boolean => connection.sides.server.frames === 0 && sentOnlySyns(connection);

/** The response with which the connection became a tunnel (101, or a 2xx to CONNECT). */
const tunnelOf = ({ exchanges }: Connection): ResponseMessage | null => {
  const response = exchanges.at(-1)?.response;
  return response?.framing === 'tunnel' ? response : null;
};

/** A RST of the server answered the SYN. */
const isRefused = (connection: Connection): boolean => {
  const { zeekState, firstClose } = connection;
  return zeekState === 'REJ' && firstClose?.by === 'server' && firstClose.how === 'RST' && sentOnlySyns(connection);
};

function byClient(connection: Connection, close: FirstClose): Found {
  const last = connection.exchanges.at(-1);
  const response = last?.response ?? null;
  const isEnded = response !== null && hasEnded(response);
  if (isEnded && close.how === 'FIN' && response.frames[1] > close.frame)
    return connection.sides.client.rstFrame === null ? halfClosed(response, close.frame) : leftBefore(response, close.frame);
  // Only the server's close would have ended it.
  if (response?.framing === 'close')
    return { ...leftBefore(response, close.frame), because: 'only the close by the server would have ended the response' };
  if (isEnded && announcesClose(response)) return obeyed(response, close.frame);
  const pending = last?.request && (!isEnded || (close.how === 'RST' && response.frames[1] > close.frame));
  const frames = frameList(response?.headFrames[0], lastByteFrame(connection), close.frame);
  if (pending) return { cause: 'client-abort', because: sentInVain(connection, 'client') === null ? null : UNACKNOWLEDGED, frames };
  return isTimed(close) ? { cause: 'client-policy', because: idleFor(connection, close), frames } : ofUnknownTime(close);
}

/** The client ended its side after its request, and still took the rest of the response (RFC 9293 §3.6). */
const halfClosed = (response: ResponseMessage, closeFrame: number): Found => ({
  cause: 'client-policy',
  because: 'it ended its own side only: the response came, or went on, after that',
  frames: frameList(closeFrame, headFrames(response)),
});

/** The client closed before the response had come, and did not take it. */
const leftBefore = (response: ResponseMessage, closeFrame: number): Found => ({
  cause: 'client-abort',
  because: null,
  frames: frameList(closeFrame, headFrames(response)),
});

/** The client closes, since the response says that the connection ends. */
function obeyed(response: ResponseMessage, closeFrame: number): Found {
  const frames = frameList(headFrames(response), closeFrame);
  if (connectionOptions(response).includes('close')) return { cause: 'connection-close', because: null, frames };
  return { cause: 'http-1.0', because: `the response is HTTP/${response.version}`, frames };
}

/** The exchanges that the server had seen when it closed: not those that it raced. */
const seenBefore = ({ exchanges, keepAliveRace }: Connection): readonly Exchange[] =>
  keepAliveRace ? exchanges.filter(({ request }) => request === null || request.frames[0] < keepAliveRace.request) : exchanges;

function byServer(connection: Connection, close: FirstClose, evidence: CloseContext): Found {
  const frames = frameList(byteBeforeClose(connection), close.frame);
  const stop = evidence.steps.find(({ id }) => SHUTDOWN_STEPS.has(id));
  if (stop && close.frame >= stop.frame) return { cause: 'shutdown', because: null, frames: frameList(stop.frame, frames) };
  const seen = seenBefore(connection);
  const last = seen.at(-1);
  const response = last?.response ?? null;
  if (response && !hasEnded(response) && !isUnreadable(response)) return aborted(response, close);
  if (response?.status === 408) return { cause: 'request-timeout', because: '408', frames: frameList(headFrames(response), close.frame) };
  if (last?.request && !response) return isTimed(close) ? withoutAnswer(connection, close, frames, evidence) : ofUnknownTime(close);
  if (close.how === 'RST' && leftUnread(connection, last, close)) return { cause: 'unread-data', because: null, frames };
  if (response && last?.request && connectionOptions(last.request).includes('close')) {
    return { cause: 'client-asked', because: null, frames: frameList(headFrames(last.request), close.frame) };
  }
  if (response && announcesClose(response)) return announced(connection, last!, response, close.frame, evidence);
  if (response?.framing === 'close')
    return { cause: 'close-delimited', because: null, frames: frameList(headFrames(response), close.frame) };
  if (!isTimed(close)) return ofUnknownTime(close);
  if (isAtOnce(close.idleMs)) {
    // A connection that nothing was sent on was not idle for long enough: it may have been refused so.
    if (!response) return { cause: null, because: `nothing was sent, and it closed ${seconds(close.idleMs)} after the handshake`, frames };
    return isOld(last?.request ?? null)
      ? { cause: 'http-1.0', because: 'the request is HTTP/1.0', frames: frameList(headFrames(last!.request!), close.frame) }
      : atOnce(connection, last!, response, close);
  }
  return timer(connection, close);
}

/** Whether its chunks are broken: where it ends nobody knows. */
const isUnreadable = ({ problems }: ResponseMessage): boolean =>
  problems.some(({ kind }) => kind === 'invalid-chunk-size' || kind === 'missing-chunk-crlf');

/** A request of HTTP/1.0 that does not ask for a connection that is kept (RFC 9112 §9.3). */
const isOld = (request: RequestMessage | null): boolean => request?.version === '1.0' && !connectionOptions(request).includes('keep-alive');

/** The server ends inside its response. */
function aborted(response: ResponseMessage, close: FirstClose): Found {
  const frames = frameList(headFrames(response), response.frames[1], close.frame);
  const { framing, bodyBytes, bodyWireBytes } = response;
  let because = `${close.how} inside its head`;
  if (framing === 'content-length') because = `${close.how} after ${bodyWireBytes} of ${field(response, 'content-length')} bytes`;
  else if (response.problems.some(({ kind }) => kind === 'missing-end-of-chunks'))
    because = `${close.how} after ${bodyBytes} bytes and the last chunk, without the empty line that ends the body`;
  else if (framing === 'chunked') because = `${close.how} after ${bodyBytes} bytes, without the last chunk`;
  else if (framing === 'close') because = `${close.how} after ${bodyWireBytes} bytes of a body that ends with the connection`;
  return { cause: 'server-abort', because, frames };
}

/** The cause of a close that the head of the response announces. */
function announced(
  { midStream }: Connection,
  { request, index }: Exchange,
  response: ResponseMessage,
  closeFrame: number,
  evidence: CloseContext,
): Found {
  const frames = frameList(headFrames(response), closeFrame);
  if (!connectionOptions(response).includes('close'))
    return { cause: 'http-1.0', because: `the response is HTTP/${response.version}`, frames };
  const kept = index;
  if (isOld(request) && (kept > 0 || response.status >= 400)) return { cause: 'http-1.0', because: 'the request is HTTP/1.0', frames };
  if (kept > 0 && response.framing === 'close') return { cause: 'close-delimited', because: null, frames };
  if (response.status >= 400 && !closesAlways(evidence)) {
    return { cause: 'error-response', because: `${response.status} with Connection: close`, frames };
  }
  if (kept > 0)
    return {
      cause: 'request-limit',
      because: midStream ? 'Connection: close on a later response' : `Connection: close on response ${kept + 1} of the connection`,
      frames,
    };
  return { cause: 'connection-close', because: null, frames };
}

/** Whether this server announces a close in every successful response too. */
function closesAlways(context: CloseContext): boolean {
  if ('closesAlways' in context) return context.closesAlways;
  const successes = context.exchanges.flatMap(({ response }) => (response && response.status < 400 ? [response] : []));
  return successes.length > 0 && successes.every(announcesClose);
}

/** Whether the RST shows that the server closed before it had read all the client sent: bytes came after its answer, or the answer is to an upload. */
function leftUnread(connection: Connection, last: Exchange | undefined, { idleMs }: FirstClose): boolean {
  if (connection.keepAliveRace !== null) return false;
  if (sentAfter(connection, last?.response ?? null)) return true;
  const isUpload = last?.request !== undefined && last.request !== null && last.request.framing !== 'none';
  return isUpload && last.response !== null && idleMs !== null && isAtOnce(idleMs);
}

/** Whether the client sent bytes after the server's response had begun. */
function sentAfter(connection: Connection, response: ResponseMessage | null): boolean {
  const sent = connection.sides.client.lastPayloadFrame;
  return sent !== null && (response === null || sent > response.headFrames[0]);
}

function withoutAnswer(connection: Connection, close: TimedClose, frames: number[], evidence: CloseContext): Found {
  const seen = seenBefore(connection);
  const served = seen.filter((exchange) => exchange.response !== null);
  const answered = served.at(-1);
  const before = answered?.response ?? null;
  // A pipelined request after a response that announced it was the last.
  if (answered && before && announcesClose(before)) return announced(connection, answered, before, close.frame, evidence);
  const sinceMs = (close.timeNs - sinceNs(connection)) / 1e6;
  if (isInsideHead(seen.at(-1), close) && !isAtOnce(sinceMs)) {
    const since = served.length > 0 ? 'the response before' : 'the handshake';
    return {
      cause: 'request-timeout',
      because: `inside the head of a request, ${seconds(sinceMs)} after ${since}`,
      frames: frameList(connection.sides.server.lastPayloadFrame, seen.at(-1)?.request?.headFrames[0], close.frame),
    };
  }
  if (close.how === 'RST' && served.length > 0) return { cause: 'unread-data', because: null, frames };
  if (!seen.at(-1)?.request?.complete && !isAtOnce(close.idleMs)) {
    return { cause: 'request-timeout', because: `no response, ${seconds(close.idleMs)} after half a request`, frames };
  }
  if (served.length === 0 && connection.sides.server.payloadBytes > 0)
    return { cause: 'no-answer', because: 'what it sent is not HTTP/1.x', frames };
  if (!isAtOnce(close.idleMs)) return { cause: 'no-answer', because: `it waited ${seconds(close.idleMs)}`, frames };
  return { cause: 'no-answer', because: null, frames };
}

/** Whether only a part of the request's head had come when the server closed. */
function isInsideHead(last: Exchange | undefined, close: FirstClose): boolean {
  if (!last?.request) return false;
  const { headFrames: head, offset, headBytes, complete, framing } = last.request;
  if (close.acknowledged !== null && head[1] > close.frame) return close.acknowledged < offset + headBytes;
  return head[1] > close.frame || (!complete && framing === 'none' && head[0] < close.frame);
}

/** When the server's part in the connection ended: its last byte, or the handshake. */
const sinceNs = ({ sides, handshake, startNs }: Connection): number => sides.server.lastPayloadNs ?? handshake?.ackNs ?? startNs;

function atOnce({ midStream }: Connection, { index }: Exchange, response: ResponseMessage, close: TimedClose): Found {
  const frames = frameList(headFrames(response), close.frame);
  if (response.status >= 400) return { cause: 'error-response', because: `${response.status}, ${seconds(close.idleMs)} before`, frames };
  if (index > 0)
    return {
      cause: 'request-limit',
      because: midStream ? `after at least ${index + 1} requests, without saying so` : `after ${index + 1} requests, without saying so`,
      frames,
    };
  return { cause: 'after-response', because: null, frames };
}

/** A close that nothing else explains is a timer's: the one that a `Keep-Alive` header on this connection named, or another. */
function timer(connection: Connection, close: TimedClose): Found {
  const idle = seconds(close.idleMs);
  const naming = connection.exchanges.findLast(
    (exchange) => exchange.response && advertisedIn(exchange.response)?.timeoutS != null,
  )?.response;
  const frames = frameList(naming ? headFrames(naming) : [], byteBeforeClose(connection), close.frame);
  if (!naming) return { cause: 'unadvertised-timer', because: idleFor(connection, close), frames };
  const named = advertisedIn(naming)?.timeoutS ?? 0;
  if (isAtNamedTime(close.idleMs / 1000, named))
    return { cause: 'advertised-timer', because: `named ${named} s, closed after ${idle}`, frames };
  return { cause: 'unadvertised-timer', because: `named ${named} s, yet closed after ${idle}`, frames };
}

const idleFor = ({ sides: { client, server }, keepAliveRace }: Connection, { idleMs }: TimedClose): string =>
  (client.lastPayloadNs === null || keepAliveRace !== null) && server.lastPayloadNs === null
    ? `${seconds(idleMs)} after the handshake`
    : `${seconds(idleMs)} after the last byte`;

const seconds = (ms: number): string => `${round(ms / 1000, 3)} s`;

/** The connections that a cell's value is about: those that carried requests; where none did, all. */
function counted(evidence: Evidence): Connection[] {
  const inStep = connectionsIn(evidence, lastStep(evidence));
  const used = inStep.filter(isUsed);
  return used.length > 0 ? used : inStep.filter((connection) => connection.handshake !== null);
}

const cause = defineObservation({
  id: 'close.cause',
  title: 'cause of the close',
  unit: null,
  definition: `The likely cause of the first FIN or RST of the connections that were opened or still open in the last step (only those that carried a request, where any did). The most frequent cause counts; of equally frequent ones the earliest. "none": all stayed open. ${Object.entries(
    CAUSES,
  )
    .map(([id, words]) => `${id}: ${words}`)
    .join('; ')}. Frames: what shows the cause, and the close, on the connection with the median idle time.`,
  spec: 'RFC 9112 §9',
  scenario: 'close',
  observe(evidence) {
    const connections = counted(evidence);
    if (connections.length === 0) return null;
    const causes = connections.flatMap((connection) => {
      const found = causeOfClose(connection, evidence);
      const close = connection.firstClose;
      return found?.cause && close ? [{ ...found, cause: found.cause, close }] : [];
    });
    if (causes.length === 0) {
      if (connections.some(({ firstClose }) => firstClose !== null)) return null;
      return value('none', frameList(connections.map(lastByteFrame)), {
        windowS: Math.min(...connections.map((connection) => watchedS(evidence, lastByteNs(connection)))),
      });
    }
    causes.sort((a, b) => a.close.frame - b.close.frame);
    const votes = groups(causes);
    const winner = [...votes.values()].reduce((best, group) => (group.length > best.length ? group : best));
    const shown = medianOf(winner, (entry) => entry.close.idleMs ?? 0) ?? winner[0];
    if (!shown) return null;
    const others = [...votes].filter(([, group]) => group !== winner).map(([name, group]) => `${group.length} ${name}`);
    const note = [shown.because, others.length > 0 ? `others: ${others.join(', ')}` : null].filter((part) => part !== null).join('; ');
    return value(shown.cause, shown.frames, note === '' ? {} : { note });
  },
});

function groups<T extends { cause: CloseCause }>(causes: readonly T[]): Map<CloseCause, T[]> {
  const found = new Map<CloseCause, T[]>();
  for (const entry of causes) found.set(entry.cause, [...(found.get(entry.cause) ?? []), entry]);
  return found;
}

export const closeCause = [cause];
