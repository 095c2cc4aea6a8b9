/** How connections begin, block each other, and are cut: refusals, resets, aborts. */
import type { Connection, Exchange, FirstClose } from '../../model.ts';
import { isResetAtOnce } from '../../observe/finals.ts';
import { announcesClose } from '../../observe/keepalive.ts';
import { hasEnded, sentOnlySyns } from '../../observe/missing.ts';
import { frameList, isSameRequest } from '../../observe/step.ts';
import { AT_ONCE_MS } from '../../observe/timers.ts';
import {
  type Asked,
  AT_ONCE_LATEST_NS,
  answerFrames,
  asked,
  closedByServer,
  connectionOf,
  eachAnswer,
  hasProblem,
  isLast,
  isOddForm,
  isStopped,
  isWhole,
  milliseconds,
  seconds,
  seeksLimit,
} from '../evidence.ts';
import { defineFinding } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** A SYN is sent again after a second (RFC 6298 §2.1), by clocks that differ a little. */
const SYN_AGAIN_NS = 0.9e9;

/** The reset by which the server ended the connection at this answer, its last one; `null` else, and where a limit was sought. */
function resetAfter(on: LookedAt, answer: Asked): FirstClose | null {
  const { connection, exchange } = answer;
  const close = connection.firstClose;
  if (close?.by !== 'server' || close.how !== 'RST' || !isLast(answer) || !isWhole(connection)) return null;
  return isStopped(on, close.frame) || seeksLimit(exchange) ? null : close;
}

const resetInResponse = defineFinding({
  id: 'connection.reset-in-response',
  severity: 'fault',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'read-body',
  look: (on) =>
    eachAnswer(
      closedByServer(on),
      (answer) => {
        const { response } = answer;
        if (resetAfter(on, answer) === null) return null;
        if (!hasProblem(response, 'truncated') || hasProblem(response, 'gap-in-body')) return null;
        return { target: answer.request.target, sent: response.bodyBytes };
      },
      (answer) => [answer.connection.firstClose?.frame],
    ),
});

const clientAbort = defineFinding({
  id: 'exchange.aborted-by-client',
  about: 'traffic',
  severity: 'note',
  level: null,
  spec: null,
  look: (on) =>
    on.exchanges.flatMap((exchange) => {
      const { request, response, stream } = exchange;
      const isCut = response === null || (hasProblem(response, 'truncated') && !hasProblem(response, 'gap-in-body', 'gap-in-head'));
      if (request === null || !isCut) return [];
      const connection = connectionOf(on, exchange);
      const close = connection?.firstClose;
      if (connection === null || close?.by !== 'client' || !isWhole(connection)) return [];
      if (isOddForm(request)) return [];
      const waited = close.timeNs - (response?.endNs ?? request.endNs);
      // After a long silence it is the server's doing.
      if (waited >= AT_ONCE_LATEST_NS || waited < 0) return [];
      const args = { method: request.method, target: request.target, bytes: response?.bodyBytes ?? 0, how: close.how };
      return [{ args, stream, frames: frameList(request.headFrames[0], response?.headFrames[0], close.frame) }];
    }),
});

const uploadReset = defineFinding({
  id: 'connection.upload-reset',
  severity: 'fault',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'read-body',
  look: (on) =>
    eachAnswer(
      closedByServer(on),
      (answer) => {
        const { connection, request, response } = answer;
        const { server, client } = connection.sides;
        if (server.rstFrame === null || !isLast(answer) || isStopped(on, server.rstFrame)) return null;
        if (request.framing === 'none' || connection.firstClose?.by !== 'server') return null;
        // A request that is refused for its form is no upload.
        if (isOddForm(request) || !isResetAtOnce(connection)) return null;
        // Bytes of the body that came after the answer, or never came, were not read; and a reset at once is the kernel's sign of such bytes.
        const isUnread =
          !request.complete ||
          (client.lastPayloadFrame ?? 0) > response.headFrames[0] ||
          (request.bodyBytes > 0 && (server.rstNs ?? 0) - response.endNs < AT_ONCE_MS * 1e6);
        return (
          isUnread &&
          server.rstFrame > response.headFrames[0] && { status: response.status, method: request.method, bytes: request.bodyBytes }
        );
      },
      (answer) => [answer.connection.sides.server.rstFrame],
    ),
});

