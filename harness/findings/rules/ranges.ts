/** Parts of a page: what a 206 or 416 says, beside what was asked and what the same target gets otherwise. */
import { latin1 } from '../../http/bytes.ts';
import { contentRange, field, fieldValues, listElements, mediaType } from '../../http/fields.ts';
import { type BodyPart, bodyParts } from '../../http/multipart.ts';
import type { ResponseMessage } from '../../model.ts';
import { oncePerEvidence } from '../../observe/step.ts';
import {
  type Asked,
  answers,
  asked,
  besideFrames,
  codingOf,
  contentOf,
  eachAnswer,
  hasCondition,
  lacking,
  pageBeside,
  pagesOf,
  sameBytes,
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

/** As RFC 9110 §14.4 has it, whatever its numbers say. */
const CONTENT_RANGE = /^bytes \d+-\d+\/(?:\d+|\*)$/i;

const invalidContentRange = defineFinding({
  id: 'range.content-range-invalid',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §14.4',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(partial(on), (answer) => {
      const text = field(answer.response, 'content-range');
      return text !== null && !isMultipart(answer) && !CONTENT_RANGE.test(text) && { range: text.slice(0, 60) };
    }),
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
      // Of content that was coded afterwards another finding speaks.
      if (text === null || !CONTENT_RANGE.test(text) || isMultipart(answer) || isCodedAfterwards(on, answer)) return null;
      const range = rangeOf(answer);
      const { complete, framing, bodyBytes } = answer.response;
      const isWrong = range?.first == null || (complete && framing !== 'none' && bodyBytes !== range.last - range.first + 1);
      return isWrong && { range: text.slice(0, 60), bytes: bodyBytes };
    }),
});

/** A range as asked; a suffix has no first position. */
interface AskedRange {
  first: number | null;
  last: number | null;
}

const RANGE_SPEC = /^(\d{0,15})-(\d{0,15})$/;

/** All ranges of the request; none where the field is missing, or one of them is none. */
function askedRanges({ request }: Asked): readonly AskedRange[] {
  const [unit, list] = (field(request, 'range') ?? '').split('=', 2);
  if (unit?.trim().toLowerCase() !== 'bytes' || list === undefined) return [];
  const ranges = listElements(list).map((text): AskedRange | null => {
    const [, first = '', last = ''] = RANGE_SPEC.exec(text) ?? [];
    if (first === '' && last === '') return null;
    return { first: first === '' ? null : Number(first), last: last === '' ? null : Number(last) };
  });
  return ranges.some((range) => range === null) ? [] : ranges.filter((range) => range !== null);
}

/** Its positions in content of this length. */
const firstOf = ({ first, last }: AskedRange, length: number): number => first ?? Math.max(0, length - (last ?? 0));
const lastOf = ({ first, last }: AskedRange): number => (first === null ? null : last) ?? Number.MAX_SAFE_INTEGER;

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
      // Several may come as one, with the gaps between them (§15.3.7.2).
      const wanted = askedRanges(answer);
      if (wanted.length === 0 || range === null || range.first === null) return null;
      const from = Math.min(...wanted.map((one) => (range.length === null && one.first === null ? 0 : firstOf(one, range.length ?? 0))));
      const to = Math.max(...wanted.map(lastOf));
      if (to < from) return null;
      return (range.first < from || range.last > to) && { asked: field(answer.request, 'range') ?? '', sent: sent.slice(0, 60) };
    }),
});

