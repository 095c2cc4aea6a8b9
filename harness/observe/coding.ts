import { fieldValues } from '../http/fields.ts';
import type { Evidence, ObservedValue, ResponseMessage } from '../model.ts';
import { answerIn, exchangeFrames, statusIn, unanswered } from './asked.ts';
import { defineObservation } from './observation.ts';
import { rangeKind } from './range.ts';
import { frameList, headFrames, value } from './step.ts';

/** The content coding of a response in lower case; `identity` where it has none. */
export const codingOf = (response: ResponseMessage): string =>
  fieldValues(response, 'content-encoding').join(', ').toLowerCase() || 'identity';

/** The response to `Accept-Encoding: gzip`, where it has a content coding. */
function coded(evidence: Evidence): ResponseMessage | null {
  const response = answerIn(evidence, 'coding.gzip')?.exchange.response;
  return response && codingOf(response) !== 'identity' ? response : null;
}

/** The same, unless a client that accepts identity alone gets that coding too: only then did `Accept-Encoding` choose it. */
function chosen(evidence: Evidence): ResponseMessage | null {
  const response = coded(evidence);
  const plain = answerIn(evidence, 'coding.identity')?.exchange.response;
  return response && plain && codingOf(plain) === codingOf(response) ? null : response;
}

const gzip = defineObservation({
  id: 'coding.gzip',
  title: 'content coding',
  unit: null,
  definition: 'The `Content-Encoding` of the stylesheet when the client accepts gzip; "identity" where it has none.',
  spec: 'RFC 9110 §8.4',
  scenario: 'coding',
  judgedBeside: 'success',
  observe(evidence) {
    const exchange = answerIn(evidence, 'coding.gzip')?.exchange;
    if (!exchange?.response) return null;
    const always = coded(evidence) !== null && chosen(evidence) === null;
    const note = always ? { note: 'also sent to a client that accepts only identity' } : {};
    return value(codingOf(exchange.response), exchangeFrames(exchange), note);
  },
});

const vary = defineObservation({
  id: 'coding.vary',
  title: 'Vary of an encoded response',
  unit: null,
  definition:
    'The `Vary` header of the gzip answer, in lower case; "none" where it has none. Only where that answer has a coding which the answer to `Accept-Encoding: identity` does not have.',
  spec: 'RFC 9110 §12.5.5',
  scenario: 'coding',
  judgedBeside: 'success',
  observe(evidence) {
    const response = chosen(evidence);
    return response && value(fieldValues(response, 'vary').join(', ').toLowerCase() || 'none', headFrames(response));
  },
});

/** How the validator of a coded answer differs from that of the plain one. */
export type ValidatorChange = 'same' | 'weakened' | 'changed' | 'dropped' | 'added' | 'none';

/** Compares the `ETag` of a plain answer with that of a coded one; `undefined`: it has none. */
export function validatorChange(plain: string | undefined, of: string | undefined): ValidatorChange {
  if (plain === of) return plain === undefined ? 'none' : 'same';
  if (of === undefined) return 'dropped';
  if (plain === undefined) return 'added';
  return of === `W/${plain}` ? 'weakened' : 'changed';
}

const etag = defineObservation({
  id: 'coding.etag',
  title: 'ETag of an encoded response',
  unit: null,
  definition:
    'The `ETag` of the gzip answer compared with that of the plain one: "same weak", "same strong", "weakened" (W/ put before it), "changed", "dropped", "added", or "none" in both. Only where the gzip answer has a coding which the plain one does not have.',
  spec: 'RFC 9110 §8.8.3.3',
  scenario: 'coding',
  judgedBeside: 'steady-success',
  observe(evidence) {
    const response = chosen(evidence);
    const plain = answerIn(evidence, 'coding.identity')?.exchange.response;
    if (!response || !plain) return null;
    const [before] = fieldValues(plain, 'etag');
    const [after] = fieldValues(response, 'etag');
    const change = validatorChange(before, after);
    const strength = change === 'same' ? (after?.startsWith('W/') ? ' weak' : ' strong') : '';
    return value(`${change}${strength}`, frameList(headFrames(plain), headFrames(response)), {
      ...(before === after ? {} : { note: `${before ?? 'no ETag'} becomes ${after ?? 'no ETag'}` }),
    });
  },
});

const revalidates = defineObservation({
  id: 'coding.revalidates',
  title: 'revalidation of an encoded response',
  unit: null,
  definition:
    'The status of a request that revalidates the gzip answer (with its `ETag` in `If-None-Match`, or its date). Only where that answer has a content coding.',
  spec: 'RFC 9110 §13.1.2',
  scenario: 'coding',
  judgedBeside: 'steady-success',
  nullIsNoAnswer: true,
  observe: (evidence) => (coded(evidence) ? statusIn(evidence, 'coding.revalidates') : null),
});

const refused = (id: string, title: string, header: string, spec: string) =>
  defineObservation({
    id,
    title,
    unit: null,
    definition: `The status and the \`Content-Encoding\` of the stylesheet for \`${header}\`: "200 gzip", or "200 identity" where it has none; null where no answer came. Frames: the heads of the request and of the response.`,
    spec,
    scenario: 'coding',
    judgedBeside: 'success',
    nullIsNoAnswer: true,
    observe: (evidence) => kindIn(evidence, id, (response) => `${response.status} ${codingOf(response)}`),
  });

/** What the answer to the question is, by its head. */
function kindIn(evidence: Evidence, step: string, kindOf: (response: ResponseMessage) => string): ObservedValue | null {
  const answer = answerIn(evidence, step);
  if (!answer) return null;
  const { response } = answer.exchange;
  return response ? value(kindOf(response), exchangeFrames(answer.exchange)) : unanswered(answer);
}

const part = defineObservation({
  id: 'coding.range',
  title: 'range request with gzip',
  unit: null,
  definition:
    'The answer to `Range: bytes=0-99` for the stylesheet by a client that accepts gzip: as in `range.first-ten`, with the `Content-Encoding` in front where there is one; null where no answer came. Frames: the heads of the request and of the response.',
  spec: 'RFC 9110 §14.1.2',
  scenario: 'coding',
  judgedBeside: 'success',
  nullIsNoAnswer: true,
  observe: (evidence) =>
    kindIn(evidence, 'coding.range', (response) => {
      const coded = codingOf(response);
      return coded === 'identity' ? rangeKind(response) : `${coded} ${rangeKind(response)}`;
    }),
});

export const coding = [
  gzip,
  vary,
  etag,
  revalidates,
  part,
  refused('coding.gzip-refused', 'gzip;q=0', 'Accept-Encoding: gzip;q=0', 'RFC 9110 §12.4.2'),
  refused('coding.identity-refused', 'identity;q=0', 'Accept-Encoding: gzip, identity;q=0', 'RFC 9110 §12.5.3'),
];
