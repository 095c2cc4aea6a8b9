import type { Connection, Evidence, ObservedValue, ResponseMessage } from '../model.ts';
import { answerIn, exchangeFrames, serverClose } from './asked.ts';
import { announcesClose } from './keepalive.ts';
import { defineObservation } from './observation.ts';
import { frameList, headFrames, isAnswered, isAsked, isUsed, openedInStep, round, value, watchedS } from './step.ts';

/** An answer that comes sooner waited for nothing. */
const PROMPT_NS = 1e9;

/** Responses on the connection that answer no whole request: unsolicited ones, and those to half a request. */
const unasked = (connection: Connection): ResponseMessage[] =>
  connection.exchanges.flatMap((exchange) => {
    const complete = exchange.request?.complete ?? false;
    return exchange.response && !complete ? [exchange.response] : [];
  });

/** Seconds from a moment of the connection to the server's FIN or RST; the note gives what the server sent in between. */
function idleSince(evidence: Evidence, connection: Connection, since: { frame: number; timeNs: number }): ObservedValue {
  const close = serverClose(connection);
  const said = unasked(connection);
  const remarks = said.map((response) => `${response.status} sent ${round((response.startNs - since.timeNs) / 1e9, 3)} s in`);
  const frames = frameList(since.frame, said.flatMap(headFrames), close?.frame);
  if (connection.firstClose?.by === 'client' || !close) {
    const open = connection.firstClose?.by === 'client' ? [...remarks, 'the client closed first'] : remarks;
    const untilNs = connection.firstClose?.timeNs ?? evidence.capture.endNs;
    return value(null, frameList(frames, connection.firstClose?.frame), {
      windowS: connection.firstClose ? round((untilNs - since.timeNs) / 1e9, 1) : watchedS(evidence, since.timeNs),
      ...(open.length > 0 ? { note: open.join('; ') } : {}),
    });
  }
  if (close.how === 'RST') remarks.push('closed by RST');
  return value(round((close.timeNs - since.timeNs) / 1e9, 3), frames, remarks.length > 0 ? { note: remarks.join('; ') } : {});
}

/** The connection that the step opened and on which it sent no whole request. */
function openedWithoutRequest(evidence: Evidence, step: string): Connection | null {
  const mark = evidence.steps.find((entry) => entry.id === step);
  if (!mark) return null;
  const opened = evidence.connections.filter((connection) => connection.handshake && connection.firstFrame >= mark.frame);
  return opened.find((connection) => !isUsed(connection)) ?? null;
}

/** The notes name the spread of several connections where it is wider than this. Seconds. */
const SPREAD_S = 0.1;

/** The connections that were opened at different times and left idle after one response. */
function samples(evidence: Evidence): { observed: ObservedValue; s: number; open: boolean }[] {
  return openedInStep(evidence, 'idle-used').flatMap((connection) => {
    const [first, ...later] = connection.exchanges.filter(isAsked);
    if (later.length > 0) return [];
    const response = first?.response;
    // A response that was cut off is followed by no idle time.
    if (!response || (!response.complete && serverClose(connection))) return [];
    const observed = idleSince(evidence, connection, { frame: response.frames[1], timeNs: response.endNs });
    const open = observed.value === null;
    return [{ observed, s: open ? (observed.windowS ?? 0) : Number(observed.value), open }];
  });
}

/** The shortest time that a connection was kept; where all are open, the one that was watched longest. */
function leastOf(all: ReturnType<typeof samples>): ObservedValue | null {
  const closed = all.filter(({ open }) => !open).sort((a, b) => a.s - b.s);
  const [least] = closed;
  const most = closed.at(-1);
  if (!least || !most) return all.sort((a, b) => b.s - a.s)[0]?.observed ?? null;
  const remarks = least.observed.note === undefined ? [] : [least.observed.note];
  if (most.s - least.s > SPREAD_S) remarks.push(`${closed.length} connections: ${least.s} to ${most.s} s`);
  if (closed.length < all.length) {
    const longest = Math.max(...all.filter(({ open }) => open).map(({ s }) => s));
    remarks.push(`${all.length - closed.length} of ${all.length} still open after ${longest} s`);
  }
  const frames = remarks.length > 0 ? frameList(least.observed.frames, most.observed.frames) : least.observed.frames;
  return { ...least.observed, frames, ...(remarks.length > 0 ? { note: remarks.join('; ') } : {}) };
}

