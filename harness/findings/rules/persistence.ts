/** Whether a connection ends, or goes on, as its responses said it would (RFC 9112 §9). */
import { connectionOptions, field } from '../../http/fields.ts';
import type { Exchange, FirstClose } from '../../model.ts';
import { advertisedIn, announcesClose } from '../../observe/keepalive.ts';
import { hasEnded } from '../../observe/missing.ts';
import { isSameRequest } from '../../observe/step.ts';
import { AT_ONCE_MS } from '../../observe/timers.ts';
import {
  type Asked,
  AT_ONCE_LATEST_NS,
  asked,
  closedByServer,
  eachAnswer,
  isLast,
  isStopped,
  isWhole,
  milliseconds,
  seconds,
} from '../evidence.ts';
import { defineFinding } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

const nextOf = ({ connection, exchange }: Asked): Exchange | undefined =>
  connection.exchanges.find(({ index }) => index === exchange.index + 1);

/** How a connection that should have ended with this response went on; `null` where it ended, or the client left. */
function keptAfter(on: LookedAt, answer: Asked): { how: string; frame: number | null } | null {
  const { connection, response } = answer;
  if (!hasEnded(response) || !isWhole(connection)) return null;
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
export function isRepeatedInVain({ connection, exchange, request }: Asked): boolean {
  const last = connection.exchanges.at(-1);
  return last?.index === exchange.index + 1 && last.response === null && last.request !== null && isSameRequest(last.request, request);
}

/** Whether the last request of the connection, the next one after this, had not reached the server when it closed. */
function isBeforeRaced({ connection, exchange }: Asked, { acknowledged }: FirstClose): boolean {
  const last = connection.exchanges.at(-1);
  if (last?.index !== exchange.index + 1 || !last.request || last.response !== null) return false;
  return acknowledged !== null && acknowledged <= last.request.offset;
}

/** After other errors, of which the request's form is one, a server may not want to read on. */
const isOfTheTarget = (status: number): boolean => status < 400 || [401, 403, 404, 410].includes(status);

/** The server's close right after a response that did not announce it; `null` else. */
export function silentClose(on: LookedAt, answer: Asked): FirstClose | null {
  const { connection, request, response } = answer;
  const close = connection.firstClose;
  if (close?.by !== 'server' || close.idleMs === null) return null;
  if (!isLast(answer) && !isRepeatedInVain(answer) && !isBeforeRaced(answer, close)) return null;
  if (!isWhole(connection) || isStopped(on, close.frame)) return null;
  if (!hasEnded(response) || !isOfTheTarget(response.status) || response.framing === 'close' || response.framing === 'tunnel') return null;
  if (announcesClose(response) || connectionOptions(request).includes('close') || request.version !== '1.1') return null;
  if (
    request.problems.length > 0 ||
    !request.complete ||
    (response.status >= 400 && request.framing !== 'none') ||
    close.frame < response.frames[1]
  )
    return null;
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

/** Idle times that differ by less may be those of one timer, which is looked at once a second. Milliseconds. */
const OTHER_IDLE_MS = 1_500;

/** Whether the server closed another connection at this moment, which had been idle for another time: then it stopped, and no timer ran out. */
const closesTogether = (on: LookedAt, { frame, timeNs, idleMs }: FirstClose): boolean =>
  on.connections.some(({ firstClose: other }) => {
    if (other?.by !== 'server' || other.frame === frame || other.idleMs === null || idleMs === null) return false;
    return Math.abs(other.timeNs - timeNs) < AT_ONCE_MS * 1e6 && Math.abs(other.idleMs - idleMs) >= OTHER_IDLE_MS;
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
        if (close?.by !== 'server' || named === null || !isLast(answer) || !hasEnded(response) || isStopped(on, close.frame)) return null;
        // A connection that waits for the rest of a body is not idle.
        if (!request.complete || closesTogether(on, close)) return null;
        const idle = (close.timeNs - response.endNs) / 1e9;
        // Half a second early is the coarse clock of a server that checks once a second.
        return idle * 1000 >= AT_ONCE_MS && idle < named - 0.75 && isWhole(connection) && { named, idle: Number(idle.toPrecision(3)) };
      },
      (answer) => [answer.connection.firstClose?.frame],
    ),
});

export const persistence = [keepAliveClosed, silentlyClosed, closeKept, closeIgnored, earlyClose];
