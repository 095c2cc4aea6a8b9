/** Fields that a response needs, has twice, or has wrong. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { cacheControl, deltaSeconds, entityTag, field, fieldValues, httpDate, listElements, oncePerHead } from '../../http/fields.ts';
import type { ResponseMessage } from '../../model.ts';
import { oncePerEvidence, resourceOf } from '../../observe/step.ts';
import { type Answer, type Asked, answers, asked, codingOf, contentOf, eachAnswer, isEqual, isWhole, pages, pagesOf } from '../evidence.ts';
import { defineFinding, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** Fields of one value (RFC 9110 §5.3): a recipient that joins two lines has neither. */
const SINGLE = [
  ...['ETag', 'Content-Type', 'Location', 'Last-Modified', 'Content-Range', 'Expires', 'Age', 'Retry-After'],
  // Browsers refuse such a response, each time.
  ...['Content-Disposition', 'Access-Control-Allow-Origin'],
];

const repeatedNames = oncePerHead((response) => SINGLE.filter((name) => fieldValues(response, name).length > 1));

const repeated = defineFinding({
  id: 'header.repeated',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §5.3',
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      const names = repeatedNames(response);
      return names.length > 0 && { names: names.join(', '), values: fieldValues(response, names[0]!).join(' | ').slice(0, 120) };
    }),
});

const repeatedDate = defineFinding({
  id: 'header.repeated-date',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §5.3',
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      const values = fieldValues(response, 'date');
      return values.length > 1 && { values: values.join(' | ').slice(0, 120) };
    }),
});

const withoutDate = (on: LookedAt, from: number, to: number): Hit<{ status: number }>[] =>
  eachAnswer(
    answers(on),
    ({ response }) =>
      // Of a 304 another finding speaks; what follows a tunnel's head is stored nowhere.
      response.status !== 304 &&
      response.framing !== 'tunnel' &&
      response.status >= from &&
      response.status <= to &&
      fieldValues(response, 'date').length === 0 && { status: response.status },
  );

const noDate = defineFinding({
  id: 'header.date-missing',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §6.6.1',
  look: (on) => withoutDate(on, 200, 399),
});

const hasDateInSuccess = (on: LookedAt): boolean =>
  answers(on).some(({ response }) => response.status >= 200 && response.status <= 399 && field(response, 'date') !== null);

const noDateInError = defineFinding({
  id: 'header.date-missing-in-error',
  severity: 'note',
  level: 'MUST',
  spec: 'RFC 9110 §6.6.1',
  look: (on) => (withoutDate(on, 200, 399).length > 0 || !hasDateInSuccess(on) ? [] : withoutDate(on, 400, 499)),
});

/** `Expires` is left out: an invalid one means "expired" and is sent on purpose (RFC 9111 §5.3). */
const DATES = ['Date', 'Last-Modified'];

const wrongDate = oncePerHead((response) => DATES.find((name) => fieldValues(response, name).some((text) => httpDate(text) === null)));

const badDate = defineFinding({
  id: 'header.date-invalid',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §5.6.7',
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      const wrong = wrongDate(response);
      return wrong !== undefined && { name: wrong, value: (field(response, wrong) ?? '').slice(0, 60) };
    }),
});

/** By how much `Last-Modified` is after `Date`, in milliseconds; `null` where one of them is missing or invalid. */
const modifiedAheadMs = oncePerHead((response) => {
  const date = httpDate(field(response, 'date'));
  const modified = httpDate(field(response, 'last-modified'));
  return date === null || modified === null ? null : modified - date;
});

const futureModified = defineFinding({
  id: 'header.last-modified-in-future',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §8.8.2.1',
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      const ahead = modifiedAheadMs(response);
      // A second that has just begun is no future.
      return ahead !== null && ahead > 1000 && { ahead: Math.round(ahead / 1000) };
    }),
});

/** What `Date` says, and the `Age` that a cache has added to it, in milliseconds. */
const datedMs = oncePerHead((response) => {
  const date = httpDate(field(response, 'date'));
  const age = deltaSeconds(field(response, 'age'));
  return date === null ? null : date + (age ?? 0) * 1000;
});

/** Clocks that nobody sets differ by seconds, and some servers read theirs seldom. */
const CLOCK_MS = 60_000;

