/** Ranges, conditions, methods and statuses: what an answer says, beside what was asked and what the same target gets otherwise. */
import { cacheControl, contentRange, entityTag, field, fieldValues, httpDate, listElements, mediaType } from '../../http/fields.ts';
import type { MessageProblemKind } from '../../model.ts';
import { announcesClose } from '../../observe/keepalive.ts';
import { oncePerEvidence } from '../../observe/step.ts';
import {
  type Asked,
  answers,
  asked,
  askedWrongly,
  codingOf,
  contentOf,
  eachAnswer,
  hasProblem,
  pages,
  pagesOf,
  sameVersion,
} from '../evidence.ts';
import { defineFinding } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** Answers that are a part. */
const partial = oncePerEvidence((on) => asked(on).filter(({ response }) => response.status === 206));
const isMultipart = ({ response }: Asked): boolean => mediaType(field(response, 'content-type'))?.type === 'multipart/byteranges';
const rangeOf = ({ response }: Asked) => contentRange(field(response, 'content-range'));

const noContentRange = defineFinding({
  id: 'range.content-range-missing',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7.1',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(
      partial(on),
      (answer) => !isMultipart(answer) && field(answer.response, 'content-range') === null && { target: answer.request.target },
    ),
});

const wrongContentRange = defineFinding({
  id: 'range.content-range-wrong',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7.1',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(partial(on), (answer) => {
      const text = field(answer.response, 'content-range');
      // Of coded content another finding speaks.
      if (text === null || isMultipart(answer) || codingOf(answer.response) !== 'identity') return null;
      const range = rangeOf(answer);
      const { complete, framing, bodyBytes } = answer.response;
      const isWrong =
        range === null || range.first === null || (complete && framing !== 'none' && bodyBytes !== range.last - range.first + 1);
      return isWrong && { range: text.slice(0, 60), bytes: bodyBytes };
    }),
});

/** A single range, as asked; `null` for several, or what is none. */
function askedRange({ request }: Asked): { first: number | null; last: number | null; text: string } | null {
  const text = field(request, 'range');
  const match = text === null ? null : /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(text.trim());
  if (match === null || (match[1] === '' && match[2] === '')) return null;
  const number = (digits: string): number | null => (digits === '' ? null : Number(digits));
  return { first: number(match[1]!), last: number(match[2]!), text: text! };
}

const otherRange = defineFinding({
  id: 'range.other-than-asked',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(partial(on), (answer) => {
      const range = rangeOf(answer);
      if (answer.request.method !== 'GET' || isMultipart(answer)) return null;
      const sent = field(answer.response, 'content-range') ?? '';
      if (field(answer.request, 'range') === null) return { asked: '-', sent: sent.slice(0, 60) };
      const wanted = askedRange(answer);
      if (wanted === null || range === null || range.first === null) return null;
      const { length } = range;
      const from = wanted.first ?? (length === null ? 0 : Math.max(0, length - wanted.last!));
      const to = wanted.first === null ? Number.MAX_SAFE_INTEGER : (wanted.last ?? Number.MAX_SAFE_INTEGER);
      if (to < from) return null;
      return (range.first < from || range.last > to) && { asked: wanted.text, sent: sent.slice(0, 60) };
    }),
});

/** The whole of the same version, not coded; the part is not coded either. */
const wholeOf = (on: LookedAt, answer: Asked): Asked | undefined =>
  pagesOf(on, answer).find(
    (page) =>
      page.response.complete && codingOf(page.response) === codingOf(answer.response) && sameVersion(page.response, answer.response),
  );

const wrongTotal = defineFinding({
  id: 'range.total-wrong',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §14.4',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(
      partial(on),
      (answer) => {
        const length = rangeOf(answer)?.length ?? null;
        const whole = wholeOf(on, answer);
        if (length === null || !whole || codingOf(answer.response) !== 'identity') return null;
        return length !== whole.response.bodyBytes && { target: answer.request.target, total: length, bytes: whole.response.bodyBytes };
      },
      (answer) => [wholeOf(on, answer)?.response.headFrames[0]],
    ),
});

const wrongBytes = defineFinding({
  id: 'range.bytes-wrong',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7.1',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(
      partial(on),
      (answer) => {
        const range = rangeOf(answer);
        const part = contentOf(answer.response);
        if (part === null || range === null || range.first === null) return null;
        const whole = wholeOf(on, answer);
        const all = whole ? contentOf(whole.response) : null;
        if (all === null || all.length !== range.length || part.length !== range.last - range.first + 1) return null;
        const at = part.findIndex((byte, index) => byte !== all[range.first + index]);
        return at !== -1 && { target: answer.request.target, range: field(answer.response, 'content-range') ?? '', at: range.first + at };
      },
      (answer) => [wholeOf(on, answer)?.response.headFrames[0]],
    ),
});

