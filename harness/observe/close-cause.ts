import { connectionOptions } from '../http/fields.ts';
import type { Connection, Evidence, FirstClose, ResponseMessage } from '../model.ts';
import { advertisedIn, announcesClose } from './keepalive.ts';
import { defineObservation } from './observation.ts';
import { SHUTDOWN_STEPS } from './shutdown.ts';
import {
  connectionsIn,
  frameList,
  headFrames,
  isUsed,
  lastByteFrame,
  lastByteNs,
  lastStep,
  medianOf,
  round,
  value,
  watchedS,
} from './step.ts';
import { isAtNamedTime, isAtOnce } from './timers.ts';

/** The causes of a close that packets can show, each with what it means. */
export const CAUSES = {
  shutdown: 'the server was asked to stop',
  'advertised-timer': 'the idle time named by Keep-Alive: timeout had passed',
  'unadvertised-timer': 'an idle time had passed that no response named',
  'request-limit': 'the server ended a connection that it had kept open until then, with its last response',
  'connection-close': 'the response said Connection: close',
  'client-asked': 'the request said Connection: close',
  'http-1.0': 'HTTP/1.0 without keep-alive ends with the response',
  'close-delimited': 'the response has no length: its end is the close',
  'request-timeout': 'the server gave up waiting for a request, or for the rest of one',
  'error-response': 'the server closed after an error response',
  'no-answer': 'the server closed instead of answering',
  'unread-data':
    'the kernel reset the connection: the server closed it before it had read all the client sent, or the client sent on a connection that was already closed',
  'after-response': 'the server closed at once after a response that did not announce it',
  'client-policy': 'the client closed a connection that the server would have kept open',
  'client-abort': 'the client left before the response was complete',
} as const;

export type CloseCause = keyof typeof CAUSES;

export interface CauseOfClose {
  cause: CloseCause;
  /** The evidence in words, beyond what `CAUSES` says of the cause. */
  because: string | null;
  frames: number[];
}

/** What is looked at besides the connection. Without `exchanges` (in a capture that is read in constant memory) `error-response` is found less reliably. */
export type CloseContext = Pick<Evidence, 'steps'> & Partial<Pick<Evidence, 'exchanges'>>;

/**
 * The likely cause of the first FIN or RST of a connection, from that connection's packets (and, for a shutdown, from the mark of the step
 * in which the server was stopped). `null` while it is open, and where the packets that would show the cause are not in the capture.
 */
export function causeOfClose(connection: Connection, evidence: CloseContext): CauseOfClose | null {
  const close = connection.firstClose;
  if (!close || !isKnown(connection)) return null;
  return close.by === 'client' ? byClient(connection, close, evidence) : byServer(connection, close, evidence);
}

/** Whether the connection's last exchange is in the capture: whole heads, and a body without a gap. */
function isKnown({ exchanges }: Connection): boolean {
  const last = exchanges.at(-1);
  return [last?.request, last?.response].every(
    (message) => !message?.problems.some(({ kind }) => kind === 'gap-in-head' || kind === 'gap-in-body'),
  );
}

function byClient(connection: Connection, close: FirstClose, evidence: CloseContext): CauseOfClose {
  const last = connection.exchanges.at(-1);
  const response = last?.response ?? null;
  if (response && announcesClose(response) && response.complete) return announced(connection, response, close.frame, evidence);
  const pending = last?.request && (!response?.complete || (close.how === 'RST' && response.frames[1] > close.frame));
  const frames = frameList(response?.headFrames[0], lastByteFrame(connection), close.frame);
  if (pending) return { cause: 'client-abort', because: null, frames };
  return { cause: 'client-policy', because: `${seconds(close.idleMs)} after the last byte`, frames };
}

function byServer(connection: Connection, close: FirstClose, evidence: CloseContext): CauseOfClose {
  const frames = frameList(lastByteFrame(connection), close.frame);
  const stop = evidence.steps.find(({ id }) => SHUTDOWN_STEPS.has(id));
  if (stop && close.frame >= stop.frame) return { cause: 'shutdown', because: null, frames: frameList(stop.frame, frames) };
  const last = connection.exchanges.at(-1);
  const response = last?.response ?? null;
  if (response?.status === 408) return { cause: 'request-timeout', because: '408', frames: frameList(headFrames(response), close.frame) };
  if (last?.request && !response) return withoutAnswer(connection, close, frames, evidence);
  if (close.how === 'RST' && sentAfter(connection, response)) return { cause: 'unread-data', because: null, frames };
  if (response && last?.request && connectionOptions(last.request).includes('close')) {
    return { cause: 'client-asked', because: null, frames: frameList(headFrames(last.request), close.frame) };
  }
  if (response && announcesClose(response)) return announced(connection, response, close.frame, evidence);
  if (response?.framing === 'close')
    return { cause: 'close-delimited', because: null, frames: frameList(headFrames(response), close.frame) };
  if (isAtOnce(close.idleMs) && response) return atOnce(connection, response, close);
  return timer(connection, close);
}

/** The cause of a close that the head of the response announces. */
function announced(connection: Connection, response: ResponseMessage, closeFrame: number, evidence: CloseContext): CauseOfClose {
  const frames = frameList(headFrames(response), closeFrame);
  if (!connectionOptions(response).includes('close'))
    return { cause: 'http-1.0', because: `the response is HTTP/${response.version}`, frames };
  const kept = connection.exchanges.length - 1;
  if (response.status >= 400 && !closesAlways(evidence)) {
    return { cause: 'error-response', because: `${response.status} with Connection: close`, frames };
  }
  if (kept > 0) return { cause: 'request-limit', because: `Connection: close on response ${kept + 1} of the connection`, frames };
  return { cause: 'connection-close', because: null, frames };
}

