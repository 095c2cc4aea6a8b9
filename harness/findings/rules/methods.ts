/** Methods: what a 405 says, and what HEAD gets beside GET. */
import { latin1 } from '../../http/bytes.ts';
import { field, listElements } from '../../http/fields.ts';
import { resourceOf } from '../../observe/step.ts';
import {
  type Asked,
  asked,
  codingOf,
  contentOf,
  declaredLength,
  eachAnswer,
  hasCondition,
  isSelectedAlike,
  lacking,
  pagesOf,
  sameBytes,
} from '../evidence.ts';
import { defineFinding, type Figures, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

const noAllow = defineFinding({
  id: 'methods.405-without-allow',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9110 §15.5.6',
  look: (on) =>
    eachAnswer(
      asked(on),
      ({ request, response }) => response.status === 405 && field(response, 'allow') === null && { method: request.method.slice(0, 20) },
    ),
});

/** Names are compared as they are written (RFC 9110 §9.1). */
const refusedAndAllowed = defineFinding({
  id: 'methods.405-allows-it',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9110 §15.5.6',
  look: (on) =>
    eachAnswer(asked(on), ({ request, response, exchange, connection }) => {
      const allow = field(response, 'allow');
      // What is left of a body before it may have become a part of the method.
      const isFirstToRead = connection.exchanges.every((other) => other.index >= exchange.index || other.request?.framing === 'none');
      if (response.status !== 405 || !isFirstToRead || !listElements(allow).includes(request.method)) return null;
      return { method: request.method, allow: allow!.slice(0, 80) };
    }),
});

const optionsWithoutAllow = defineFinding({
  id: 'methods.options-without-allow',
  severity: 'note',
  level: 'SHOULD',
  spec: 'RFC 9110 §9.3.7',
  look: (on) =>
    eachAnswer(asked(on), ({ request, response }) => {
      const { method, target } = request;
      // A preflight asks what another origin may do, and gets that.
      if (method !== 'OPTIONS' || target === '*' || field(request, 'access-control-request-method') !== null) return null;
      return response.status >= 200 && response.status <= 299 && field(response, 'allow') === null && { target, status: response.status };
    }),
});

/** The GET beside a HEAD whose resource did not change in between: by its validator, or because all its GETs were as long. */
function getBeside(on: LookedAt, head: Asked): Asked | undefined {
  const gets = pagesOf(on, head).filter(
    (get) => get.response.complete && isSelectedAlike(get, head) && codingOf(get.response) === codingOf(head.response),
  );
  const same = gets.find((get) => sameBytes(on, get, head.response));
  if (same) return same;
  const isSteady = gets.length > 1 && gets.every(({ response }) => response.bodyBytes === gets[0]!.response.bodyBytes);
  return isSteady && field(head.response, 'etag') === null && field(head.response, 'last-modified') === null ? gets[0] : undefined;
}

/** What is found where HEAD gets 200, held against what GET got. */
const besideGet = <Args extends Figures>(on: LookedAt, figures: (head: Asked, get: Asked) => Args | null | false): Hit<Args>[] =>
  eachAnswer(
    asked(on).filter(({ request, response }) => request.method === 'HEAD' && response.status === 200),
    (head) => {
      const get = getBeside(on, head);
      return get ? figures(head, get) : null;
    },
    (head) => [getBeside(on, head)?.response.headFrames[0]],
  );

const headLength = defineFinding({
  id: 'methods.head-other-length',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.6',
  look: (on) =>
    besideGet(on, ({ request, response }, get) => {
      const length = declaredLength(response);
      return length !== null && length !== get.response.bodyBytes && { target: request.target, length, bytes: get.response.bodyBytes };
    }),
});

/** Those of GET that no content has to be made for (RFC 9110 §9.3.2). */
const OF_HEAD = ['Content-Type', 'Last-Modified', 'Cache-Control', 'Expires'];

const headLacks = defineFinding({
  id: 'methods.head-lacks-fields',
  severity: 'note',
  level: 'SHOULD',
  spec: 'RFC 9110 §9.3.2',
  look: (on) =>
    besideGet(on, (head, get) => {
      const names = lacking(head, get, OF_HEAD);
      return names.length > 0 && { target: head.request.target, names: names.join(', ') };
    }),
});

/** Statuses of an answer that has no say about HEAD: of a server that is busy, of a condition or a range. */
const ofTheMoment = (status: number): boolean => status >= 500 || [206, 304, 408, 412, 416, 429].includes(status);

/** Who asks, and in which codings: the answer may depend on it. */
const OF_THE_ASKER = ['accept-encoding', 'cookie', 'authorization'];

/** What GETs of the HEAD's target got, asked by the same, with the same codings and without a condition; `null` where there are none, or different statuses. */
function statusBeside(on: LookedAt, head: Asked): Asked | null {
  const gets = asked(on).filter(
    (other) =>
      other.request.method === 'GET' &&
      resourceOf(other.request) === resourceOf(head.request) &&
      other.request.problems.length === 0 &&
      OF_THE_ASKER.every((name) => field(other.request, name) === field(head.request, name)) &&
      field(other.request, 'range') === null &&
      !hasCondition(other),
  );
  return gets.every(({ response }) => response.status === gets[0]!.response.status) ? (gets[0] ?? null) : null;
}

const headStatus = defineFinding({
  id: 'methods.head-other-status',
  severity: 'advice',
  level: 'SHOULD',
  spec: 'RFC 9110 §9.3.2',
  look: (on) =>
    eachAnswer(
      asked(on),
      (answer) => {
        const { request, response } = answer;
        if (request.method !== 'HEAD' || request.problems.length > 0 || hasCondition(answer) || ofTheMoment(response.status)) return null;
        // After ranges that are none some servers refuse more than these.
        if (field(request, 'range') !== null) return null;
        const get = statusBeside(on, answer);
        if (get === null || get.response.status === response.status || ofTheMoment(get.response.status)) return null;
        // That HEAD is refused is another finding.
        if ([405, 501].includes(response.status) || (get.response.status === 200 && response.status === 404)) return null;
        return { target: request.target, status: response.status, get: get.response.status };
      },
      (answer) => [statusBeside(on, answer)?.response.headFrames[0]],
    ),
});

const headRefused = defineFinding({
  id: 'methods.head-refused',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §9.1',
  look: (on) =>
    eachAnswer(
      asked(on),
      (answer) => {
        const { request, response } = answer;
        return (
          request.method === 'HEAD' &&
          [404, 405, 501].includes(response.status) &&
          pagesOf(on, answer).length > 0 && { target: request.target, status: response.status }
        );
      },
      (answer) => [pagesOf(on, answer)[0]?.response.headFrames[0]],
    ),
});

/** Fields that a TRACE should not show again (RFC 9110 §9.3.8). */
const SECRET = ['Cookie', 'Authorization', 'Proxy-Authorization'];

const traceEchoes = defineFinding({
  id: 'methods.trace-echoes',
  severity: 'advice',
  level: 'SHOULD',
  spec: 'RFC 9110 §9.3.8',
  look: (on) =>
    eachAnswer(asked(on), ({ request, response }) => {
      const content = request.method === 'TRACE' && response.status === 200 ? contentOf(response) : null;
      if (content === null) return null;
      const text = latin1(content, 0, content.length);
      const name = SECRET.find((one) => text.includes(field(request, one) ?? '\0'));
      return name !== undefined && { target: request.target, name };
    }),
});

export const methods = [noAllow, refusedAndAllowed, optionsWithoutAllow, headLength, headLacks, headStatus, headRefused, traceEchoes];