const rangeOfCoded = defineFinding({
  id: 'range.of-coded-content',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §14.1.2',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(partial(on), (answer) => {
      const { response, request } = answer;
      const range = rangeOf(answer);
      const coding = codingOf(response);
      if (coding === 'identity' || range === null || range.first === null) return null;
      // Chunked and longer than the range: what was cut out first was coded afterwards.
      const isCodedAfter = response.complete && response.bodyBytes !== range.last - range.first + 1;
      const plain = plainLength(on, request.target);
      return (
        (isCodedAfter || (range.length !== null && range.length === plain)) && {
          coding,
          range: (field(response, 'content-range') ?? '').slice(0, 60),
        }
      );
    }),
});

/** Length of the target's plain content, by a whole 200. */
const plainLength = (on: LookedAt, target: string): number | null =>
  pages(on)
    .get(target)
    ?.find(({ response }) => response.complete && codingOf(response) === 'identity')?.response.bodyBytes ?? null;

const brokenMultipart = defineFinding({
  id: 'range.multipart-broken',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §14.6',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(partial(on), (answer) => {
      const content = isMultipart(answer) ? contentOf(answer.response) : null;
      const boundary = mediaType(field(answer.response, 'content-type'))?.parameters.get('boundary');
      if (content === null || !boundary || !answer.response.complete) return null;
      const text = Buffer.from(content).toString('latin1');
      const parts = `\r\n${text}`.split(`\r\n--${boundary}`).slice(1, -1);
      const broken = parts.findIndex((part) => !/^[ \t]*\r\n(?:[^\r\n:]+:[^\r\n]*\r\n)*\r\n/.test(part));
      return broken !== -1 && { part: broken + 1 };
    }),
});

const rangeOnWhole = defineFinding({
  id: 'range.content-range-on-200',
  severity: 'note',
  level: null,
  spec: 'RFC 9110 §14.4',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      const range = field(response, 'content-range');
      return response.status === 200 && range !== null && { range: range.slice(0, 60) };
    }),
});

const otherEtag = defineFinding({
  id: 'range.etag-differs',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7',
  topic: 'etag',
  look: (on) =>
    eachAnswer(
      partial(on),
      (answer) => {
        const page = sameDatePage(on, answer);
        const [part, ...parts] = fieldValues(answer.response, 'etag');
        const [whole, ...wholes] = page ? fieldValues(page.response, 'etag') : [];
        // One that is there twice is another finding.
        if (part === undefined || whole === undefined || parts.length + wholes.length > 0) return null;
        return part !== whole && { part: part.slice(0, 60), whole: whole.slice(0, 60) };
      },
      (answer) => [sameDatePage(on, answer)?.response.headFrames[0]],
    ),
});

/** The whole of the target, in the same coding and with the same date. */
const sameDatePage = (on: LookedAt, answer: Asked): Asked | undefined => {
  const modified = field(answer.response, 'last-modified');
  return modified === null
    ? undefined
    : pagesOf(on, answer).find(
        (page) => field(page.response, 'last-modified') === modified && codingOf(page.response) === codingOf(answer.response),
      );
};

const no416Length = defineFinding({
  id: 'range.416-without-length',
  severity: 'advice',
  level: 'SHOULD',
  spec: 'RFC 9110 §15.5.17',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(
      asked(on),
      ({ request, response }) =>
        response.status === 416 && field(response, 'content-range') === null && { asked: (field(request, 'range') ?? '').slice(0, 60) },
    ),
});

const CONDITIONS = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'];
const hasCondition = ({ request }: Asked): boolean => CONDITIONS.some((name) => field(request, name) !== null);

/** The 200 that the same target got from a request with the same Accept-Encoding: the last one before it, else the first after. */
function pageBeside(on: LookedAt, answer: Asked): Asked | undefined {
  const accepted = field(answer.request, 'accept-encoding');
  const isSame = ({ request }: Asked): boolean => field(request, 'accept-encoding') === accepted;
  const all = pagesOf(on, answer);
  return all.findLast((page) => page.request.frames[0] < answer.request.frames[0] && isSame(page)) ?? all.find(isSame);
}

const besideFrames = (on: LookedAt) => (answer: Asked) => [pageBeside(on, answer)?.response.headFrames[0]];

