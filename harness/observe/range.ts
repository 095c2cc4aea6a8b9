import { contentRange, fieldValues } from '../http/fields.ts';
import type { Evidence, Observation, ObservedValue, ResponseMessage } from '../model.ts';
import { answerIn, exchangeFrames, unanswered } from './asked.ts';
import { defineObservation } from './observation.ts';
import { frameList, headFrames, isAnswered, value } from './step.ts';

/** `206 bytes 0-9/485144`, `206 multipart`, `416 bytes *\/485144`, `200`: the status, and the part of the file that the response says it carries. */
export function rangeKind(response: ResponseMessage): string {
  const [range] = fieldValues(response, 'content-range');
  const [type = ''] = fieldValues(response, 'content-type');
  if (response.status === 206 && /^multipart\/byteranges\b/i.test(type)) return '206 multipart';
  if ((response.status === 206 || response.status === 416) && range !== undefined)
    return `${response.status} ${range}${isOtherLength(response, range) ? ` with ${response.bodyBytes} bytes` : ''}`;
  return String(response.status);
}

/** Whether the content of a 206 is longer or shorter than its Content-Range says (RFC 9110 §15.3.7.1). */
function isOtherLength({ status, complete, framing, bodyBytes }: ResponseMessage, text: string): boolean {
  const range = contentRange(text);
  if (status !== 206 || !complete || framing === 'none' || range?.first == null) return false;
  return bodyBytes !== range.last - range.first + 1;
}

function kindIn(evidence: Evidence, step: string): ObservedValue | null {
  const answer = answerIn(evidence, step);
  if (!answer) return null;
  const { response } = answer.exchange;
  return response ? value(rangeKind(response), exchangeFrames(answer.exchange)) : unanswered(answer);
}

const question = (
  id: string,
  title: string,
  request: string,
  spec: string,
  judgedBeside: Observation['judgedBeside'] = 'success',
): Observation =>
  defineObservation({
    id,
    title,
    unit: null,
    definition: `The answer to ${request} for the audio file: the status, with the Content-Range of a 206 or 416; "206 multipart" for several parts; null where no answer came. Frames: the heads of the request and of the response. It is not asked where the server sends no validator that it needs.`,
    spec,
    scenario: 'range',
    judgedBeside,
    nullIsNoAnswer: true,
    observe: (evidence) => kindIn(evidence, id),
  });

const acceptRanges = defineObservation({
  id: 'range.accept-ranges',
  title: 'Accept-Ranges',
  unit: null,
  definition:
    'The value of the first `Accept-Ranges` response header in the capture; "none" where no 200 or 206 has one (frames: the heads of these).',
  spec: 'RFC 9110 §14.3',
  scenario: 'range',
  observe(evidence) {
    const responses = evidence.exchanges.filter(isAnswered).map((exchange) => exchange.response);
    const found = responses.find((response) => fieldValues(response, 'accept-ranges').length > 0);
    if (found) return value(fieldValues(found, 'accept-ranges').join(', ').toLowerCase(), headFrames(found));
    const whole = responses.filter((response) => response.status === 200 || response.status === 206);
    return whole.length > 0 ? value('none', frameList(whole.map((response) => response.headFrames[0]))) : null;
  },
});

const RANGE = 'RFC 9110 §14.2';
const IF_RANGE = 'RFC 9110 §13.1.5';

const clamped = question(
  'range.end-beyond',
  'end beyond the file',
  'a range from the tenth byte before the end, known by the Content-Length of a HEAD, to 99999999',
  'RFC 9110 §14.1.2',
);

const endBeyond: Observation = {
  ...clamped,
  observe(evidence) {
    const { request, response } = answerIn(evidence, clamped.id)?.exchange ?? {};
    const length = response ? contentRange(fieldValues(response, 'content-range')[0] ?? null)?.length : null;
    const [, first] = /^bytes=(\d+)-/.exec(fieldValues(request ?? { headers: [] }, 'range')[0] ?? '') ?? [];
    // The HEAD named another length than the file has: all of the range lies beyond the end.
    return first !== undefined && length != null && Number(first) >= length ? null : clamped.observe(evidence);
  },
};

export const range = [
  acceptRanges,
  question('range.from-zero', 'bytes=0-', '`Range: bytes=0-`', RANGE),
  question('range.first-ten', 'bytes=0-9', '`Range: bytes=0-9`', RANGE),
  question('range.first-byte', 'bytes=0-0', '`Range: bytes=0-0`', 'RFC 9110 §14.1.2'),
  endBeyond,
  question('range.suffix-long', 'suffix longer than the file', '`Range: bytes=-99999999`', 'RFC 9110 §14.1.2'),
  question('range.suffix', 'bytes=-10', '`Range: bytes=-10`', 'RFC 9110 §14.1.2'),
  question('range.beyond', 'beyond the end', '`Range: bytes=99999999-`', 'RFC 9110 §15.5.17'),
  question('range.multi', 'two ranges', '`Range: bytes=0-9,20-29`', 'RFC 9110 §15.3.7.2'),
  question('range.malformed', 'bytes=abc', '`Range: bytes=abc`', RANGE),
  question('range.reversed', 'bytes=9-0', '`Range: bytes=9-0`', 'RFC 9110 §14.1.1'),
  question('range.unknown-unit', 'unknown unit', '`Range: cards=0-9`', RANGE),
  question('range.if-range-stale', 'If-Range, stale', '`Range: bytes=0-9` with a foreign ETag in `If-Range`', IF_RANGE, 'steady-success'),
  question(
    'range.if-range-match',
    'If-Range, exact',
    '`Range: bytes=0-9` with the strong ETag itself in `If-Range`',
    IF_RANGE,
    'steady-success',
  ),
  question(
    'range.if-range-weak',
    'If-Range, weak',
    '`Range: bytes=0-9` with the ETag in its weak form in `If-Range`',
    IF_RANGE,
    'steady-success',
  ),
  question(
    'range.if-range-date',
    'If-Range, exact date',
    '`Range: bytes=0-9` with the `Last-Modified` itself in `If-Range`',
    IF_RANGE,
    'steady-success',
  ),
  question(
    'range.if-range-date-stale',
    'If-Range, earlier date',
    '`Range: bytes=0-9` with a date in `If-Range` that is a day before `Last-Modified`',
    IF_RANGE,
    'steady-success',
  ),
  question(
    'range.if-range-date-later',
    'If-Range, later date',
    '`Range: bytes=0-9` with a date in `If-Range` that is a day after `Last-Modified`',
    IF_RANGE,
    'steady-success',
  ),
  question(
    'range.if-none-match',
    'Range and a condition',
    '`Range: bytes=0-9` with the ETag itself in `If-None-Match` (where there is none, the date in `If-Modified-Since`)',
    'RFC 9110 §13.2.2',
    'steady-success',
  ),
  question('range.head', 'Range with HEAD', 'a HEAD with `Range: bytes=0-9`', RANGE),
];