const dateOff = defineFinding({
  id: 'header.date-off',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §6.6.1',
  look: (on) => {
    // A run's server has the clock of its capture; one from elsewhere may have any.
    if (on.steps.length === 0) return [];
    const beginMs = Number(on.capture.baseEpochNs) / 1e6;
    return eachAnswer(answers(on), ({ response }) => {
      const dated = datedMs(response);
      // A cache may leave its Age out.
      if (dated === null || field(response, 'via') !== null || field(response, 'x-cache') !== null) return null;
      const off = Math.round((dated - beginMs - response.startNs / 1e6) / 1000);
      return Math.abs(off) * 1000 > CLOCK_MS && { off: Math.abs(off), side: off > 0 ? 'ahead' : 'behind' };
    });
  },
});

const noContentType = defineFinding({
  id: 'header.content-type-missing',
  severity: 'risk',
  level: 'SHOULD',
  spec: 'RFC 9110 §8.3',
  topic: 'content-type',
  look: (on) =>
    eachAnswer(asked(on), ({ response, request }) => {
      if (response.status < 200 || response.status > 299 || response.bodyBytes === 0 || field(response, 'content-type')) return null;
      // The client has it: a part for If-Range should not repeat what the whole has said (RFC 9110 §15.3.7).
      if (response.status === 206 && field(request, 'if-range') !== null) return null;
      return { target: request.target, bytes: response.bodyBytes };
    }),
});

/** ETags that are none, with or without a quote; one that is there twice is another finding. */
const brokenTags = (on: LookedAt, hasQuote: boolean): Hit<{ value: string }>[] =>
  eachAnswer(answers(on), ({ response }) => {
    const [tag, ...others] = fieldValues(response, 'etag');
    if (tag === undefined || others.length > 0 || entityTag(tag) !== null) return null;
    return tag.includes('"') === hasQuote && { value: tag.slice(0, 60) };
  });

const unquotedEtag = defineFinding({
  id: 'header.etag-unquoted',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.8.3',
  topic: 'etag',
  look: (on) => brokenTags(on, false),
});

const brokenEtag = defineFinding({
  id: 'header.etag-invalid',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.8.3',
  topic: 'etag',
  look: (on) => brokenTags(on, true),
});

/** The same content got a new tag each time, or one that comes and goes: a file that was saved again gets one new tag. */
function changesForNothing(same: readonly Asked[]): boolean {
  const tags = same.map(({ response }) => field(response, 'etag'));
  const kinds = new Set(tags).size;
  if (tags.includes(null) || kinds < 2) return false;
  const changes = tags.filter((tag, index) => index > 0 && tag !== tags[index - 1]).length;
  if (kinds < 3 && changes < 2) return false;
  const [first, ...others] = same.map(({ response }) => contentOf(response));
  return first !== null && first !== undefined && others.every((other) => other !== null && isEqual(first, other));
}

const changingEtag = defineFinding({
  id: 'cache.etag-changes',
  severity: 'advice',
  level: null,
  spec: 'RFC 9110 §8.8.3',
  topic: 'etag',
  look: (on): Hit<{ target: string; first: string; second: string }>[] =>
    [...pages(on).values()].flatMap((all) => {
      const same = all.filter(
        ({ request, response }) =>
          response.complete &&
          codingOf(response) === codingOf(all[0]!.response) &&
          field(request, 'accept-encoding') === field(all[0]!.request, 'accept-encoding'),
      );
      if (!changesForNothing(same)) return [];
      const other = same.find(({ response }) => field(response, 'etag') !== field(same[0]!.response, 'etag'))!;
      const [first = '', second = ''] = [same[0]!, other].map(({ response }) => (field(response, 'etag') ?? '').slice(0, 60));
      const frames = [same[0]!.response.headFrames[0], other.response.headFrames[0]];
      return [{ args: { target: other.request.target, first, second }, stream: other.exchange.stream, frames }];
    }),
});

const keptEtag = defineFinding({
  id: 'cache.etag-of-other-content',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.8.3',
  topic: 'etag',
  look: (on): Hit<{ target: string; etag: string }>[] =>
    [...pages(on).values()].flatMap((all) => {
      const first = new Map<string, Asked>();
      for (const answer of all) {
        const { request, response } = answer;
        const tag = field(response, 'etag');
        const content = contentOf(response);
        // A weak one may stand for contents that differ; of one that stands for two codings another finding speaks.
        if (tag === null || content === null || !response.complete || entityTag(tag)?.weak !== false) continue;
        const key = `${codingOf(response)} ${tag}`;
        const other = first.get(key);
        if (!other) first.set(key, answer);
        else if (!isEqual(content, contentOf(other.response)!)) {
          const frames = [other.response.headFrames[0], response.headFrames[0]];
          return [{ args: { target: request.target, etag: tag.slice(0, 60) }, stream: answer.exchange.stream, frames }];
        }
      }
      return [];
    }),
});

