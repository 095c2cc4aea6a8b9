import { defineObservation } from './observation.ts';
import { askedIn, DOCUMENT, documentOf, frameList, headFrames, isAnswered, lastStep, value } from './step.ts';

/** A server that writes head and body apart leaves it to the kernel which of them share a segment. */
const RACE = "whether the kernel joins the server's writes";

const headSegments = defineObservation({
  id: 'framing.head-segments',
  title: 'TCP segments of the head',
  unit: 'count',
  definition: `TCP segments that carry (part of) the head of the document. ${DOCUMENT}`,
  spec: 'RFC 9112 §2.1',
  race: RACE,
  observe(evidence) {
    const document = documentOf(evidence);
    return document && value(document.response.headSegments, headFrames(document.response));
  },
});

const headAndBody = defineObservation({
  id: 'framing.head-and-body',
  title: 'head and body in one segment',
  unit: null,
  definition: `Whether the last segment that carries head bytes of the document carries body bytes too. ${DOCUMENT}`,
  spec: null,
  race: RACE,
  observe(evidence) {
    const document = documentOf(evidence);
    if (!document || document.response.bodyWireBytes === 0) return null;
    return value(document.response.headEndsWithBody, headFrames(document.response));
  },
});

const body = defineObservation({
  id: 'framing.body',
  title: 'how the body ends',
  unit: null,
  definition: `How the end of the document's body is marked: content-length, chunked, or close (of the connection). ${DOCUMENT}`,
  spec: 'RFC 9112 §6.3',
  observe(evidence) {
    const document = documentOf(evidence);
    if (!document) return null;
    const { framing } = document.response;
    if (framing === 'none' || framing === 'tunnel') return null;
    return value(framing, frameList(document.response.headFrames[1], document.response.frames[1]));
  },
});

const largestSegment = defineObservation({
  id: 'framing.largest-segment',
  title: 'largest segment',
  unit: 'bytes',
  definition:
    'Payload of the largest TCP segment that carries a response to a request of the last step. On loopback it shows how the server writes, not what a path would carry. Frames: that segment, or first and last frame of its message.',
  spec: 'RFC 9293 §3.7.1',
  // The kernel joins and splits writes: only twice or half the size shows another way of writing.
  tolerance: { kind: 'relative', ratio: 0.5, absolute: 0 },
  race: RACE,
  observe(evidence) {
    const responses = askedIn(evidence, lastStep(evidence))
      .filter(isAnswered)
      .map((exchange) => exchange.response);
    const [first, ...rest] = responses;
    if (!first) return null;
    const largest = rest.reduce((best, response) => (response.largestSegment > best.largestSegment ? response : best), first);
    const position = largest.segmentSizes.indexOf(largest.largestSegment);
    return value(largest.largestSegment, frameList(largest.segmentFrames[position] ?? largest.frames));
  },
});

export const framing = [headSegments, headAndBody, body, largestSegment];
