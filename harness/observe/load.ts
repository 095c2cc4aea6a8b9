import { field } from '../http/fields.ts';
import type { Evidence, Message } from '../model.ts';
import { defineObservation } from './observation.ts';
import { type AskedExchange, askedIn, frameList, hasWholeHead, lastStep, oncePerEvidence, openedIn, round, value } from './step.ts';

const WHICH = 'The page load is every request of the last step, with its responses.';

interface Load {
  exchanges: readonly AskedExchange[];
  messages: readonly Message[];
  /** Whether all heads are whole in the capture. */
  isWhole: boolean;
}

/** `null` where no request was sent, or where a head is not whole in the capture, so that its length is unknown. */
function measuredLoadOf(evidence: Evidence): Load | null {
  const load = loadOf(evidence);
  return load?.isWhole ? load : null;
}

/** `null` where no request was sent. */
const loadOf = oncePerEvidence((evidence): Load | null => {
  const exchanges = askedIn(evidence, lastStep(evidence));
  if (exchanges.length === 0) return null;
  const messages: Message[] = [];
  for (const { request, interim, response } of exchanges) {
    messages.push(request, ...interim);
    if (response !== null) messages.push(response);
  }
  return { exchanges, messages, isWhole: messages.every(hasWholeHead) };
});

const wireBytes = (message: Message): number => message.headBytes + message.bodyWireBytes;
const sum = (messages: readonly Message[], bytes: (message: Message) => number): number =>
  messages.reduce((total, message) => total + bytes(message), 0);

/** First and last frame of each message. */
const framesOf = oncePerEvidence((evidence): readonly number[] => {
  const frames: number[] = [];
  for (const message of loadOf(evidence)?.messages ?? []) frames.push(...message.frames);
  return frameList(frames);
});

const requests = defineObservation({
  id: 'load.requests',
  title: 'requests in the page load',
  unit: 'count',
  definition: `Requests sent. ${WHICH} Frames: the first of each request.`,
  spec: null,
  observe(evidence) {
    const exchanges = askedIn(evidence, lastStep(evidence));
    return value(exchanges.length, frameList(exchanges.map((exchange) => exchange.request.frames[0])));
  },
});

const bytes = defineObservation({
  id: 'load.bytes',
  title: 'bytes in the page load',
  unit: 'bytes',
  definition: `HTTP bytes of both directions on the wire: heads, bodies, chunk framing; no TCP or IP headers, no retransmissions. ${WHICH} Frames: first and last of each message.`,
  spec: null,
  // A header value of another length (a date, a version) does not change what was loaded.
  tolerance: { kind: 'relative', ratio: 0.01, absolute: 0 },
  observe(evidence) {
    const load = measuredLoadOf(evidence);
    return load && value(sum(load.messages, wireBytes), [...framesOf(evidence)]);
  },
});

const overhead = defineObservation({
  id: 'load.overhead-bytes',
  title: 'bytes that are not content',
  unit: 'bytes',
  definition: `The part of \`load.bytes\` that is not content: heads of requests and responses, chunk framing, trailers. ${WHICH} Frames: first and last of each message.`,
  spec: null,
  tolerance: { kind: 'relative', ratio: 0.05, absolute: 0 },
  observe(evidence) {
    const load = measuredLoadOf(evidence);
    return (
      load &&
      value(
        sum(load.messages, (message) => wireBytes(message) - message.bodyBytes),
        [...framesOf(evidence)],
      )
    );
  },
});

const duration = defineObservation({
  id: 'load.ms',
  title: 'page load time',
  unit: 'ms',
  definition: `From the first SYN of the step (or its first request, where that came earlier on a connection of an earlier step) to the last byte of the last response. ${WHICH} Frames: these two.`,
  spec: null,
  // Servers and lanes share the machine: smaller differences are noise.
  tolerance: { kind: 'relative', ratio: 0.5, absolute: 100 },
  observe(evidence) {
    const load = loadOf(evidence);
    if (!load) return null;
    const responses = load.exchanges.flatMap((exchange) => (exchange.response ? [exchange.response] : []));
    const [firstExchange] = load.exchanges;
    const [firstResponse] = responses;
    if (!firstExchange || !firstResponse) return null;
    const end = responses.reduce((latest, response) => (response.endNs > latest.endNs ? response : latest), firstResponse);
    const starts = openedIn(evidence, lastStep(evidence)).flatMap(({ handshake }) =>
      handshake ? [{ ns: handshake.synNs, frame: handshake.synFrame }] : [],
    );
    starts.push({ ns: firstExchange.request.startNs, frame: firstExchange.request.frames[0] });
    const start = starts.reduce((earliest, candidate) => (candidate.ns < earliest.ns ? candidate : earliest));
    return value(round((end.endNs - start.ns) / 1e6, 3), frameList(start.frame, end.frames[1]));
  },
});

const rangeStatus = defineObservation({
  id: 'load.range-status',
  title: 'status of the media request',
  unit: null,
  definition: `Status of the response to the first request with a \`Range\` header, which is how browsers ask for audio. ${WHICH} Frames: the request's head and the response's.`,
  spec: 'RFC 9110 §14.2',
  observe(evidence) {
    const exchange = loadOf(evidence)?.exchanges.find(({ request }) => field(request, 'range') !== null);
    if (!exchange?.response) return null;
    return value(exchange.response.status, frameList(exchange.request.headFrames[0], exchange.response.headFrames[0]));
  },
});

export const load = [requests, bytes, overhead, duration, rangeStatus];