/** As near to `Date` as a file that is made for the response, in milliseconds. */
const JUST_NOW_MS = 2_000;

/** Pages without an ETag whose `Last-Modified` is the time of the response, each time. */
const modifiedNow = defineFinding({
  id: 'cache.modified-now',
  severity: 'advice',
  level: null,
  spec: 'RFC 9110 §8.8.2.1',
  topic: 'caching',
  look: (on): Hit<{ target: string; first: string; second: string }>[] =>
    [...pages(on).values()].flatMap((all) => {
      const dated = all.filter(({ response }) => field(response, 'etag') === null && contentOf(response) !== null && response.complete);
      const [one] = dated;
      const other = dated.find(({ response }) => field(response, 'last-modified') !== field(one!.response, 'last-modified'));
      if (!one || !other) return [];
      const isNow = ({ response }: Asked): boolean => {
        const ahead = modifiedAheadMs(response);
        return ahead !== null && Math.abs(ahead) <= JUST_NOW_MS && isEqual(contentOf(response)!, contentOf(one.response)!);
      };
      if (!dated.every(isNow)) return [];
      const [first = '', second = ''] = [one, other].map(({ response }) => field(response, 'last-modified') ?? '');
      const frames = [one.response.headFrames[0], other.response.headFrames[0]];
      return [{ args: { target: other.request.target, first, second }, stream: other.exchange.stream, frames }];
    }),
});

const sharedCookie = defineFinding({
  id: 'cache.shared-cookie',
  severity: 'risk',
  level: null,
  spec: 'RFC 9111 §7.3',
  topic: 'caching',
  look: (on) =>
    eachAnswer(answers(on), ({ request, response }) => {
      const control = field(response, 'cache-control');
      if (control === null || field(response, 'set-cookie') === null) return null;
      const directives = cacheControl(control);
      if (['no-store', 'private', 'no-cache'].some((name) => directives.has(name))) return null;
      const shared = directives.get('s-maxage');
      const age = directives.get('max-age');
      // For one client alone, unless it says otherwise (RFC 9111 §3.5).
      const isOpen = request === null || field(request, 'authorization') === null;
      const isKept = directives.has('s-maxage')
        ? shared !== '0'
        : directives.has('public')
          ? age !== '0'
          : isOpen && (deltaSeconds(age) ?? 0) > 0;
      return isKept && { control, cookie: (field(response, 'set-cookie') ?? '').split('=')[0]!.slice(0, 40) };
    }),
});

/** Two whole 200s of one target, one of them plain and the other coded. */
const codedPairs = oncePerEvidence((on): readonly [plain: Answer, coded: Answer][] => {
  const plain = new Map<string, Answer>();
  const whole = asked(on).filter(({ request, response }) => request.method === 'GET' && response.status === 200);
  for (const answer of whole) if (codingOf(answer.response) === 'identity') plain.set(resourceOf(answer.request), answer);
  return whole.flatMap((answer): [Answer, Answer][] => {
    const other = plain.get(resourceOf(answer.request));
    return codingOf(answer.response) === 'identity' || !other ? [] : [[other, answer]];
  });
});

const ofPairs = <Args extends Readonly<Record<string, string | number>>>(
  on: LookedAt,
  figures: (plain: Answer, coded: Answer) => Args | null | false,
): Hit<Args>[] =>
  codedPairs(on).flatMap(([plain, coded]) => {
    const args = figures(plain, coded);
    if (!args) return [];
    return [{ args, stream: coded.exchange.stream, frames: [plain.response.headFrames[0], coded.response.headFrames[0]] }];
  });

/** Whether Accept-Encoding may have chosen: to the same one, a server sends short answers plain, and those that it has not compressed yet. */
const wereAskedApart = ({ request: one }: Answer, { request: other }: Answer): boolean =>
  one !== null && other !== null && field(one, 'accept-encoding') !== field(other, 'accept-encoding');