const used = defineObservation({
  id: 'idle.used-s',
  title: 'idle timeout after a response',
  unit: 's',
  definition:
    "How long the server keeps a connection after one response: from the response's last payload byte to the server's first FIN or RST; the least of several connections that are opened at different times, since some servers look at their connections once a second or less often (the note has the spread). null: still open when the capture ends, watched for window-s. Frames: that last payload and that close.",
  spec: 'RFC 9112 §9.5',
  scenario: 'idle-used',
  observe(evidence) {
    return leastOf(samples(evidence));
  },
});

/** Timers differ from one connection to the next by as much. Seconds, and a share of the time. */
const TIMER_TOLERANCE_S = 0.5;
const TIMER_TOLERANCE = 0.1;

/** When a connection on which a second request was sent was closed, beside connections that had one; `null` where that shows nothing. */
export function secondRequest(
  evidence: Evidence,
): { connection: Connection; restarts: boolean; sinceFirstS: number; sinceSecondS: number; frames: number[] } | null {
  const connection = openedInStep(evidence, 'idle-used').find(({ exchanges }) => exchanges.filter(isAnswered).length === 2);
  const [first, second] = connection?.exchanges.filter(isAnswered) ?? [];
  const others = samples(evidence);
  if (!connection || !first || !second?.response.complete || announcesClose(second.response) || others.length === 0) return null;
  const close = serverClose(connection);
  const untilNs = close?.timeNs ?? connection.firstClose?.timeNs ?? evidence.capture.endNs;
  const [sinceFirstS, sinceSecondS] = [first, second].map(({ response }) => round((untilNs - response.endNs) / 1e9, 3)) as [number, number];
  const least = Math.min(...others.map(({ s }) => s));
  const most = Math.max(...others.map(({ s }) => s));
  const tolerance = Math.max(TIMER_TOLERANCE_S, TIMER_TOLERANCE * least);
  const frames = frameList(first.response.frames[1], second.response.frames[1], close?.frame);
  const found = { connection, sinceFirstS, sinceSecondS, frames };
  // Open for longer than a connection that was used once, counted from the second response.
  if (!close) return others.every(({ open }) => !open) && sinceSecondS > most + tolerance ? { ...found, restarts: true } : null;
  if (sinceSecondS >= least - tolerance) return others.some(({ open }) => !open) ? { ...found, restarts: true } : null;
  const isFromFirst = Math.abs(sinceFirstS - least) <= tolerance || (sinceFirstS >= least && sinceFirstS <= most + tolerance);
  return isFromFirst && sinceSecondS > TIMER_TOLERANCE_S && others.some(({ open }) => !open) ? { ...found, restarts: false } : null;
}

const restarts = defineObservation({
  id: 'idle.restarts',
  title: 'idle timer restarts with each request',
  unit: null,
  definition:
    'Whether the idle timer starts again with each request: "yes" where a connection that gets a second request is closed as long after that response as others are after their only one; "no" where it is closed as long after its first response, as by a timer of the whole connection. No value where the window is too short to tell, or the server closes for another reason. Frames: the ends of the two responses, and the close.',
  spec: 'RFC 9112 §9.5',
  scenario: 'idle-used',
  observe(evidence) {
    const found = secondRequest(evidence);
    if (!found) return null;
    const note = { note: `closed ${found.sinceFirstS} s after the first response, ${found.sinceSecondS} s after the second` };
    return value(found.restarts ? 'yes' : 'no', found.frames, serverClose(found.connection) ? note : {});
  },
});

const unused = defineObservation({
  id: 'idle.unused-s',
  title: 'idle timeout before any request',
  unit: 's',
  definition:
    "How long the server keeps a connection on which no byte was ever sent: from the ACK that completes the handshake to the server's first FIN or RST. (Node.js checks such connections every 30 s from its start, so its value lies between 60 and 90 s, depending on when the client connected.) null: still open when the capture ends, watched for window-s. Frames: that ACK and that close.",
  spec: 'RFC 9112 §9.5',
  scenario: 'idle-unused',
  observe(evidence) {
    const connection = openedWithoutRequest(evidence, 'idle-unused');
    if (!connection?.handshake) return null;
    return idleSince(evidence, connection, { frame: connection.handshake.ackFrame, timeNs: connection.handshake.ackNs });
  },
});