/** The whole of the same version, not coded; the part is not coded either. */
const wholeOf = (on: LookedAt, answer: Asked): Asked | undefined =>
  pagesOf(on, answer).find(
    (page) => page.response.complete && codingOf(page.response) === codingOf(answer.response) && sameBytes(on, page, answer.response),
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

/** Whether a range was cut out of the plain content, and what was cut out was coded. */
function isCodedAfterwards(on: LookedAt, answer: Asked): boolean {
  const { response } = answer;
  const range = rangeOf(answer);
  if (codingOf(response) === 'identity' || range === null || range.first === null) return false;
  // It counts the coded content.
  if (range.length !== null && wholeOf(on, answer)?.response.bodyBytes === range.length) return false;
  // Chunked and longer than the range: what was cut out first was coded afterwards.
  const isLonger = response.framing === 'chunked' && response.complete && response.bodyBytes !== range.last - range.first + 1;
  return isLonger || (range.length !== null && range.length === plainLength(on, answer));
}

const rangeOfCoded = defineFinding({
  id: 'range.of-coded-content',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §14.1.2',
  look: (on) =>
    eachAnswer(partial(on), (answer) => {
      const { response } = answer;
      return isCodedAfterwards(on, answer) && { coding: codingOf(response), range: (field(response, 'content-range') ?? '').slice(0, 60) };
    }),
});

/** Length of the target's plain content, by a whole 200. */
const plainLength = (on: LookedAt, answer: Asked): number | null =>
  pagesOf(on, answer).find(({ response }) => response.complete && codingOf(response) === 'identity')?.response.bodyBytes ?? null;

/** What is wrong with a part of a multipart answer. */
export type PartFault =
  | 'no-empty-line'
  | 'early-empty-line'
  | 'no-content-range'
  | 'other-length'
  | 'other-bytes'
  | 'not-asked'
  | 'not-closed'
  | 'no-part'
  | 'no-boundary';

/** The first thing that is wrong with the parts, and with which; `null` where nothing is. Part 0: with all of them. */
function partFault(on: LookedAt, answer: Asked): { part: number; fault: PartFault } | null {
  const { response } = answer;
  const content = isMultipart(answer) && codingOf(response) === 'identity' ? contentOf(response) : null;
  if (content === null || !response.complete) return null;
  const boundary = mediaType(field(response, 'content-type'))?.parameters.get('boundary');
  if (!boundary) return { part: 0, fault: 'no-boundary' };
  const { parts, isClosed } = bodyParts(content, boundary);
  const wanted = askedRanges(answer);
  const whole = wholeOf(on, answer);
  const all = whole ? contentOf(whole.response) : null;
  for (const [index, part] of parts.entries()) {
    const fault = faultOf(part, wanted, all);
    if (fault !== null) return { part: index + 1, fault };
  }
  if (parts.length === 0) return { part: 0, fault: 'no-part' };
  return isClosed ? null : { part: parts.length, fault: 'not-closed' };
}

/** A head that an empty line before it has made content. */
const CONTENT_FIELD = /^content-(?:range|type):/i;

function faultOf(part: BodyPart, wanted: readonly AskedRange[], all: Uint8Array | null): PartFault | null {
  if (part.content === null) return 'no-empty-line';
  if (part.headers.length === 0 && CONTENT_FIELD.test(latin1(part.content, 0, Math.min(part.content.length, 20))))
    return 'early-empty-line';
  const range = contentRange(field(part, 'content-range'));
  if (range === null || range.first === null) return 'no-content-range';
  const { first, last, length } = range;
  if (part.content.length !== last - first + 1) return 'other-length';
  const isWanted = wanted.some((one) => length === null || (firstOf(one, length) <= last && lastOf(one) >= first));
  if (wanted.length > 0 && !isWanted) return 'not-asked';
  if (all !== null && all.length === length && part.content.some((byte, index) => byte !== all[first + index])) return 'other-bytes';
  return null;
}

const brokenMultipart = defineFinding({
  id: 'range.multipart-broken',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §14.6',
  topic: 'ranges',
  look: (on) => eachAnswer(partial(on), (answer) => partFault(on, answer)),
});

/** Of the 200 in the same coding: what a cache may know of the whole is what the part says. */
const lackingInPart = (on: LookedAt, answer: Asked, names: readonly string[]): string[] => {
  const page = pageBeside(on, answer);
  return page && codingOf(page.response) === codingOf(answer.response) ? lacking(answer, page, names) : [];
};

const partWithoutEtag = defineFinding({
  id: 'range.part-without-etag',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7',
  topic: 'etag',
  look: (on) =>
    eachAnswer(
      partial(on),
      (answer) => lackingInPart(on, answer, ['ETag']).length > 0 && { target: answer.request.target },
      besideFrames(on),
    ),
});

const partLacksFields = defineFinding({
  id: 'range.part-lacks-fields',
  severity: 'note',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7',
  topic: 'caching',
  look: (on) =>
    eachAnswer(
      partial(on),
      (answer) => {
        const names = lackingInPart(on, answer, ['Cache-Control', 'Expires', 'Vary', 'Content-Location']);
        return names.length > 0 && { target: answer.request.target, names: names.join(', ') };
      },
      besideFrames(on),
    ),
});

const multipartForOne = defineFinding({
  id: 'range.multipart-for-one',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7.2',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(
      partial(on).filter(isMultipart),
      (answer) => askedRanges(answer).length === 1 && { asked: (field(answer.request, 'range') ?? '').slice(0, 60) },
    ),
});