const noVary = defineFinding({
  id: 'coding.vary-missing',
  severity: 'risk',
  level: 'SHOULD',
  spec: 'RFC 9110 §12.5.5',
  topic: 'vary',
  look: (on) =>
    ofPairs(on, (plain, coded) => {
      const { request, response } = coded;
      const varies = /(?:^|[\s,])(?:accept-encoding|\*)(?:$|[\s,])/i.test(field(response, 'vary') ?? '');
      if (varies || !wereAskedApart(plain, coded) || cacheControl(field(response, 'cache-control')).has('no-store')) return null;
      return { target: request?.target ?? '', coding: codingOf(response), vary: field(response, 'vary') ?? '' };
    }),
});

const sharedEtag = defineFinding({
  id: 'coding.shared-etag',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.8.3.3',
  topic: 'etag',
  look: (on) =>
    ofPairs(on, (plain, coded) => {
      const tag = field(coded.response, 'etag');
      if (tag === null || tag !== field(plain.response, 'etag') || entityTag(tag)?.weak !== false) return null;
      return { target: coded.request?.target ?? '', coding: codingOf(coded.response), etag: tag.slice(0, 60) };
    }),
});

const noVaryPlain = defineFinding({
  id: 'coding.vary-missing-plain',
  severity: 'note',
  level: 'SHOULD',
  spec: 'RFC 9110 §12.5.5',
  topic: 'vary',
  look: (on) =>
    ofPairs(on, (plain, coded) => {
      const [vary, plainVary] = [field(coded.response, 'vary'), field(plain.response, 'vary')];
      if (
        vary === null ||
        plainVary !== null ||
        !wereAskedApart(plain, coded) ||
        cacheControl(field(plain.response, 'cache-control')).has('no-store')
      )
        return null;
      return { target: plain.request?.target ?? '', coding: codingOf(coded.response), vary: vary.slice(0, 60) };
    }),
});

/** Below this a coded text may happen to be as long as the plain one. */
const LONG_ENOUGH = 500;

const isGzip = (response: ResponseMessage): boolean => /^(?:x-)?gzip$/.test(codingOf(response));

/** The first two bytes of gzip (RFC 1952 §2.3.1). */
const isUnlikeGzip = (content: Uint8Array | null): boolean =>
  content !== null && content.length > 1 && (content[0] !== 0x1f || content[1] !== 0x8b);

const mislabelled = defineFinding({
  id: 'coding.mislabelled',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.4',
  look: (on) => [
    ...eachAnswer(asked(on), ({ request, response }) => {
      // A part need not have the beginning.
      if (!isGzip(response) || response.status === 206 || !isUnlikeGzip(contentOf(response))) return null;
      return { target: request.target, coding: codingOf(response), bytes: response.bodyBytes, by: 'content' };
    }),
    ...ofPairs(on, (plain, coded) => {
      const { bodyBytes, complete } = coded.response;
      if (!complete || !plain.response.complete || !isWhole(coded.connection) || !isGzip(coded.response)) return null;
      if (bodyBytes < LONG_ENOUGH || bodyBytes !== plain.response.bodyBytes || contentOf(coded.response) !== null) return null;
      return { target: coded.request?.target ?? '', coding: codingOf(coded.response), bytes: bodyBytes, by: 'length' };
    }),
  ],
});

