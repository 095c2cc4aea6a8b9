/** What becomes of requests with bodies: a body that is left unread, Expect: 100-continue, and uploads that are refused. */
import { field } from '../../http/fields.ts';
import type { Connection, Exchange, ResponseMessage } from '../../model.ts';
import { announcesClose } from '../../observe/keepalive.ts';
import { frameList, isSameRequest } from '../../observe/step.ts';
import { AT_ONCE_MS } from '../../observe/timers.ts';
import { type Asked, AT_ONCE_LATEST_NS, answerFrames, asked, connectionOf, hasProblem, isLast, isStopped, isWhole } from '../evidence.ts';
import { defineFinding, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

const REQUEST_TIMEOUT = 408;

/** Whether another request of the same kind got the same status where no body was before it. */
function isUsual(on: LookedAt, answer: Asked): boolean {
  return asked(on).some(
    (other) =>
      other !== answer &&
      isSameRequest(other.request, answer.request) &&
      other.response.status === answer.response.status &&
      // One that is wrong itself gets its 400 for that.
      other.request.problems.length === 0 &&
      !beforeOf(other)?.request?.bodyBytes,
  );
}

const beforeOf = ({ connection, exchange }: Asked) => connection.exchanges.find(({ index }) => index === exchange.index - 1);

/** Whether the same request gets another status where no body was before it. */
const getsOther = (on: LookedAt, answer: Asked): boolean =>
  asked(on).some(
    (other) =>
      isSameRequest(other.request, answer.request) &&
      other.response.status !== answer.response.status &&
      !beforeOf(other)?.request?.bodyBytes,
  );

/** A target that may be refused for itself: a percent sign without its two digits (RFC 3986 §2.1), or dots that lead upwards. */
const ODD_TARGET = /%(?![\da-f]{2})|\.\.|[\\^`{|}<>"]/i;

/** Whether the refusal is that of a request line that can't be read, and not one of what was asked for. */
function isOfItsForm(on: LookedAt, answer: Asked): boolean {
  const { request, response, connection } = answer;
  if (getsOther(on, answer)) return true;
  // Every server has GET and HEAD (RFC 9110 §9.1).
  if (response.status === 501)
    return (
      /^(?:GET|HEAD)$/.test(request.method) ||
      asked(on).some((other) => other.request.method === request.method && other.response.status !== 501)
    );
  const isLastOfServer = isLast(answer) && connection.firstClose?.by === 'server';
  return (announcesClose(response) || isLastOfServer) && !ODD_TARGET.test(request.target);
}

type BodyArgs = { before: string; bytes: number; next: string; status: number };

/** The next request is refused, as one is that begins with the rest of a body. */
function nextRefused(on: LookedAt, answer: Asked): Hit<BodyArgs> | null {
  const { request, response, exchange } = answer;
  const before = beforeOf(answer);
  if (response.status !== 400 && response.status !== 501) return null;
  if (request.problems.length > 0 || !before?.request?.complete || !before.response || before.request.bodyBytes === 0) return null;
  if (before.request.problems.length > 0 || isUsual(on, answer) || !isOfItsForm(on, answer)) return null;
  const args = { before: before.request.method, bytes: before.request.bodyBytes, next: request.method, status: response.status };
  return { args, stream: exchange.stream, frames: frameList(answerFrames(answer), before.request.headFrames[0]) };
}

/** A response that no request asked for, right after a request with a body: the body was one. */
function bodyAnswered(connection: Connection): Hit<BodyArgs>[] {
  const { exchanges, stream } = connection;
  const place = exchanges.findIndex(({ request, response }) => request === null && response !== null);
  const { response } = exchanges[place] ?? {};
  if (!response || response.status === REQUEST_TIMEOUT || !hasProblem(response, 'unsolicited-response') || !isWhole(connection)) return [];
  const before = exchanges.slice(0, place);
  const body = before.findLast(({ request }) => request !== null && request.bodyBytes > 0)?.request;
  const last = before.at(-1)?.response;
  if (!body || !last || response.startNs - last.endNs >= AT_ONCE_MS * 1e6 || announcesClose(last)) return [];
  if (before.some(({ request }) => request !== null && (!request.complete || request.problems.length > 0))) return [];
  const args = { before: body.method, bytes: body.bodyBytes, next: '', status: response.status };
  return [{ args, stream, frames: frameList(body.headFrames[0], last.headFrames[0], response.headFrames[0]) }];
}

const unreadBody = defineFinding({
  id: 'body.becomes-request',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §9.3',
  topic: 'read-body',
  look: (on) => [...asked(on).flatMap((answer) => nextRefused(on, answer) ?? []), ...on.connections.flatMap(bodyAnswered)],
});

/** Of a request whose body was not sent, which can be no request. */
const answeredTwice = defineFinding({
  id: 'exchange.answered-twice',
  severity: 'fault',
  level: null,
  spec: 'RFC 9112 §9.2',
  look: (on) =>
    on.connections.filter(isWhole).flatMap(({ exchanges, stream }) => {
      const place = exchanges.findIndex(({ request, response }) => request === null && response !== null);
      const { response } = exchanges[place] ?? {};
      const before = exchanges[place - 1];
      if (!response || response.status === REQUEST_TIMEOUT || !before?.request || !before.response) return [];
      const isSound = (exchange: Exchange): boolean =>
        exchange.request !== null &&
        exchange.request.bodyBytes === 0 &&
        exchange.request.problems.every(({ kind }) => kind === 'body-not-sent');
      if (!exchanges.slice(0, place).every(isSound) || announcesClose(before.response)) return [];
      if (response.startNs - before.response.endNs >= AT_ONCE_MS * 1e6) return [];
      const args = { method: before.request.method, target: before.request.target, first: before.response.status, second: response.status };
      const frames = frameList(before.request.headFrames[0], before.response.headFrames[0], response.headFrames[0]);
      return [{ args, stream, frames }];
    }),
});

const expectsContinue = ({ request }: Exchange): boolean => request !== null && field(request, 'expect')?.toLowerCase() === '100-continue';

const isContinue = ({ status }: ResponseMessage): boolean => status === 100;

const continueLate = defineFinding({
  id: 'expect.100-after-response',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §10.1.1',
  look: (on) => {
    // A server that sends 100 before each answer is not late with it.
    if (on.connections.some(({ exchanges }) => exchanges[0]?.interim.some(isContinue) && !expectsContinue(exchanges[0]))) return [];
    return on.connections.filter(isWhole).flatMap(({ exchanges, stream }) =>
      exchanges.flatMap((exchange, place) => {
        const late = exchange.interim.find(isContinue);
        if (!late || expectsContinue(exchange)) return [];
        const before = exchanges.slice(0, place).findLast(expectsContinue);
        if (!before?.response) return [];
        const args = { status: before.response.status };
        return [{ args, stream, frames: frameList(before.request?.headFrames[0], before.response.headFrames[0], late.headFrames[0]) }];
      }),
    );
  },
});

const continueTwice = defineFinding({
  id: 'expect.100-twice',
  severity: 'note',
  level: null,
  spec: 'RFC 9110 §15.2.1',
  look: (on) =>
    on.exchanges.flatMap(({ interim, request, stream }) => {
      const all = interim.filter(isContinue);
      if (all.length < 2) return [];
      const frames = frameList(
        request?.headFrames[0],
        all.map(({ headFrames }) => headFrames[0]),
      );
      return [{ args: { count: all.length }, stream, frames }];
    }),
});

const interimTo10 = defineFinding({
  id: 'expect.interim-to-http10',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §15.2',
  look: (on) =>
    on.exchanges.flatMap(({ interim, request, stream }) => {
      const [first] = interim;
      if (!first || request?.version !== '1.0') return [];
      return [{ args: { status: first.status }, stream, frames: frameList(request.headFrames[0], first.headFrames[0]) }];
    }),
});

const nextLost = defineFinding({
  id: 'expect.next-request-lost',
  severity: 'note',
  level: 'SHOULD',
  spec: 'RFC 9110 §10.1.1',
  look: (on) =>
    asked(on).flatMap((answer) => {
      const { connection, exchange, request, response } = answer;
      if (!hasProblem(request, 'body-not-sent') || announcesClose(response) || !isWhole(connection)) return [];
      const next = connection.exchanges.find(({ index }) => index === exchange.index + 1);
      const close = connection.firstClose;
      if (!next?.request?.complete || next.response !== null || close?.by === 'server') return [];
      const waited = (close?.timeNs ?? on.capture.endNs) - next.request.endNs;
      if (waited < AT_ONCE_MS * 1e6) return [];
      const args = { status: response.status, method: next.request.method };
      return [{ args, stream: exchange.stream, frames: frameList(answerFrames(answer), next.request.headFrames[0], close?.frame) }];
    }),
});

const uploadCut = defineFinding({
  id: 'connection.upload-cut',
  severity: 'risk',
  level: null,
  spec: 'RFC 9112 §9.5',
  topic: 'read-body',
  look: (on) =>
    on.exchanges.flatMap((exchange) => {
      const { request, response, stream } = exchange;
      const connection = connectionOf(on, exchange);
      const close = connection?.firstClose;
      if (!request || response !== null || !connection || close?.by !== 'server' || !isWhole(connection) || isStopped(on, close.frame))
        return [];
      const isCut = !request.complete && request.bodyBytes > 0 && request.problems.every(({ kind }) => kind === 'truncated');
      if (!isCut || connection.sides.server.payloadBytes > 0) return [];
      // A client that sends nothing more is no longer uploading.
      if (close.timeNs - request.endNs >= AT_ONCE_LATEST_NS) return [];
      const args = { method: request.method, bytes: request.bodyBytes, how: close.how };
      return [{ args, stream, frames: frameList(request.headFrames[0], close.frame) }];
    }),
});

export const bodies = [unreadBody, answeredTwice, uploadCut, continueLate, interimTo10, continueTwice, nextLost];
