/** Facts that mislead readers of captures. Every cell is searched for each of them; most have none. */
import { fieldValues } from '../http/fields.ts';
import type { Connection, Evidence, Exchange, ObservedValue, ResponseMessage } from '../model.ts';
import { codingOf, validatorChange } from './coding.ts';
import { defineObservation } from './observation.ts';
import {
  type AnsweredExchange,
  type AskedExchange,
  askedAtAll,
  frameList,
  hasWholeHead,
  headFrames,
  isAnswered,
  resourceOf,
  value,
} from './step.ts';

/** The frame to show where nothing was found. */
const anyFrame = (evidence: Evidence): number[] => frameList(evidence.connections[0]?.firstFrame);

/** `yes` or `no`: the count, which depends on how long the capture is, goes into the note. */
const whether = (count: number, what: string, frames: number[]): ObservedValue =>
  count > 0 ? value('yes', frames, { note: `${count} ${what}` }) : value('no', frames);

const isUnsolicited = (exchange: Exchange): exchange is Exchange & { response: ResponseMessage } =>
  exchange.response?.problems.some(({ kind }) => kind === 'unsolicited-response') === true;

const unsolicited = defineObservation({
  id: 'trap.unsolicited-response',
  title: 'unsolicited response',
  unit: null,
  definition:
    'The status of the first response that answers no request (a 408 before a server closes an idle connection, say), though all that the client sent is in the capture; "none" where there is none.',
  spec: 'RFC 9112 §9.2',
  notFound: 'none',
  observe(evidence) {
    if (evidence.connections.length === 0) return null;
    const found = evidence.exchanges.filter(isUnsolicited);
    const [first] = found;
    // A request that was not read may have asked for it.
    if (!first) return evidence.exchanges.some(({ request }) => request === null) ? null : value('none', anyFrame(evidence));
    const note = found.length > 1 ? { note: `${found.length} of them` } : {};
    return value(String(first.response.status), frameList(found.map((exchange) => exchange.response.headFrames[0])), note);
  },
});

const synAck = defineObservation({
  id: 'trap.synack-retransmitted',
  title: 'retransmitted SYN-ACK',
  unit: null,
  definition:
    "Whether the server's kernel sent a SYN-ACK again (yes or no): with deferred accept it ignores the client's ACK until data arrives; otherwise a packet was lost.",
  spec: 'tcp(7), TCP_DEFER_ACCEPT',
  notFound: 'no',
  observe(evidence) {
    const shaken = evidence.connections.flatMap(({ handshake }) => (handshake ? [handshake] : []));
    if (shaken.length === 0) return null;
    const repeated = shaken.filter((handshake) => handshake.synAcks > 1);
    const count = repeated.reduce((sum, handshake) => sum + handshake.synAcks - 1, 0);
    const shown = repeated.length > 0 ? repeated : shaken.slice(0, 1);
    return whether(count, 'sent again', frameList(shown.flatMap((handshake) => [handshake.synAckFrame, handshake.lastSynAckFrame])));
  },
});

const duplicateDate = defineObservation({
  id: 'trap.duplicate-date',
  title: 'two Date headers',
  unit: null,
  definition: 'Whether a response has more than one `Date` line: yes or no.',
  spec: 'RFC 9110 §5.3',
  notFound: 'no',
  observe(evidence) {
    const responses = evidence.exchanges.flatMap(({ response }) => (response && hasWholeHead(response) ? [response] : []));
    if (responses.length === 0) return null;
    const double = responses.filter((response) => fieldValues(response, 'date').length > 1);
    const shown = double.length > 0 ? double : responses.slice(0, 1);
    return whether(double.length, `of ${responses.length} responses`, frameList(shown.map((response) => response.headFrames[0])));
  },
});

/** Two whole answers to the same request, the first of them plain and the second coded. */
function codedPair(evidence: Evidence): [AnsweredExchange, AnsweredExchange] | null {
  const whole = evidence.exchanges.filter(isAnswered).filter((exchange) => exchange.response.status === 200);
  const isPlain = ({ response }: AnsweredExchange): boolean => codingOf(response) === 'identity';
  const plain = new Map(
    whole
      .filter(isPlain)
      .toReversed()
      .map((exchange) => [resourceOf(exchange.request), exchange]),
  );
  for (const coded of whole) {
    const other = isPlain(coded) ? undefined : plain.get(resourceOf(coded.request));
    if (other) return [other, coded];
  }
  return null;
}

const validatorChanged = defineObservation({
  id: 'trap.validator-changed-by-compression',
  title: 'ETag changed by compression',
  unit: null,
  definition:
    'Whether a target has a different `ETag` (or none) with a content coding than without: yes or no. Only where the capture has both.',
  spec: 'RFC 9110 §8.8.3.3',
  notFound: 'no',
  observe(evidence) {
    const pair = codedPair(evidence);
    if (!pair) return null;
    const [before, after] = pair.map(({ response }) => fieldValues(response, 'etag')[0]);
    const change = validatorChange(before, after);
    const frames = frameList(pair.flatMap(({ response }) => headFrames(response)));
    if (change === 'same' || change === 'none') return value('no', frames);
    return value('yes', frames, { note: `${change}: ${before ?? 'no ETag'} becomes ${after ?? 'no ETag'}` });
  },
});

const serverProbes = defineObservation({
  id: 'trap.server-keepalive-probes',
  title: "the server's TCP keep-alive probes",
  unit: null,
  definition: 'Whether the server sent TCP keep-alive probes: yes or no.',
  spec: 'RFC 9293 §3.8.4',
  notFound: 'no',
  observe(evidence) {
    if (evidence.connections.length === 0) return null;
    const probes = evidence.connections.flatMap((connection: Connection) => connection.sides.server.keepAliveProbeFrames);
    return whether(probes.length, 'probes', probes.length > 0 ? frameList(probes) : anyFrame(evidence));
  },
});

/** Apache's parent process wakes its children with such a request: `OPTIONS *` from "Apache/2.4 … (internal dummy connection)". */
const isSelfRequest = (exchange: AskedExchange): boolean =>
  exchange.request.method === 'OPTIONS' &&
  exchange.request.target === '*' &&
  fieldValues(exchange.request, 'user-agent').some((agent) => agent.includes('internal dummy connection'));

const selfRequest = defineObservation({
  id: 'trap.self-request',
  title: "the server's requests to itself",
  unit: null,
  definition:
    'Whether the server sent requests to itself (yes or no): `OPTIONS *` whose User-Agent says "internal dummy connection" (Apache). They do not come from a client.',
  spec: 'Apache wiki, InternalDummyConnection',
  notFound: 'no',
  observe(evidence) {
    const asked = askedAtAll(evidence).filter(({ request }) => hasWholeHead(request));
    if (asked.length === 0) return null;
    const own = asked.filter(isSelfRequest);
    const shown = own.length > 0 ? own : asked.slice(0, 1);
    return whether(own.length, 'of them', frameList(shown.map((exchange) => exchange.request.headFrames[0])));
  },
});

export const traps = [unsolicited, synAck, duplicateDate, validatorChanged, serverProbes, selfRequest];
