/** Conditional requests: what a 304 says, and whether a condition was heeded. */
import { cacheControl, entityTag, field, fieldValues, httpDate, listElements } from '../../http/fields.ts';
import { oncePerEvidence } from '../../observe/step.ts';
import { type Asked, asked, besideFrames, declaredLength, eachAnswer, hasCondition, lacking, pageBeside, sameBytes } from '../evidence.ts';
import { defineFinding } from '../finding.ts';

/** 304s to a GET or HEAD. */
const notModified = oncePerEvidence((on) =>
  asked(on).filter(({ response, request }) => response.status === 304 && (request.method === 'GET' || request.method === 'HEAD')),
);

const noEtag304 = defineFinding({
  id: 'conditional.304-without-etag',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.4.5',
  topic: 'etag',
  look: (on) =>
    eachAnswer(
      notModified(on),
      (answer) => lacking(answer, pageBeside(on, answer), ['ETag']).length > 0 && { target: answer.request.target },
      besideFrames(on),
    ),
});

const otherEtag304 = defineFinding({
  id: 'conditional.304-other-etag',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.4.5',
  topic: 'etag',
  look: (on) =>
    eachAnswer(notModified(on), (answer) => {
      const { request, response } = answer;
      const condition = field(request, 'if-none-match');
      const tags = fieldValues(response, 'etag');
      const tag = entityTag(tags[0] ?? null);
      // One that is there twice, or is none, is another finding.
      if (condition === null || tag === null || tags.length > 1) return null;
      // That of the 200, whatever was asked: the condition was not compared at all.
      const page = pageBeside(on, answer);
      if (page && entityTag(field(page.response, 'etag'))?.opaque === tag.opaque) return null;
      const named = listElements(condition);
      if (named.includes('*') || named.some((element) => entityTag(element)?.opaque === tag.opaque)) return null;
      return { target: request.target, asked: condition.slice(0, 60), etag: tags[0]!.slice(0, 60) };
    }),
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
        const names = lacking(answer, pageBeside(on, answer), ['Vary', 'Cache-Control', 'Date', 'Expires', 'Content-Location']);
        return names.some((name) => name !== 'Vary') && { target: answer.request.target, names: names.join(', ') };
      },
      besideFrames(on),
    ),
});

/** A cache keeps the Vary that it has. */
const lackingVary304 = defineFinding({
  id: 'conditional.304-lacks-vary',
  severity: 'note',
  level: 'MUST',
  spec: 'RFC 9110 §15.4.5',
  topic: 'vary',
  look: (on) =>
    eachAnswer(
      notModified(on),
      (answer) => {
        const names = lacking(answer, pageBeside(on, answer), ['Vary', 'Cache-Control', 'Date', 'Expires', 'Content-Location']);
        return names.length === 1 && names[0] === 'Vary' && { target: answer.request.target };
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
        const length = declaredLength(answer.response);
        if (length === null) return null;
        const page = pageBeside(on, answer);
        if (!page?.response.complete || !sameBytes(on, page, answer.response)) return null;
        return length !== page.response.bodyBytes && { length, bytes: page.response.bodyBytes };
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

const NOT_FOR_GET = ['if-match', 'if-unmodified-since'];

const failed412 = defineFinding({
  id: 'conditional.412-for-get',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §13.1.2',
  topic: 'etag',
  look: (on) =>
    eachAnswer(asked(on), (answer) => {
      const { request, response } = answer;
      if (response.status !== 412 || !isGetOrHead(answer) || NOT_FOR_GET.some((name) => field(request, name) !== null)) return null;
      const name = ['If-None-Match', 'If-Modified-Since'].find((one) => field(request, one) !== null);
      return name !== undefined && { target: request.target, condition: `${name}: ${field(request, name)}`.slice(0, 80) };
    }),
});

/** How If-None-Match names the ETag of this 200; `null` where it does not, and where it need not be heeded. */
function namedIn(answer: Asked): 'exactly' | 'weakly' | null {
  const { request, response } = answer;
  const condition = field(request, 'if-none-match');
  if (response.status !== 200 || !isGetOrHead(answer) || condition === null || field(request, 'range') !== null) return null;
  const tag = entityTag(field(response, 'etag'));
  const control = cacheControl(field(request, 'cache-control'));
  // Some servers take no-cache of the request for a wish to have it all again.
  if (tag === null || control.has('no-cache') || /no-cache/i.test(field(request, 'pragma') ?? '')) return null;
  const named = listElements(condition).flatMap((element) => entityTag(element) ?? []);
  const matching = named.filter(({ opaque }) => opaque === tag.opaque);
  if (matching.length === 0) return null;
  return matching.some(({ weak }) => weak === tag.weak) ? 'exactly' : 'weakly';
}

const ignored = defineFinding({
  id: 'conditional.etag-ignored',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §13.1.2',
  topic: 'etag',
  look: (on) =>
    eachAnswer(
      asked(on),
      (answer) =>
        namedIn(answer) === 'exactly' && {
          target: answer.request.target,
          etag: (field(answer.response, 'etag') ?? '').slice(0, 60),
          bytes: answer.response.bodyBytes,
        },
    ),
});

/** Where no ETag alone is found, nothing is known of how they are compared; a list of them may be what is not read. */
const strongCompare = defineFinding({
  id: 'conditional.strong-compare',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9110 §13.1.2',
  topic: 'etag',
  look: (on) => {
    const found = eachAnswer(asked(on), (answer) => namedIn(answer) === 'weakly' && { value: answer.response.status });
    const isIgnored = (answer: Asked): boolean =>
      namedIn(answer) === 'exactly' && fieldValues(answer.request, 'if-none-match').flatMap(listElements).length === 1;
    return asked(on).some(isIgnored) ? [] : found;
  },
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

export const conditions = [
  noEtag304,
  otherEtag304,
  lacking304,
  lackingVary304,
  otherLength304,
  unasked304,
  failed412,
  ignored,
  strongCompare,
  dateIgnored,
];
