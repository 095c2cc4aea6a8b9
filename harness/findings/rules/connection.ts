/** How connections begin and end, and requests that were lost with them. */
import { connectionOptions, field } from '../../http/fields.ts';
import type { Connection, Exchange, FirstClose, Message, ResponseMessage } from '../../model.ts';
import { isResetAtOnce } from '../../observe/finals.ts';
import { advertisedIn, announcesClose } from '../../observe/keepalive.ts';
import { frameList, hasWholeHead, oncePerEvidence } from '../../observe/step.ts';
import { AT_ONCE_MS, isAtNamedTime } from '../../observe/timers.ts';
import {
  type Asked,
  answerFrames,
  asked,
  closedByServer,
  connectionOf,
  eachAnswer,
  hasProblem,
  isLast,
  isStopped,
  isWhole,
  milliseconds,
  seconds,
  seeksLimit,
} from '../evidence.ts';
import { defineFinding, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** A close that comes later is no longer the end of the response. */
const AT_ONCE_LATEST_NS = 3e9;
/** A SYN is sent again after a second (RFC 6298 §2.1), by clocks that differ a little. */
const SYN_AGAIN_NS = 0.9e9;
/** A client that waited for so long got no answer. */
const UNANSWERED_NS = 5e9;
/** Another attempt at a lost request follows within this. */
const RETRY_NS = 10e9;

const nextOf = ({ connection, exchange }: Asked): Exchange | undefined =>
  connection.exchanges.find(({ index }) => index === exchange.index + 1);

/** How a connection that should have ended with this response went on; `null` where it ended, or the client left. */
function keptAfter(on: LookedAt, answer: Asked): { how: string; frame: number | null } | null {
  const { connection, response } = answer;
  if (!response.complete || !isWhole(connection)) return null;
  const next = nextOf(answer);
  // Pipelined requests were sent before the client could know.
  if (next?.response && next.request && next.request.startNs > response.endNs)
    return { how: 'answered', frame: next.response.headFrames[0] };
  if (next || !isLast(answer)) return null;
  const { server, client } = connection.sides;
  const serverEnd = Math.min(server.finNs ?? Number.POSITIVE_INFINITY, server.rstNs ?? Number.POSITIVE_INFINITY);
  const clientEnd = Math.min(client.finNs ?? Number.POSITIVE_INFINITY, client.rstNs ?? Number.POSITIVE_INFINITY);
  const until = Math.min(serverEnd, clientEnd, on.capture.endNs);
  if (until - response.endNs < AT_ONCE_LATEST_NS) return null;
  return { how: `${seconds(until - response.endNs)} s`, frame: connection.firstClose?.frame ?? null };
}

const closeKept = defineFinding({
  id: 'connection.close-said-and-kept',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §9.6',
  look: (on) =>
    eachAnswer(
      asked(on),
      (answer) => {
        const kept = connectionOptions(answer.response).includes('close') ? keptAfter(on, answer) : null;
        return kept && { how: kept.how };
      },
      (answer) => [keptAfter(on, answer)?.frame],
    ),
});

const closeIgnored = defineFinding({
  id: 'connection.close-ignored',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §9.6',
  look: (on) =>
    eachAnswer(
      asked(on),
      (answer) => {
        if (!connectionOptions(answer.request).includes('close') || connectionOptions(answer.response).includes('close')) return null;
        const kept = keptAfter(on, answer);
        return kept && { how: kept.how };
      },
      (answer) => [keptAfter(on, answer)?.frame],
    ),
});

/** Whether the last request of the connection is this one again and got no answer: it met the close that followed this response. */
function isRepeatedInVain({ connection, exchange, request }: Asked): boolean {
  const last = connection.exchanges.at(-1);
  const isSame = last?.request?.method === request.method && last.request.target === request.target;
  return last?.index === exchange.index + 1 && last.response === null && isSame;
}

/** The server's close right after a response that did not announce it; `null` else. */
function silentClose(on: LookedAt, answer: Asked): FirstClose | null {
  const { connection, request, response } = answer;
  const close = connection.firstClose;
  if (close?.by !== 'server' || !(isLast(answer) || isRepeatedInVain(answer))) return null;
  if (!isWhole(connection) || isStopped(on, close.frame)) return null;
  if (!response.complete || response.status >= 400 || response.framing === 'close' || response.framing === 'tunnel') return null;
  if (announcesClose(response) || connectionOptions(request).includes('close') || request.version !== '1.1') return null;
  if (request.problems.length > 0 || !request.complete || close.frame < response.frames[1]) return null;
  return close.timeNs - response.endNs < AT_ONCE_MS * 1e6 ? close : null;
}

const saysKeepAlive = ({ response }: Asked): boolean =>
  connectionOptions(response).includes('keep-alive') || field(response, 'keep-alive') !== null;

const silentCloses = (on: LookedAt, isMeant: (answer: Asked) => boolean) =>
  eachAnswer(
    closedByServer(on).filter(isMeant),
    (answer) => {
      const close = silentClose(on, answer);
      return close && { requests: answer.exchange.index + 1, ms: milliseconds(close.timeNs - answer.response.endNs), how: close.how };
    },
    (answer) => [answer.connection.firstClose?.frame],
  );

const keepAliveClosed = defineFinding({
  id: 'connection.keep-alive-said-and-closed',
  severity: 'fault',
  level: 'SHOULD',
  spec: 'RFC 9112 §9.6',
  topic: 'request-limit',
  look: (on) => silentCloses(on, saysKeepAlive),
});

const silentlyClosed = defineFinding({
  id: 'connection.closed-without-saying',
  severity: 'risk',
  level: 'SHOULD',
  spec: 'RFC 9112 §9.6',
  topic: 'request-limit',
  look: (on) => silentCloses(on, (answer) => !saysKeepAlive(answer)),
});

const earlyClose = defineFinding({
  id: 'connection.closed-before-advertised',
  severity: 'risk',
  level: null,
  spec: 'RFC 2068 §19.7.1.1',
  topic: 'idle-timeout',
  look: (on) =>
    eachAnswer(
      closedByServer(on),
      (answer) => {
        const { connection, request, response } = answer;
        const close = connection.firstClose;
        const named = advertisedIn(response)?.timeoutS ?? null;
        if (close?.by !== 'server' || named === null || !isLast(answer) || !response.complete || isStopped(on, close.frame)) return null;
        // A connection that waits for the rest of a body is not idle.
        if (!request.complete) return null;
        const idle = (close.timeNs - response.endNs) / 1e9;
        // Half a second early is the coarse clock of a server that checks once a second.
        return idle * 1000 >= AT_ONCE_MS && idle < named - 0.75 && isWhole(connection) && { named, idle: Number(idle.toPrecision(3)) };
      },
      (answer) => [answer.connection.firstClose?.frame],
    ),
});

/** Something is wrong with the form of the request: whoever sent it can't count on an answer. */
const isOddForm = ({ problems }: Message): boolean => problems.some(({ kind }) => kind !== 'truncated' && kind !== 'body-not-sent');

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

/** The exchange before, where it left the connection open. */
function keptBefore({ exchange: { index }, connection }: Lost): ResponseMessage | null {
  const before = connection.exchanges.filter((other) => other.index < index).at(-1)?.response;
  return before?.complete && !announcesClose(before) ? before : null;
}

/** The server closed before the request came, or while it was on its way. */
function racingClose(one: Lost): FirstClose | null {
  const { exchange, connection } = one;
  const { request } = exchange;
  const close = connection.firstClose;
  const before = keptBefore(one);
  if (close?.by !== 'server' || before === null) return null;
  if (close.frame < request.headFrames[0]) return close;
  // It was on its way: a FIN that was decided on before the request was read is followed by an RST that answers the request.
  const idleNs = request.startNs - before.endNs;
  const isOnItsWay = request.complete && close.how === 'FIN' && connection.sides.server.rstFrame !== null && idleNs >= AT_ONCE_MS * 1e6;
  return isOnItsWay && !isClosedInHead(one) ? close : null;
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
      const before = one.connection.exchanges.filter(({ index }) => index < one.exchange.index).at(-1)?.response?.endNs ?? close.timeNs;
      // A connection that is closed with its response was never idle.
      if (close.timeNs - before < AT_ONCE_MS * 1e6) return [];
      const args = {
        method: request.method,
        target: request.target,
        idle: seconds(Math.max(0, close.timeNs - before)),
        gap: milliseconds(Math.abs(request.startNs - close.timeNs)),
      };
      return [hitOf(one, args, close.frame, one.connection.sides.server.rstFrame)];
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
      const args = { method: request.method, target: request.target, how: close.how, waited: seconds(close.timeNs - request.endNs) };
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
      const waited = (close?.timeNs ?? on.capture.endNs) - request.endNs;
      if (waited < UNANSWERED_NS) return [];
      return [hitOf(one, { method: request.method, target: request.target, waited: seconds(waited) }, close?.frame)];
    }),
});

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
        if (close === null || !response.complete || request.framing !== 'none' || !request.complete || !announcesClose(response))
          return null;
        const since = close.timeNs - response.endNs;
        return since >= 0 && since < AT_ONCE_MS * 1e6 && { target: request.target, bytes: response.bodyBytes, ms: milliseconds(since) };
      },
      (answer) => [answer.connection.firstClose?.frame],
    ),
});