/** The connection of half a request, whether or not the decoder made a request of it. */
function partialHeadConnection(evidence: Evidence): Connection | null {
  return answerIn(evidence, 'idle-partial-head')?.connection ?? openedWithoutRequest(evidence, 'idle-partial-head');
}

const partialHead = defineObservation({
  id: 'idle.partial-head-s',
  title: 'incomplete-request timeout',
  unit: 's',
  definition:
    "How long the server waits for the rest of a request head: from the last payload byte of the client to the server's first FIN or RST. null: still open when the capture ends, watched for window-s. Frames: that payload, an answer, and the close.",
  spec: 'RFC 9110 §15.5.9',
  scenario: 'idle-partial-head',
  observe(evidence) {
    const connection = partialHeadConnection(evidence);
    const { lastPayloadFrame: frame, lastPayloadNs: timeNs } = connection?.sides.client ?? { lastPayloadFrame: null, lastPayloadNs: null };
    if (!connection || frame === null || timeNs === null) return null;
    return idleSince(evidence, connection, { frame, timeNs });
  },
});

const partialHeadAnswer = defineObservation({
  id: 'idle.partial-head-answer',
  title: 'response to an incomplete request head',
  unit: null,
  definition:
    'The status that the server sends before it gives up waiting for the rest of a request head; "none" where it closes without a response or is still waiting when the capture ends.',
  spec: 'RFC 9110 §15.5.9',
  scenario: 'idle-partial-head',
  observe(evidence) {
    const connection = partialHeadConnection(evidence);
    if (!connection) return null;
    const [answer] = unasked(connection);
    if (answer) return value(String(answer.status), headFrames(answer));
    return value('none', frameList(connection.sides.client.lastPayloadFrame, serverClose(connection)?.frame));
  },
});

/** The POST of which half the body came, where the server waits for the rest. */
function halfBody(evidence: Evidence): Connection | null {
  const answer = answerIn(evidence, 'idle-partial-body');
  // Some servers answer at once, without the body: they wait for nothing.
  return answer && (!answer.exchange.response || answer.exchange.response.startNs - answer.exchange.request.endNs > PROMPT_NS)
    ? answer.connection
    : null;
}

const partialBody = defineObservation({
  id: 'idle.partial-body-s',
  title: 'incomplete-body timeout',
  unit: 's',
  definition:
    "How long the server waits for the rest of a request body: from the last payload byte of the client to the server's first FIN or RST. No value where it answers without waiting for the body. null: still open when the capture ends, watched for window-s. Frames: that payload, an answer, and the close.",
  spec: 'RFC 9110 §15.5.9',
  scenario: 'idle-partial-head',
  observe(evidence) {
    const connection = halfBody(evidence);
    const { lastPayloadFrame: frame, lastPayloadNs: timeNs } = connection?.sides.client ?? { lastPayloadFrame: null, lastPayloadNs: null };
    return connection && frame !== null && timeNs !== null ? idleSince(evidence, connection, { frame, timeNs }) : null;
  },
});

const partialBodyAnswer = defineObservation({
  id: 'idle.partial-body-answer',
  title: 'response to an incomplete request body',
  unit: null,
  definition:
    'The status that the server sends for a POST of which half the body has come; "none" where it closes without a response or is still waiting when the capture ends. Frames: the heads of request and response.',
  spec: 'RFC 9110 §15.5.9',
  scenario: 'idle-partial-head',
  observe(evidence) {
    const answer = answerIn(evidence, 'idle-partial-body');
    if (!answer) return null;
    const { response } = answer.exchange;
    const close = response ? null : serverClose(answer.connection);
    return value(response ? String(response.status) : 'none', frameList(exchangeFrames(answer.exchange), close?.frame));
  },
});

export const idle = [used, restarts, unused, partialHead, partialHeadAnswer, partialBody, partialBodyAnswer];