const resetAfterResponse = defineFinding({
  id: 'connection.reset-after-response',
  severity: 'risk',
  level: null,
  spec: 'RFC 9112 §9.6',
  look: (on) =>
    eachAnswer(
      closedByServer(on),
      (answer) => {
        const { request, response } = answer;
        const close = resetAfter(on, answer);
        // What was sent and not read is another finding, and a close that is not announced, too.
        if (close === null || close.idleMs === null || !hasEnded(response)) return null;
        if (request.framing !== 'none' || !request.complete || !announcesClose(response)) return null;
        const since = close.timeNs - response.endNs;
        return since >= 0 && since < AT_ONCE_MS * 1e6 && { target: request.target, bytes: response.bodyBytes, ms: milliseconds(since) };
      },
      (answer) => [answer.connection.firstClose?.frame],
    ),
});

const idleReset = defineFinding({
  id: 'connection.idle-reset',
  severity: 'advice',
  level: 'SHOULD',
  spec: 'RFC 9112 §9.5',
  look: (on) =>
    eachAnswer(
      closedByServer(on),
      (answer) => {
        const { request, response } = answer;
        const close = resetAfter(on, answer);
        if (close === null || !request.complete || !hasEnded(response) || request.problems.length > 0) return null;
        const idle = close.timeNs - response.endNs;
        return idle >= AT_ONCE_LATEST_NS && { idle: seconds(idle) };
      },
      (answer) => [answer.connection.firstClose?.frame],
    ),
});

/** Fewer may have met a moment in which the server was busy. */
const LEFT_OPEN_LEAST = 3;

/** When both sides, or the client alone, had closed a connection on which all was answered; `null` where it is too early to tell. */
function closeAnswered(on: LookedAt, connection: Connection): { waitedNs: number; answered: boolean } | null {
  const { firstClose, exchanges, sides } = connection;
  const { finNs, rstNs } = sides.server;
  if (firstClose?.by !== 'client' || firstClose.how !== 'FIN' || sides.client.rstFrame !== null || !isWhole(connection)) return null;
  if (isStopped(on, on.capture.frames) || exchanges.length === 0 || connection.protocol !== 'http/1') return null;
  if (!exchanges.every(({ request, response }) => request?.complete && request.problems.length === 0 && response?.complete)) return null;
  const untilNs = Math.min(finNs ?? Number.POSITIVE_INFINITY, rstNs ?? Number.POSITIVE_INFINITY, on.capture.endNs);
  const waitedNs = untilNs - firstClose.timeNs;
  if (waitedNs >= AT_ONCE_LATEST_NS) return { waitedNs, answered: false };
  return finNs === null && rstNs === null ? null : { waitedNs, answered: true };
}

/** Connections that stay open at the server, where it closes none sooner. */
const leftOpen = defineFinding({
  id: 'connection.client-close-ignored',
  severity: 'risk',
  level: null,
  spec: 'RFC 9293 §3.6',
  look: (on) => {
    const closes = on.connections.flatMap((connection) => {
      const found = closeAnswered(on, connection);
      return found ? [{ ...found, connection }] : [];
    });
    if (closes.length < LEFT_OPEN_LEAST || closes.some(({ answered }) => answered)) return [];
    return closes.map(({ waitedNs, connection: { stream, firstClose, sides } }) => ({
      args: { waited: seconds(waitedNs) },
      stream,
      frames: frameList(firstClose?.frame, sides.server.finFrame ?? sides.server.rstFrame),
    }));
  },
});

const isRefused = (connection: Connection): boolean => {
  const { server } = connection.sides;
  return server.rstFrame !== null && server.initialSequenceNumber === null && server.payloadBytes === 0 && sentOnlySyns(connection);
};

const refused = defineFinding({
  id: 'connection.refused',
  severity: 'risk',
  level: null,
  spec: 'RFC 9293 §3.5.2',
  look: (on) =>
    // A server that was asked to stop takes no new connections.
    on.connections
      .filter((connection) => isRefused(connection) && !isStopped(on, connection.firstFrame))
      .map(({ stream, firstFrame, server, sides }) => ({
        args: { address: server.address, port: String(server.port) },
        stream,
        frames: frameList(firstFrame, sides.server.rstFrame),
      })),
});

