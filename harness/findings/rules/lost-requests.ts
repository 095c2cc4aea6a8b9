/** Requests that got no answer: what closed on them, and whether they were sent again. */
import type { Connection, Exchange, FirstClose, ResponseMessage } from '../../model.ts';
import { sentInVain } from '../../observe/close-cause.ts';
import { advertisedIn, announcesClose } from '../../observe/keepalive.ts';
import { frameList, hasWholeHead, isSameRequest, oncePerEvidence } from '../../observe/step.ts';
import { AT_ONCE_MS, isAtNamedTime } from '../../observe/timers.ts';
import { asked, connectionOf, hasProblem, isOddForm, isStopped, isWhole, milliseconds, seconds, seeksLimit } from '../evidence.ts';
import { defineFinding, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';
import { isRepeatedInVain, silentClose } from './persistence.ts';

/** Another attempt at a lost request follows within this. */
const RETRY_NS = 10e9;
/** One that waited for so long for the answer to a request behind another. */
const DROPPED_NS = 2.5e9;
/** And so many times as long as the slowest answer to the same request. */
const SLOWER = 3;
/** A client that waited for so long got no answer. */
const UNANSWERED_NS = 5e9;

/** A request that got no answer, with all bytes of its connection in the capture. */
interface Lost {
  exchange: Exchange & { request: NonNullable<Exchange['request']> };
  connection: Connection;
}

const lost = oncePerEvidence((on): readonly Lost[] =>
  on.exchanges.flatMap((exchange) => {
    const { request, response } = exchange;
    if (request === null || response !== null) return [];
    const connection = connectionOf(on, exchange);
    if (
      request === null ||
      response !== null ||
      seeksLimit(exchange) ||
      connection === null ||
      !isWhole(connection) ||
      (connection.sides.server.frames === 0 && connection.handshake === null)
    )
      return [];
    // What the server sent after it may have been the answer.
    if ((connection.sides.server.lastPayloadFrame ?? 0) > request.headFrames[0]) return [];
    if (!hasWholeHead(request) || hasProblem(request, 'gap-in-body', 'gap-in-head', 'invalid-start-line')) return [];
    return exchange.interim.some(({ status }) => status === 101) ? [] : [{ exchange: { ...exchange, request }, connection }];
  }),
);

/** The last response before that was asked for: a 408 may announce the close of an idle connection. */
const askedBefore = ({ exchange: { index }, connection }: Lost): ResponseMessage | null =>
  connection.exchanges.findLast((other) => other.index < index && other.request !== null)?.response ?? null;

/** It, where it left the connection open. */
function keptBefore(one: Lost): ResponseMessage | null {
  const before = askedBefore(one);
  // One whose body the snap length cut is over where the client asked on.
  const isOver = before !== null && (before.complete || hasProblem(before, 'gap-in-body'));
  // One that only a close ends leaves nothing to be kept.
  return isOver && before.framing !== 'close' && !announcesClose(before) ? before : null;
}

/** Since when the connection was open and idle before the request: the end of the response before, or of the handshake. `null` where it was neither. */
function idleSinceNs(one: Lost): number | null {
  const before = keptBefore(one);
  if (before !== null) return before.endNs;
  const { exchange, connection } = one;
  const isFirst = connection.exchanges.every(({ index, request }) => index >= exchange.index || request === null);
  return (isFirst && connection.handshake?.ackNs) || null;
}

/** The server closed before the request came, or while it was on its way. */
function racingClose(one: Lost): FirstClose | null {
  const { exchange, connection } = one;
  const { request } = exchange;
  const close = connection.firstClose;
  const since = idleSinceNs(one);
  if (close?.by !== 'server' || since === null) return null;
  const before = keptBefore(one);
  // Closed as soon as it is there, a connection was refused.
  if (before === null && close.timeNs - since < AT_ONCE_MS * 1e6) return null;
  if (close.frame < request.headFrames[0] || (close.acknowledged !== null && close.acknowledged <= request.offset)) return close;
  if (before === null) return null;
  const idleNs = request.startNs - before.endNs;
  // Its idle timer had run out: the kernel had the request, and the program did not read it.
  const named = advertisedIn(before)?.timeoutS ?? null;
  if (close.how === 'RST' && named !== null && isAtNamedTime(idleNs / 1e9, named) && close.timeNs - request.endNs < AT_ONCE_MS * 1e6)
    return close;
  // It was on its way: a FIN that was decided on before the request was read is followed by an RST that answers the request.
  const isOnItsWay = request.complete && close.how === 'FIN' && connection.sides.server.rstFrame !== null && idleNs >= AT_ONCE_MS * 1e6;
  return (isOnItsWay && !isClosedInHead(one)) || isGone(one) ? close : null;
}

/**
 * Whether a RST without an ACK answers the request: so answers a kernel that has no such connection (RFC 9293 §3.10.7.1). One that ends a connection of its own
 * acknowledges what it has.
 */
function isGone(one: Lost): boolean {
  const { exchange, connection } = one;
  const { request } = exchange;
  const close = connection.firstClose;
  const before = keptBefore(one);
  if (close?.by !== 'server' || close.how !== 'RST' || close.acknowledged !== null || before === null) return false;
  return request.complete && close.frame > request.frames[1] && request.startNs - before.endNs >= AT_ONCE_MS * 1e6;
}

/** Whether the server had a part of the request's head when it closed, and not all of it. */
function isClosedInHead({ exchange: { request }, connection: { firstClose: close } }: Lost): boolean {
  if (close?.by !== 'server' || close.frame <= request.headFrames[0]) return false;
  // The client sent no more of it.
  if (hasProblem(request, 'truncated') && request.framing === 'none') return true;
  return close.acknowledged !== null && close.acknowledged > request.offset && close.acknowledged < request.offset + request.headBytes;
}

const hitOf = <Args extends Record<string, string | number>>(
  { exchange }: Lost,
  args: Args,
  ...frames: (number | null | undefined)[]
): Hit<Args> => ({
  args,
  stream: exchange.stream,
  frames: frameList(exchange.request.headFrames[0], frames),
});

const race = defineFinding({
  id: 'connection.keep-alive-race',
  severity: 'fault',
  level: null,
  spec: 'RFC 9112 §9.5',
  topic: 'idle-timeout',
  look: (on) =>
    lost(on).flatMap((one) => {
      const close = racingClose(one);
      if (close === null || isStopped(on, close.frame)) return [];
      const { request } = one.exchange;
      const before = idleSinceNs(one) ?? close.timeNs;
      // A connection that is closed with its response was never idle.
      if (close.timeNs - before < AT_ONCE_MS * 1e6) return [];
      const gone = isGone(one);
      const args = {
        method: request.method,
        target: request.target,
        gone: gone ? 'yes' : 'no',
        idle: seconds(Math.max(0, (gone ? request.startNs : close.timeNs) - before)),
        gap: milliseconds(Math.abs(request.startNs - close.timeNs)),
        order: close.frame < request.headFrames[0] ? 'after' : 'before',
      };
      return [hitOf(one, args, close.frame, one.connection.sides.server.rstFrame)];
    }),
});

/** A response to an earlier request came after this one was sent, and the connection stayed open. */
const dropped = defineFinding({
  id: 'pipelining.dropped',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §9.3.2',
  look: (on) =>
    on.exchanges.flatMap((exchange) => {
      const { request, response, stream } = exchange;
      const connection = connectionOf(on, exchange);
      if (!request?.complete || request.problems.length > 0 || response !== null || !connection || !isWhole(connection)) return [];
      const before = connection.exchanges.filter(({ index }) => index < exchange.index);
      // The first of those that are dropped; what comes before it is sound in every way, so that nothing the server sent may be its answer.
      const isSound = ({ request: asked, response: got }: Exchange): boolean =>
        asked?.problems.length === 0 &&
        asked.bodyBytes === 0 &&
        got?.complete === true &&
        got.problems.length === 0 &&
        got.framing !== 'tunnel' &&
        !announcesClose(got);
      const last = before.at(-1)?.response;
      if (!last || last.startNs < request.endNs || !before.every(isSound)) return [];
      // One that is never answered hangs by itself.
      const same = asked(on).filter((other) => isSameRequest(other.request, request));
      if (same.length === 0) return [];
      const slowest = Math.max(...same.map((other) => other.response.startNs - other.request.endNs));
      const close = connection.firstClose;
      if (close?.by === 'server' || isStopped(on, close?.frame ?? on.capture.frames)) return [];
      const waited = (close?.timeNs ?? on.capture.endNs) - last.endNs;
      if (waited < Math.max(DROPPED_NS, SLOWER * slowest)) return [];
      const args = { method: request.method, target: request.target, count: before.length, waited: seconds(waited) };
      return [{ args, stream, frames: frameList(request.headFrames[0], last.headFrames[0], close?.frame) }];
    }),
});

/** A head that takes longer may have run into a time limit of its own. */
const HEAD_JUST_BEGUN_NS = 1e9;

const headTimer = defineFinding({
  id: 'connection.head-timer-on-reuse',
  severity: 'fault',
  level: null,
  spec: 'RFC 9112 §9.5',
  topic: 'head-timeout',
  look: (on) =>
    on.exchanges.flatMap((exchange) => {
      const { request, response } = exchange;
      const connection = connectionOf(on, exchange);
      if (request === null || response !== null || connection === null || !isWhole(connection)) return [];
      const one: Lost = { exchange: { ...exchange, request }, connection };
      const close = connection.firstClose;
      const before = keptBefore(one);
      if (close === null || before === null || !isClosedInHead(one) || isStopped(on, close.frame)) return [];
      const idleNs = request.startNs - before.endNs;
      const named = advertisedIn(before)?.timeoutS ?? null;
      // Its idle timer may have run out just then.
      if (
        idleNs < AT_ONCE_MS * 1e6 ||
        close.timeNs - request.startNs > HEAD_JUST_BEGUN_NS ||
        (named !== null && isAtNamedTime(idleNs / 1e9, named))
      )
        return [];
      const args = {
        method: request.method,
        target: request.target,
        idle: seconds(idleNs),
        after: milliseconds(close.timeNs - request.startNs),
      };
      return [hitOf(one, args, close.frame, one.connection.sides.server.rstFrame)];
    }),
});

/** So many connections that end without a word, one after the other, are no accident. */
const SHUT_OUT = 3;

const wasAskedWrongly = ({ exchanges }: LookedAt, untilNs: number): boolean =>
  exchanges.some(({ request }) => request !== null && isOddForm(request) && request.startNs <= untilNs);

/** From when on the server ended every connection without a word, after it had been asked wrongly; infinity where it did not. */
const shutOutNs = oncePerEvidence((on): number => {
  const used = on.connections.filter(({ sides }) => sides.client.payloadBytes > 0);
  const mute = used.slice(used.findLastIndex(({ sides }) => sides.server.payloadBytes > 0) + 1);
  const [first] = mute;
  const isShutOut = first !== undefined && mute.length >= SHUT_OUT && mute.every(({ firstClose }) => firstClose?.by === 'server');
  return isShutOut && wasAskedWrongly(on, first.endNs) ? first.startNs : Number.POSITIVE_INFINITY;
});

const noAnswer = defineFinding({
  id: 'connection.closed-instead-of-answering',
  severity: 'fault',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'errors',
  look: (on) =>
    lost(on).flatMap((one) => {
      const { exchange, connection } = one;
      const close = connection.firstClose;
      const { request } = exchange;
      if (close?.by !== 'server' || racingClose(one) !== null || isClosedInHead(one) || isStopped(on, close.frame)) return [];
      const isUnread = exchange.index === 0 && close.frame < request.headFrames[0];
      // A server may have no more to do with a client that asks wrongly.
      if (connection.startNs >= shutOutNs(on) || (isUnread && wasAskedWrongly(on, close.timeNs))) return [];
      // A server that answers a request and closes at once does not fail at the same request again: it has a limit that it does not announce.
      const previous =
        exchange.index > 0 &&
        asked(on).find(({ exchange: { stream, index } }) => stream === exchange.stream && index === exchange.index - 1);
      if (previous && isRepeatedInVain(previous) && silentClose(on, previous) !== null) return [];
      // What a server may refuse without a word (an empty line before it, too), and what it had said would get no answer.
      if (!request.complete || request.problems.length > 0 || (exchange.index === 0 && request.offset > 0)) return [];
      if (connection.exchanges.some(({ index, response }) => index < exchange.index && (response === null || announcesClose(response))))
        return [];
      // Refused with what came before it, in whose form something was wrong, or sent before that was refused.
      const before = connection.exchanges.filter(({ index }) => index < exchange.index).at(-1);
      if (
        before?.request?.problems.length ||
        ((before?.response?.status ?? 0) >= 400 && request.startNs < (before?.response?.startNs ?? 0))
      )
        return [];
      const waited = seconds(Math.max(0, close.timeNs - request.endNs));
      const args = { method: request.method, target: request.target, how: close.how, came: isUnread ? 'no' : 'yes', waited };
      return [hitOf(one, args, close.frame)];
    }),
});

const unanswered = defineFinding({
  id: 'exchange.unanswered',
  severity: 'risk',
  level: null,
  spec: null,
  topic: 'errors',
  look: (on) =>
    lost(on).flatMap((one) => {
      const { exchange, connection } = one;
      const { request } = exchange;
      const close = connection.firstClose;
      if (!request.complete || request.problems.length > 0 || close?.by === 'server' || isStopped(on, request.frames[1])) return [];
      // It did not reach the server, or its acknowledgment did not come back.
      if (!isAcknowledged(one)) return [];
      const waited = (close?.timeNs ?? on.capture.endNs) - request.endNs;
      if (waited < UNANSWERED_NS) return [];
      return [hitOf(one, { method: request.method, target: request.target, waited: seconds(waited) }, close?.frame)];
    }),
});

/** Whether the server had any of the request. */
function isAcknowledged({ exchange: { request }, connection }: Lost): boolean {
  const { payloadBytes, unacknowledged = 0, finFrame } = connection.sides.client;
  return request.offset < payloadBytes + (finFrame === null ? 0 : 1) - unacknowledged;
}

/** The path, or the host, is gone: not even an acknowledgment came. */
const neverAcknowledged = defineFinding({
  id: 'exchange.never-acknowledged',
  about: 'traffic',
  severity: 'risk',
  level: null,
  spec: 'RFC 9293 §3.8.3',
  look: (on) =>
    lost(on).flatMap((one) => {
      const { exchange, connection } = one;
      const { request } = exchange;
      const wait = isAcknowledged(one) ? null : sentInVain(connection, 'client');
      if (wait === null || isStopped(on, request.frames[1])) return [];
      const since = idleSinceNs(one);
      const args = {
        method: request.method,
        target: request.target,
        times: wait.frames.length,
        during: seconds(wait.untilNs - wait.fromNs),
        idle: since === null ? 0 : seconds(Math.max(0, request.startNs - since)),
      };
      return [hitOf(one, args, ...wait.frames)];
    }),
});

/** The same request on another connection of the same client, after it had been lost. */
const retried = defineFinding({
  id: 'exchange.repeated-after-loss',
  about: 'traffic',
  severity: 'note',
  level: null,
  spec: 'RFC 9110 §9.2.2',
  look: (on) =>
    lost(on).flatMap((one) => {
      const { exchange, connection } = one;
      const { request } = exchange;
      const close = connection.firstClose;
      if (close === null || isOddForm(request)) return [];
      const again = on.exchanges.find(
        (other) =>
          other.stream !== exchange.stream &&
          other.request !== null &&
          isSameRequest(other.request, request) &&
          other.request.startNs >= close.timeNs &&
          other.request.startNs - close.timeNs < RETRY_NS &&
          connectionOf(on, other)?.client.address === connection.client.address,
      );
      if (!again?.request) return [];
      const args = { method: request.method, target: request.target, other: again.stream, status: again.response?.status ?? '-' };
      return [hitOf(one, args, close.frame, again.request.headFrames[0])];
    }),
});

export const lostRequests = [dropped, race, headTimer, noAnswer, neverAcknowledged, unanswered, retried];