const isRefused = ({ midStream, handshake, sides: { client, server } }: Connection): boolean =>
  !midStream &&
  handshake === null &&
  server.rstFrame !== null &&
  server.initialSequenceNumber === null &&
  client.payloadBytes + server.payloadBytes === 0;

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
    on.connections.flatMap(
      ({ stream, midStream, handshake, sides: { client, server }, firstFrame, lastFrame, startNs, endNs, server: { address, port } }) => {
        if (midStream || handshake !== null || server.frames > 0 || client.payloadBytes > 0 || client.initialSequenceNumber === null)
          return [];
        const waited = Math.max(endNs, on.capture.endNs) - startNs;
        if (client.rstFrame !== null || client.finFrame !== null || waited < (client.frames > 1 ? SYN_AGAIN_NS : AT_ONCE_LATEST_NS))
          return [];
        return [
          {
            args: { address, port: String(port), count: client.frames, waited: seconds(waited) },
            stream,
            frames: frameList(firstFrame, lastFrame),
          },
        ];
      },
    ),
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
          other.request?.method === request.method &&
          other.request.target === request.target &&
          other.request.startNs >= close.timeNs &&
          other.request.startNs - close.timeNs < RETRY_NS &&
          connectionOf(on, other)?.client.address === connection.client.address,
      );
      if (!again?.request) return [];
      const args = { method: request.method, target: request.target, other: again.stream, status: again.response?.status ?? '-' };
      return [hitOf(one, args, close.frame, again.request.headFrames[0])];
    }),
});