/** 304s to a GET or HEAD. */
const notModified = oncePerEvidence((on) =>
  asked(on).filter(({ response, request }) => response.status === 304 && (request.method === 'GET' || request.method === 'HEAD')),
);

/** Fields of the 200 that its 304 lacks. */
function lacking(on: LookedAt, answer: Asked, names: readonly string[]): string[] {
  const page = pageBeside(on, answer);
  return page ? names.filter((name) => field(page.response, name) !== null && field(answer.response, name) === null) : [];
}

const noEtag304 = defineFinding({
  id: 'conditional.304-without-etag',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.4.5',
  topic: 'etag',
  look: (on) =>
    eachAnswer(
      notModified(on),
      (answer) => lacking(on, answer, ['ETag']).length > 0 && { target: answer.request.target },
      besideFrames(on),
    ),
});

const lacking304 = defineFinding({
  id: 'conditional.304-lacks-fields',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §15.4.5',
  topic: 'caching',
  look: (on) =>
    eachAnswer(
      notModified(on),
      (answer) => {
        const names = lacking(on, answer, ['Vary', 'Cache-Control', 'Date', 'Expires', 'Content-Location']);
        return names.length > 0 && { target: answer.request.target, names: names.join(', ') };
      },
      besideFrames(on),
    ),
});

const otherLength304 = defineFinding({
  id: 'conditional.304-other-length',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.6',
  look: (on) =>
    eachAnswer(
      notModified(on),
      (answer) => {
        const length = fieldValues(answer.response, 'content-length')[0];
        if (length === undefined) return null;
        const page = pageBeside(on, answer);
        if (!page?.response.complete || !sameVersion(page.response, answer.response)) return null;
        return Number(length) !== page.response.bodyBytes && { length, bytes: page.response.bodyBytes };
      },
      besideFrames(on),
    ),
});

const unasked304 = defineFinding({
  id: 'conditional.304-unasked',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.4.5',
  look: (on) => eachAnswer(notModified(on), (answer) => !hasCondition(answer) && { target: answer.request.target }),
});

const isGetOrHead = ({ request }: Asked): boolean => request.method === 'GET' || request.method === 'HEAD';

const ignored = defineFinding({
  id: 'conditional.etag-ignored',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §13.1.2',
  topic: 'etag',
  look: (on) =>
    eachAnswer(asked(on), (answer) => {
      const { request, response } = answer;
      const condition = field(request, 'if-none-match');
      if (response.status !== 200 || !isGetOrHead(answer) || condition === null || field(request, 'range') !== null) return null;
      const tag = entityTag(field(response, 'etag'));
      const control = cacheControl(field(request, 'cache-control'));
      // Some servers take no-cache of the request for a wish to have it all again.
      if (tag === null || control.has('no-cache') || /no-cache/i.test(field(request, 'pragma') ?? '')) return null;
      const matches = listElements(condition).some((element) => entityTag(element)?.opaque === tag.opaque);
      return matches && { target: request.target, etag: (field(response, 'etag') ?? '').slice(0, 60), bytes: response.bodyBytes };
    }),
});

const dateIgnored = defineFinding({
  id: 'conditional.date-ignored',
  severity: 'advice',
  level: 'SHOULD',
  spec: 'RFC 9110 §13.1.3',
  topic: 'caching',
  look: (on) =>
    eachAnswer(asked(on), (answer) => {
      const { request, response } = answer;
      const since = httpDate(field(request, 'if-modified-since'));
      if (response.status !== 200 || !isGetOrHead(answer) || since === null) return null;
      const modified = httpDate(field(response, 'last-modified'));
      const others = ['if-none-match', 'range', 'cache-control', 'pragma'];
      if (others.some((name) => field(request, name) !== null)) return null;
      // A later date is not one that the server gave: nginx by default takes the exact date alone.
      return modified === since && { target: request.target, bytes: response.bodyBytes };
    }),
});

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

/** The GET beside a HEAD whose resource did not change in between: by its validator, or because all its GETs were as long. */
function getBeside(on: LookedAt, head: Asked): Asked | undefined {
  const accepted = field(head.request, 'accept-encoding');
  const gets = pagesOf(on, head).filter(
    ({ request, response }) =>
      response.complete && field(request, 'accept-encoding') === accepted && codingOf(response) === codingOf(head.response),
  );
  const same = gets.find((get) => sameVersion(get.response, head.response));
  if (same) return same;
  const isSteady = gets.length > 1 && gets.every(({ response }) => response.bodyBytes === gets[0]!.response.bodyBytes);
  return isSteady && field(head.response, 'etag') === null && field(head.response, 'last-modified') === null ? gets[0] : undefined;
}