const rangeOnMultipart = defineFinding({
  id: 'range.multipart-content-range',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.7.2',
  topic: 'ranges',
  look: (on) =>
    eachAnswer(partial(on).filter(isMultipart), ({ response }) => {
      const range = field(response, 'content-range');
      return range !== null && { range: range.slice(0, 60) };
    }),
});

const rangeOnWhole = defineFinding({
  id: 'range.content-range-on-200',
  severity: 'advice',
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
        const page = pageOfPart(on, answer);
        const [part, ...parts] = fieldValues(answer.response, 'etag');
        const [whole, ...wholes] = page ? fieldValues(page.response, 'etag') : [];
        // One that is there twice is another finding.
        if (part === undefined || whole === undefined || parts.length + wholes.length > 0) return null;
        return part !== whole && { part: part.slice(0, 60), whole: whole.slice(0, 60) };
      },
      (answer) => [pageOfPart(on, answer)?.response.headFrames[0]],
    ),
});

/** The whole that the part is of: one of the same date, or those before and after it with the same ETag. */
const pageOfPart = (on: LookedAt, answer: Asked): Asked | undefined => sameDatePage(on, answer) ?? steadyPage(on, answer);

function steadyPage(on: LookedAt, answer: Asked): Asked | undefined {
  const frame = answer.response.headFrames[0];
  const wholes = pagesOf(on, answer).filter(({ response }) => codingOf(response) === codingOf(answer.response));
  const before = wholes.findLast(({ response }) => response.headFrames[0] < frame);
  const after = wholes.find(({ response }) => response.headFrames[0] > frame);
  const tag = before && field(before.response, 'etag');
  return tag && after && tag === field(after.response, 'etag') ? before : undefined;
}

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
    eachAnswer(asked(on), ({ request, response }) => {
      const sent = field(response, 'content-range');
      if (response.status !== 416 || contentRange(sent)?.first === null) return null;
      return { asked: (field(request, 'range') ?? '').slice(0, 60), sent: (sent ?? '').slice(0, 60) };
    }),
});

/** What `Accept-Ranges` says (RFC 9110 §14.3). */
const unitsOf = (response: ResponseMessage): string[] => listElements(field(response, 'accept-ranges')).map((unit) => unit.toLowerCase());

/** Whether a part of what came was asked for, and nothing but the range decides what comes. */
function asksForPart(answer: Asked): boolean {
  const { request, response } = answer;
  const [one, ...others] = askedRanges(answer);
  if (request.method !== 'GET' || one === undefined || others.length > 0 || hasCondition(answer) || !response.complete) return false;
  const last = Math.min(lastOf(one), response.bodyBytes - 1);
  const first = firstOf(one, response.bodyBytes);
  return first <= last && last - first + 1 < response.bodyBytes;
}

const otherThanSaid = defineFinding({
  id: 'range.not-as-advertised',
  severity: 'advice',
  level: null,
  spec: 'RFC 9110 §14.3',
  topic: 'ranges',
  look: (on) => {
    const parts = new Set(partial(on).map(({ request }) => request.target));
    return eachAnswer(asked(on), (answer) => {
      const { request, response } = answer;
      const units = unitsOf(response);
      // What is coded on the way has no parts.
      const isWhole = response.status === 200 && codingOf(response) === 'identity' && !parts.has(request.target) && asksForPart(answer);
      if (!(isWhole && units.includes('bytes')) && !(response.status === 206 && units.includes('none'))) return null;
      return { said: units.join(', '), asked: (field(request, 'range') ?? '').slice(0, 60), status: response.status };
    });
  },
});

export const ranges = [
  noContentRange,
  invalidContentRange,
  wrongContentRange,
  otherRange,
  wrongTotal,
  wrongBytes,
  rangeOfCoded,
  brokenMultipart,
  multipartForOne,
  otherEtag,
  partWithoutEtag,
  partLacksFields,
  rangeOnMultipart,
  rangeOnWhole,
  otherThanSaid,
  no416Length,
];