/** Whether this server announces a close in every successful response too. */
function closesAlways({ exchanges = [] }: CloseContext): boolean {
  const successes = exchanges.flatMap(({ response }) => (response && response.status < 400 ? [response] : []));
  return successes.length > 0 && successes.every(announcesClose);
}

/** Whether the client sent bytes after the server's response had begun. */
function sentAfter(connection: Connection, response: ResponseMessage | null): boolean {
  const sent = connection.sides.client.lastPayloadFrame;
  return sent !== null && (response === null || sent > response.headFrames[0]);
}

function withoutAnswer(connection: Connection, close: FirstClose, frames: number[], evidence: CloseContext): CauseOfClose {
  const served = connection.exchanges.filter((exchange) => exchange.response !== null);
  const before = served.at(-1)?.response ?? null;
  // A pipelined request after a response that announced it was the last.
  if (before && announcesClose(before)) return announced(connection, before, close.frame, evidence);
  if (close.how === 'RST' && served.length > 0) return { cause: 'unread-data', because: null, frames };
  if (!connection.exchanges.at(-1)?.request?.complete && !isAtOnce(close.idleMs)) {
    return { cause: 'request-timeout', because: `no response, ${seconds(close.idleMs)} after half a request`, frames };
  }
  if (served.length === 0 && connection.sides.server.payloadBytes > 0)
    return { cause: 'no-answer', because: 'what it sent is not HTTP/1.x', frames };
  if (!isAtOnce(close.idleMs)) return { cause: 'no-answer', because: `it waited ${seconds(close.idleMs)}`, frames };
  return { cause: 'no-answer', because: null, frames };
}

function atOnce(connection: Connection, response: ResponseMessage, close: FirstClose): CauseOfClose {
  const frames = frameList(headFrames(response), close.frame);
  if (response.status >= 400) return { cause: 'error-response', because: `${response.status}, ${seconds(close.idleMs)} before`, frames };
  if (connection.exchanges.length > 1) {
    return { cause: 'request-limit', because: `after ${connection.exchanges.length} requests, without saying so`, frames };
  }
  return { cause: 'after-response', because: null, frames };
}

/** A close that nothing else explains is a timer's: the one that a `Keep-Alive` header on this connection named, or another. */
function timer(connection: Connection, close: FirstClose): CauseOfClose {
  const idle = seconds(close.idleMs);
  const naming = connection.exchanges.findLast(
    (exchange) => exchange.response && advertisedIn(exchange.response)?.timeoutS != null,
  )?.response;
  const frames = frameList(naming ? headFrames(naming) : [], lastByteFrame(connection), close.frame);
  if (!naming) return { cause: 'unadvertised-timer', because: `${idle} after the last byte`, frames };
  const named = advertisedIn(naming)?.timeoutS ?? 0;
  if (isAtNamedTime(close.idleMs / 1000, named))
    return { cause: 'advertised-timer', because: `named ${named} s, closed after ${idle}`, frames };
  return { cause: 'unadvertised-timer', because: `named ${named} s, yet closed after ${idle}`, frames };
}

const seconds = (ms: number): string => `${round(ms / 1000, 3)} s`;

/** The connections that a cell's value is about: those that carried requests; where none did, all. */
function counted(evidence: Evidence): Connection[] {
  const inStep = connectionsIn(evidence, lastStep(evidence));
  const used = inStep.filter(isUsed);
  return used.length > 0 ? used : inStep.filter((connection) => connection.handshake !== null);
}

const cause = defineObservation({
  id: 'close.cause',
  title: 'why it is closed',
  unit: null,
  definition: `The likely cause of the first FIN or RST of the connections that were opened or still open in the last step (only those that carried a request, where any did). The most frequent cause counts; of equally frequent ones the earliest. "none": all stayed open. ${Object.entries(
    CAUSES,
  )
    .map(([id, words]) => `${id}: ${words}`)
    .join('; ')}. Frames: what shows the cause, and the close, on the connection with the median idle time.`,
  spec: 'RFC 9112 §9',
  scenario: 'close',
  observe(evidence) {
    const connections = counted(evidence);
    if (connections.length === 0) return null;
    const causes = connections.flatMap((connection) => {
      const found = causeOfClose(connection, evidence);
      return found && connection.firstClose ? [{ ...found, close: connection.firstClose }] : [];
    });
    if (causes.length === 0) {
      if (connections.some(({ firstClose }) => firstClose !== null)) return null;
      return value('none', frameList(connections.map(lastByteFrame)), {
        windowS: Math.min(...connections.map((connection) => watchedS(evidence, lastByteNs(connection)))),
      });
    }
    causes.sort((a, b) => a.close.frame - b.close.frame);
    const votes = groups(causes);
    const winner = [...votes.values()].reduce((best, group) => (group.length > best.length ? group : best));
    const shown = medianOf(winner, (entry) => entry.close.idleMs) ?? winner[0];
    if (!shown) return null;
    const others = [...votes].filter(([, group]) => group !== winner).map(([name, group]) => `${group.length} ${name}`);
    const note = [shown.because, others.length > 0 ? `others: ${others.join(', ')}` : null].filter((part) => part !== null).join('; ');
    return value(shown.cause, shown.frames, note === '' ? {} : { note });
  },
});

function groups<T extends { cause: CloseCause }>(causes: readonly T[]): Map<CloseCause, T[]> {
  const found = new Map<CloseCause, T[]>();
  for (const entry of causes) found.set(entry.cause, [...(found.get(entry.cause) ?? []), entry]);
  return found;
}

export const closeCause = [cause];