const headLength = defineFinding({
  id: 'methods.head-other-length',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.6',
  look: (on) =>
    eachAnswer(
      asked(on),
      (answer) => {
        if (answer.request.method !== 'HEAD' || answer.response.status !== 200) return null;
        const length = fieldValues(answer.response, 'content-length')[0];
        if (length === undefined) return null;
        const get = getBeside(on, answer);
        return (
          get !== undefined &&
          Number(length) !== get.response.bodyBytes && { target: answer.request.target, length, bytes: get.response.bodyBytes }
        );
      },
      (answer) => [getBeside(on, answer)?.response.headFrames[0]],
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

/** A request that a server must refuse, or that the next parser may read otherwise, and that was taken. */
const acceptedWith = (on: LookedAt, kinds: readonly MessageProblemKind[], counts: (answer: Asked) => boolean = () => true) =>
  eachAnswer(askedWrongly(on), (answer) => {
    const { request, response } = answer;
    // Of the target, or of the method: the request itself was taken for a right one, and the connection kept.
    const isOther = (response.status === 404 || response.status === 405) && !announcesClose(response);
    const isAccepted = (response.status >= 200 && response.status < 400) || isOther;
    return isAccepted && hasProblem(request, ...kinds) && counts(answer) && { method: request.method, status: response.status };
  });

/** HTTP/1.0 needs no Host. */
const speaks11 = ({ response }: Asked): boolean => response.version === '1.1';

const bothLengths = defineFinding({
  id: 'smuggling.length-with-transfer-encoding',
  severity: 'risk',
  level: null,
  spec: 'RFC 9112 §6.3',
  look: (on) => acceptedWith(on, ['transfer-encoding-with-content-length']),
});

const differentLengths = defineFinding({
  id: 'smuggling.conflicting-lengths',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  look: (on) => acceptedWith(on, ['conflicting-content-length', 'invalid-content-length']),
});

const colonAccepted = defineFinding({
  id: 'smuggling.space-before-colon',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §5.1',
  look: (on) => acceptedWith(on, ['whitespace-before-colon']),
});

const hostsAccepted = defineFinding({
  id: 'smuggling.two-hosts',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §3.2',
  look: (on) => acceptedWith(on, ['duplicate-host'], speaks11),
});

const noHostAccepted = defineFinding({
  id: 'smuggling.no-host',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9112 §3.2',
  look: (on) => acceptedWith(on, ['missing-host'], speaks11),
});

const lfAccepted = defineFinding({
  id: 'smuggling.bare-lf',
  severity: 'note',
  level: 'MAY',
  spec: 'RFC 9112 §2.2',
  look: (on) => acceptedWith(on, ['bare-lf']),
});

/** Whether another request of the same kind got the same status where no body was before it. */
function isUsual(on: LookedAt, answer: Asked): boolean {
  return asked(on).some(
    (other) =>
      other !== answer &&
      other.request.method === answer.request.method &&
      other.request.target === answer.request.target &&
      other.response.status === answer.response.status &&
      // One that is wrong itself gets its 400 for that.
      other.request.problems.length === 0 &&
      !beforeOf(other)?.request?.bodyBytes,
  );
}

const beforeOf = ({ connection, exchange }: Asked) => connection.exchanges.find(({ index }) => index === exchange.index - 1);

const unreadBody = defineFinding({
  id: 'body.becomes-request',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §9.3',
  topic: 'read-body',
  look: (on) =>
    eachAnswer(
      asked(on),
      (answer) => {
        const { request, response } = answer;
        if (response.status !== 400 && response.status !== 501) return null;
        const before = beforeOf(answer);
        if (request.problems.length > 0 || !before?.request?.complete || !before.response || before.request.bodyBytes === 0) return null;
        if (isUsual(on, answer)) return null;
        return { method: request.method, status: response.status, before: before.request.method, bytes: before.request.bodyBytes };
      },
      (answer) => [beforeOf(answer)?.request?.headFrames[0]],
    ),
});

export const semantics = [
  noContentRange,
  wrongContentRange,
  otherRange,
  wrongTotal,
  wrongBytes,
  rangeOfCoded,
  brokenMultipart,
  otherEtag,
  rangeOnWhole,
  no416Length,
  noEtag304,
  lacking304,
  otherLength304,
  unasked304,
  ignored,
  dateIgnored,
  noAllow,
  headLength,
  headRefused,
  bothLengths,
  differentLengths,
  colonAccepted,
  hostsAccepted,
  noHostAccepted,
  lfAccepted,
  unreadBody,
];
