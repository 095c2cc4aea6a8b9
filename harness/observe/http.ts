import { field } from '../http/fields.ts';
import type { Exchange } from '../model.ts';
import { defineObservation } from './observation.ts';
import { askedIn, DOCUMENT, documentOf, frameList, headFrames, lastStep, value } from './step.ts';

const version = defineObservation({
  id: 'http.version',
  title: 'HTTP version',
  unit: null,
  definition: `The version in the status line of the document. ${DOCUMENT}`,
  spec: 'RFC 9112 §2.3',
  observe(evidence) {
    const document = documentOf(evidence);
    return document && value(document.response.version, frameList(document.response.headFrames[0]));
  },
});

const connection = defineObservation({
  id: 'http.connection',
  title: 'Connection header',
  unit: null,
  definition: `The value of the document's \`Connection\` header, in lower case; "none" where it has none. ${DOCUMENT}`,
  spec: 'RFC 9110 §7.6.1',
  observe(evidence) {
    const document = documentOf(evidence);
    if (!document) return null;
    return value(field(document.response, 'connection')?.toLowerCase() ?? 'none', headFrames(document.response));
  },
});

function statusOf({ response, isResponseMissing }: Exchange): string {
  if (response === null) return isResponseMissing ? '?' : '-';
  return response.version === '0.9' ? '0.9' : String(response.status);
}

const statuses = defineObservation({
  id: 'http.statuses',
  title: 'status codes',
  unit: null,
  definition:
    'Status codes of the final responses to the requests of the last step, in the order of the requests, separated by spaces; "-" for a request that got no response, "?" for one whose response is not in the capture, "0.9" for a response of HTTP/0.9, which has none. Frames: the first of each response head; of a request without one, its own head.',
  spec: 'RFC 9110 §15',
  observe(evidence) {
    const exchanges = askedIn(evidence, lastStep(evidence));
    if (exchanges.length === 0) return null;
    return value(
      exchanges.map(statusOf).join(' '),
      frameList(exchanges.map((exchange) => exchange.response?.headFrames[0] ?? exchange.request.headFrames[0])),
    );
  },
});

export const http = [version, connection, statuses];