/** Whether every other answer to the same request takes about as long: then the target is slow, whatever else happens meanwhile. */
function isUsuallySlow(on: LookedAt, answer: Asked): boolean {
  const thinkNs = ({ request, response }: Asked): number => response.startNs - request.endNs;
  const others = asked(on).filter(
    (other) => other !== answer && other.request.method === answer.request.method && other.request.target === answer.request.target,
  );
  return others.length > 0 && others.every((other) => thinkNs(other) > thinkNs(answer) / 2);
}

/** A response that waited until another, silent connection was closed. */
const oneAtATime = defineFinding({
  id: 'connection.one-at-a-time',
  severity: 'risk',
  level: null,
  spec: null,
  look: (on) =>
    asked(on).flatMap((answer) => {
      const { request, response, connection } = answer;
      if (response.startNs - request.endNs < 1e9 || seeksLimit(answer.exchange) || isUsuallySlow(on, answer)) return [];
      const blocker = on.connections.find((other) => {
        const close = other.firstClose;
        if (other === connection || close === null || other.handshake === null || other.handshake.ackNs > request.startNs) return false;
        const lastByteNs = Math.max(other.sides.client.lastPayloadNs ?? 0, other.sides.server.lastPayloadNs ?? 0);
        const after = response.startNs - close.timeNs;
        return lastByteNs < request.startNs && close.timeNs > request.endNs && after >= 0 && after < 100e6;
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
  race,
  headTimer,
  noAnswer,
  resetInResponse,
  uploadReset,
  resetAfterResponse,
  unanswered,
  refused,
  synUnanswered,
  keepAliveClosed,
  silentlyClosed,
  closeKept,
  closeIgnored,
  earlyClose,
  oneAtATime,
  retried,
  clientAbort,
  unsolicited,
];