const synUnanswered = defineFinding({
  id: 'connection.syn-unanswered',
  about: 'traffic',
  severity: 'risk',
  level: null,
  spec: 'RFC 9293 §3.8.3',
  look: (on) =>
    on.connections.flatMap((connection) => {
      const { stream, sides, firstFrame, lastFrame, startNs, endNs, server } = connection;
      // One SYN alone may have been answered, in a capture of SYNs or of one direction: a client that gets no answer asks again.
      if (sides.server.frames > 0 || !sentOnlySyns(connection) || sides.client.retransmissions === 0) return [];
      const waited = Math.max(endNs, on.capture.endNs) - startNs;
      if (waited < SYN_AGAIN_NS) return [];
      const args = { address: server.address, port: String(server.port), count: 1 + sides.client.retransmissions, waited: seconds(waited) };
      return [{ args, stream, frames: frameList(firstFrame, lastFrame) }];
    }),
});

/** Whether every other answer to the same request takes about as long: then the target is slow, whatever else happens meanwhile. */
function isUsuallySlow(on: LookedAt, answer: Asked): boolean {
  const thinkNs = ({ request, response }: Asked): number => response.startNs - request.endNs;
  const others = asked(on).filter((other) => other !== answer && isSameRequest(other.request, answer.request));
  return others.length > 0 && others.every((other) => thinkNs(other) > thinkNs(answer) / 2);
}

/** Whether the server sent anything of a response, on any connection, between these times. */
const servesBetween = ({ exchanges }: LookedAt, fromNs: number, untilNs: number): boolean =>
  exchanges.some(({ response }) => response !== null && response.startNs < untilNs && response.endNs > fromNs);

/** A response that waited until another, silent connection was closed. */
const oneAtATime = defineFinding({
  id: 'connection.one-at-a-time',
  severity: 'risk',
  level: null,
  spec: null,
  look: (on) =>
    asked(on).flatMap((answer) => {
      const { request, response, connection } = answer;
      // A request that is not whole waits for the rest of it.
      if (!request.complete || response.startNs - request.endNs < 1e9 || seeksLimit(answer.exchange) || isUsuallySlow(on, answer))
        return [];
      const blocker = on.connections.find((other) => {
        const close = other.firstClose;
        if (other === connection || close === null || other.handshake === null || other.handshake.ackNs > request.startNs) return false;
        const lastByteNs = Math.max(other.sides.client.lastPayloadNs ?? 0, other.sides.server.lastPayloadNs ?? 0);
        const after = response.startNs - close.timeNs;
        const isFreed = lastByteNs < request.startNs && close.timeNs > request.endNs && after >= 0 && after < 100e6;
        return isFreed && !servesBetween(on, request.endNs, close.timeNs);
      });
      if (!blocker?.firstClose) return [];
      const args = { target: request.target, waited: seconds(response.startNs - request.endNs), other: blocker.stream };
      return [{ args, stream: answer.exchange.stream, frames: frameList(answerFrames(answer), blocker.firstClose.frame) }];
    }),
});

/** Whether the client asked for nothing that could have this answer. */
const askedForNothing = (on: LookedAt, exchange: Exchange): boolean => {
  if (exchange.request !== null) return false;
  const connection = connectionOf(on, exchange);
  if (connection === null || !isWhole(connection)) return false;
  const requests = connection.exchanges.flatMap(({ request }) => request ?? []);
  return requests.length === 0
    ? connection.sides.client.payloadBytes === 0
    : requests.every((request) => request.complete && request.problems.length === 0);
};

const unsolicited = defineFinding({
  id: 'exchange.unsolicited-response',
  severity: 'note',
  level: null,
  spec: 'RFC 9112 §9.2',
  look: (on) =>
    on.exchanges.flatMap((exchange) => {
      const { response, stream } = exchange;
      if (response === null || !askedForNothing(on, exchange)) return [];
      return [{ args: { status: response.status }, stream, frames: frameList(response.headFrames[0]) }];
    }),
});

export const connection = [
  resetInResponse,
  uploadReset,
  resetAfterResponse,
  idleReset,
  leftOpen,
  refused,
  synUnanswered,
  oneAtATime,
  clientAbort,
  unsolicited,
];