/** The registered ones (RFC 9110 §16.6.1), and `identity`. */
const CODINGS = [
  ...['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'compress', 'x-compress', 'dcb', 'dcz', 'aes128gcm', 'exi', 'pack200-gzip'],
  'identity',
];

const codings = oncePerHead((response) => listElements(field(response, 'content-encoding')).map((name) => name.toLowerCase()));

const noCoding = defineFinding({
  id: 'coding.unknown',
  severity: 'risk',
  level: null,
  spec: 'RFC 9110 §8.4.1',
  look: (on) =>
    eachAnswer(asked(on), ({ request, response }) => {
      const accepted = (field(request, 'accept-encoding') ?? '').toLowerCase();
      const unknown = codings(response).find((name) => !CODINGS.includes(name) && !accepted.includes(name));
      return unknown !== undefined && { target: request.target, coding: unknown.slice(0, 40) };
    }),
});

/** The weight that the client gives a coding (RFC 9110 §12.5.3); 0: it does not accept it. */
function weightOf(coding: string, accepted: readonly string[]): number {
  const name = coding.replace(/^x-/, '');
  for (const wanted of [name, '*']) {
    const found = accepted.find((element) => element.split(';')[0]!.trim().toLowerCase().replace(/^x-/, '') === wanted);
    if (found !== undefined) return Number(/;\s*q=([\d.]+)/i.exec(found)?.[1] ?? 1);
  }
  return 0;
}

const refusedCoding = defineFinding({
  id: 'coding.refused-coding-used',
  severity: 'risk',
  level: 'SHOULD',
  spec: 'RFC 9110 §12.5.3',
  look: (on) =>
    eachAnswer(asked(on), ({ request, response }) => {
      const accept = field(request, 'accept-encoding');
      if (accept === null || response.bodyBytes === 0) return null;
      const accepted = listElements(accept);
      // What is stored coded, such as an archive, is sent as it is to clients that say nothing of codings.
      if (accepted.every((element) => /^identity\b/i.test(element))) return null;
      const coding = codings(response).find((name) => name !== 'identity' && CODINGS.includes(name) && weightOf(name, accepted) === 0);
      return coding !== undefined && { target: request.target, accept: accept.slice(0, 80), coding };
    }),
});

const identityNamed = defineFinding({
  id: 'coding.identity-named',
  severity: 'note',
  level: 'SHOULD',
  spec: 'RFC 9110 §8.4.1',
  look: (on) => eachAnswer(asked(on), ({ request, response }) => codings(response).includes('identity') && { target: request.target }),
});

/** How much of the content is unpacked; a small answer may unpack to gigabytes. */
const UNPACKED_MAX = 8 * 1024 * 1024;

type Unpack = (content: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/** The codings of RFC 9110 §8.4.1 and Brotli (RFC 7932). Some servers send `deflate` without its zlib wrapper, and browsers take that too. */
const UNPACK: Readonly<Record<string, readonly Unpack[]>> = {
  gzip: [gunzipSync],
  'x-gzip': [gunzipSync],
  deflate: [inflateSync, inflateRawSync],
  br: [brotliDecompressSync],
};

/** What a whole coded answer unpacks to; `undefined` where it is not known, `null` where it can't be unpacked. */
function unpacked(response: ResponseMessage): Uint8Array | null | undefined {
  const ways = Object.hasOwn(UNPACK, codingOf(response)) ? UNPACK[codingOf(response)]! : [];
  const content = contentOf(response);
  if (ways.length === 0 || response.status !== 200 || !response.complete || content === null || content.length === 0) return undefined;
  // Of gzip without its first bytes another finding speaks.
  if (isGzip(response) && isUnlikeGzip(content)) return undefined;
  for (const unpack of ways) {
    try {
      return unpack(content, { maxOutputLength: UNPACKED_MAX });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    }
  }
  return null;
}

const undecodable = defineFinding({
  id: 'coding.undecodable',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.4.1.3',
  look: (on) =>
    eachAnswer(
      asked(on),
      ({ request, response }) =>
        request.method === 'GET' &&
        unpacked(response) === null && { target: request.target, coding: codingOf(response), bytes: response.bodyBytes },
    ),
});

/** The plain answers before and after, where they have the same bytes: the target did not change meanwhile. */
function steadyPlain(on: LookedAt, answer: Asked): [Asked, Asked] | null {
  const { response } = answer;
  const plain = pagesOf(on, answer).filter(
    (page) => codingOf(page.response) === 'identity' && page.response.complete && contentOf(page.response) !== null,
  );
  const before = plain.findLast((page) => page.response.headFrames[0] < response.headFrames[0]);
  const after = plain.find((page) => page.response.headFrames[0] > response.headFrames[0]);
  return before && after && isEqual(contentOf(before.response)!, contentOf(after.response)!) ? [before, after] : null;
}

const otherContent = defineFinding({
  id: 'coding.other-content',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.4',
  look: (on) =>
    eachAnswer(
      asked(on),
      (answer) => {
        const content = answer.request.method === 'GET' ? unpacked(answer.response) : null;
        const steady = content ? steadyPlain(on, answer) : null;
        const plain = steady && contentOf(steady[0].response);
        if (!content || !plain || isEqual(content, plain)) return null;
        return { target: answer.request.target, coding: codingOf(answer.response), unpacked: content.length, bytes: plain.length };
      },
      (answer) => steadyPlain(on, answer)?.map(({ response }) => response.headFrames[0]) ?? [],
    ),
});

export const fields = [
  repeated,
  repeatedDate,
  noDate,
  noDateInError,
  badDate,
  dateOff,
  futureModified,
  noContentType,
  unquotedEtag,
  brokenEtag,
  keptEtag,
  changingEtag,
  modifiedNow,
  sharedCookie,
  noVary,
  noVaryPlain,
  sharedEtag,
  mislabelled,
  noCoding,
  refusedCoding,
  identityNamed,
  undecodable,
  otherContent,
];
