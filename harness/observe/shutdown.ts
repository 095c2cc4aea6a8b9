import type { Connection, Evidence, Exchange, ObservedValue, ServerStop } from '../model.ts';
import { answerIn, exchangeFrames, serverClose } from './asked.ts';
import { announcesClose } from './keepalive.ts';
import { defineObservation } from './observation.ts';
import { frameList, headFrames, lastByteFrame, openedInStep, round, value, watchedS } from './step.ts';

/** For each of the two questions, the step that asks it and the step in which the server is stopped. */
const IDLE = { asked: 'shutdown-idle.request', stopped: 'shutdown-idle' };
const BUSY = { asked: 'shutdown-busy.request', stopped: 'shutdown-busy' };
/** Steps in which the server is asked to stop. */
export const SHUTDOWN_STEPS: ReadonlySet<string> = new Set([IDLE.stopped, BUSY.stopped]);

/** The order to stop. Captures of earlier versions record no time of it: there it is that of the step's first packet. */
type Stop = Pick<ServerStop, 'timeNs' | 'frame'>;

/** When the server was asked to stop; `null` where it was not. */
export const stopOf = ({ stop, steps }: Pick<Evidence, 'stop' | 'steps'>): Stop | null =>
  stop ?? steps.find(({ id }) => SHUTDOWN_STEPS.has(id)) ?? null;

const since = (stop: Stop, timeNs: number): number => round((timeNs - stop.timeNs) / 1e9, 3);

/** The idle connection, where it was still open when the server was asked to stop. */
export function idleAtStop(evidence: Evidence) {
  const answer = answerIn(evidence, IDLE.asked);
  const response = answer?.exchange.response;
  const stop = evidence.steps.some(({ id }) => id === IDLE.stopped) ? stopOf(evidence) : null;
  if (!answer || !response || !stop) return null;
  const { firstClose } = answer.connection;
  // Before the stop: this server keeps no idle connections.
  if (firstClose && firstClose.frame < stop.frame) return null;
  return { answer, response, stop, close: serverClose(answer.connection) };
}

const idle = defineObservation({
  id: 'shutdown.idle',
  title: 'idle connection at shutdown',
  unit: null,
  definition:
    'How the server closes an idle connection when it is asked to stop: FIN, RST, or "open" where it does not close it before the capture ends. Only where it had not closed it before the stop. Frames: the last payload and that close.',
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-idle',
  observe(evidence) {
    const found = idleAtStop(evidence);
    if (!found) return null;
    const { response, stop, close } = found;
    if (!close) return value('open', frameList(response.frames[1]), { windowS: watchedS(evidence, stop.timeNs) });
    return value(close.how, frameList(response.frames[1], close.frame), {
      // An idle timer that ends now looks the same: the two times help to tell them apart.
      note: `${round((close.timeNs - response.endNs) / 1e9, 3)} s after the response, ${since(stop, close.timeNs)} s after the stop`,
    });
  },
});

const idleS = defineObservation({
  id: 'shutdown.idle-s',
  title: 'time until an idle connection is closed at shutdown',
  unit: 's',
  definition:
    'How long after it was asked to stop the server closes an idle connection: from the stop signal, whose time the capture records, to its first FIN or RST. null: still open when the capture ends, watched for window-s. Frames: the last payload and that close.',
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-idle',
  observe(evidence) {
    const found = evidence.stop ? idleAtStop(evidence) : null;
    if (!found) return null;
    const { response, stop, close } = found;
    if (!close) return value(null, frameList(response.frames[1]), { windowS: watchedS(evidence, stop.timeNs) });
    return value(since(stop, close.timeNs), frameList(response.frames[1], close.frame));
  },
});

/** Frames that are in the capture: an event after the last packet has none. */
const existing = ({ capture }: Evidence, ...frames: number[]): number[] => frameList(frames.filter((frame) => frame <= capture.frames));

const endWords = ({ code, signal }: NonNullable<ServerStop['end']>): string =>
  signal === null ? `exit code ${code}` : `ended by ${signal}`;

const processS = defineObservation({
  id: 'shutdown.process-s',
  title: 'time until the process exits at shutdown',
  unit: 's',
  definition:
    "How long after the stop signal the server's process has ended: both times are recorded in the capture. null: it still ran when the capture ended, watched for window-s; the harness then kills it. Frames: the first ones after the two times.",
  spec: null,
  scenario: 'shutdown-idle',
  observe(evidence) {
    const { stop } = evidence;
    if (!stop || evidence.cell.scenario !== IDLE.stopped) return null;
    if (!stop.end) return value(null, existing(evidence, stop.frame), { windowS: watchedS(evidence, stop.timeNs) });
    return value(since(stop, stop.end.timeNs), existing(evidence, stop.frame, stop.end.frame), {
      note: `${stop.signal}: ${endWords(stop.end)}`,
    });
  },
});

/** What became of a request that was not answered when the server was asked to stop. */
export interface AfterStop {
  connection: Connection;
  exchange: Exchange | null;
  /** `null`: the connection was open when the capture ended. */
  outcome: { answered: true; saysClose: boolean } | { answered: false; how: 'FIN' | 'RST'; atNs: number } | null;
  frames: number[];
}

/** The outcome of the connection's exchange; `null` where that was over before the stop. */
function afterStop(connection: Connection, exchange: Exchange | null, stop: Stop): AfterStop | null {
  const close = serverClose(connection);
  if (connection.firstClose && connection.firstClose.frame < stop.frame) return null;
  const response = exchange?.response ?? null;
  if (response && response.headFrames[0] < stop.frame) return null;
  const frames = frameList(exchange ? exchangeFrames(exchange) : lastByteFrame(connection), close?.frame);
  if (response?.complete) return { connection, exchange, outcome: { answered: true, saysClose: announcesClose(response) }, frames };
  return { connection, exchange, outcome: close && { answered: false, how: close.how, atNs: close.timeNs }, frames };
}

function outcomeValue(evidence: Evidence, stop: Stop, found: AfterStop | null): ObservedValue | null {
  if (!found) return null;
  const { outcome, frames } = found;
  if (!outcome) return value('open', frames, { windowS: watchedS(evidence, stop.timeNs) });
  if (outcome.answered) return value(outcome.saysClose ? 'answered, with close' : 'answered', frames);
  return value(`not answered: ${outcome.how}`, frames, { note: `${since(stop, outcome.atNs)} s after the stop` });
}

/** The request that was sent on an idle connection after the stop; `null` where the server had closed that before. */
export function nextRequest(evidence: Evidence): AfterStop | null {
  const stop = stopOf(evidence);
  const [connection] = openedInStep(evidence, 'shutdown.kept');
  const exchange = stop && connection?.exchanges.find(({ request }) => request !== null && request.headFrames[0] >= stop.frame);
  return stop && connection && exchange ? afterStop(connection, exchange, stop) : null;
}

/** The request of which the server had a part when it was asked to stop. */
export function unfinished(evidence: Evidence, step: 'shutdown.half-head' | 'shutdown.half-body'): AfterStop | null {
  const stop = stopOf(evidence);
  const [connection] = openedInStep(evidence, step);
  return stop && connection ? afterStop(connection, connection.exchanges[0] ?? null, stop) : null;
}

const OUTCOMES =
  '"answered, with close" where the response says that the connection ends, "answered" where it does not, "not answered" with the FIN or RST of the server in its place, or "open" where neither came before the capture ends.';

const next = defineObservation({
  id: 'shutdown.next-request',
  title: 'request on an idle connection during shutdown',
  unit: null,
  definition: `What becomes of a request that is sent on an idle connection 0.4 s after the server was asked to stop: ${OUTCOMES} No value where the server had closed the connection by then. Frames: the heads of request and response, and the close.`,
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-idle',
  observe(evidence) {
    const stop = stopOf(evidence);
    return stop && outcomeValue(evidence, stop, nextRequest(evidence));
  },
});

const halfHead = defineObservation({
  id: 'shutdown.half-head',
  title: 'incomplete request head at shutdown',
  unit: null,
  definition: `What becomes of a request of which half the head had been sent when the server was asked to stop, and the rest afterwards where the connection was still open: ${OUTCOMES} Frames: the heads of request and response, and the close.`,
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-idle',
  observe(evidence) {
    const stop = stopOf(evidence);
    return stop && outcomeValue(evidence, stop, unfinished(evidence, 'shutdown.half-head'));
  },
});

const halfBody = defineObservation({
  id: 'shutdown.half-body',
  title: 'POST in progress at shutdown',
  unit: null,
  definition: `What becomes of a POST of which the head and half the body had been sent when the server was asked to stop, and the rest afterwards where the connection was still open: ${OUTCOMES} No value where it had been answered before the stop. Frames: the heads of request and response, and the close.`,
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-idle',
  observe(evidence) {
    const stop = stopOf(evidence);
    return stop && outcomeValue(evidence, stop, unfinished(evidence, 'shutdown.half-body'));
  },
});

/** The connection that was never used, where it was still open when the server was asked to stop. */
export function unusedAtStop(evidence: Evidence) {
  const stop = stopOf(evidence);
  const [connection] = openedInStep(evidence, 'shutdown.silent');
  if (!stop || !connection?.handshake || (connection.firstClose && connection.firstClose.frame < stop.frame)) return null;
  return { connection, handshake: connection.handshake, stop, close: serverClose(connection) };
}

const silent = defineObservation({
  id: 'shutdown.silent',
  title: 'unused connection at shutdown',
  unit: null,
  definition:
    'How the server closes a connection on which nothing was ever sent when it is asked to stop: FIN, RST, or "open" where it does not close it before the capture ends. Frames: the last of the handshake and that close.',
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-idle',
  observe(evidence) {
    const found = unusedAtStop(evidence);
    if (!found) return null;
    const { handshake, stop, close } = found;
    if (!close) return value('open', frameList(handshake.ackFrame), { windowS: watchedS(evidence, stop.timeNs) });
    return value(close.how, frameList(handshake.ackFrame, close.frame), {
      note: `${since(stop, close.timeNs)} s after the stop`,
    });
  },
});

/** The attempt to connect after the stop; `null` where there was none. */
export function newConnection(evidence: Evidence): { connection: Connection; outcome: 'refused' | 'answered' | 'closed' | 'open' } | null {
  const stop = stopOf(evidence);
  const connection = stop && evidence.connections.find(({ firstFrame }) => firstFrame >= stop.frame);
  if (!connection) return null;
  if (connection.handshake === null) return { connection, outcome: serverClose(connection) ? 'refused' : 'open' };
  const isAnswered = connection.exchanges.some(({ response }) => response?.complete);
  return { connection, outcome: isAnswered ? 'answered' : serverClose(connection) ? 'closed' : 'open' };
}

const connecting = defineObservation({
  id: 'shutdown.new-connection',
  title: 'new connection during shutdown',
  unit: null,
  definition:
    'What becomes of a connection that is opened about half a second after the server was asked to stop, and of the request on it: "refused" (a RST answers the SYN), "answered", "closed" (accepted, and closed without a response), or "open" where nothing came before the capture ends. Frames: the SYN, the heads, and the close.',
  spec: null,
  scenario: 'shutdown-idle',
  observe(evidence) {
    const found = evidence.steps.some(({ id }) => id === IDLE.stopped) ? newConnection(evidence) : null;
    if (!found) return null;
    const { connection, outcome } = found;
    return value(outcome, frameList(connection.firstFrame, connection.exchanges.flatMap(exchangeFrames), serverClose(connection)?.frame));
  },
});

/** A body shorter than this may have been in the kernel's send buffer already when the server stopped: 91 to 113 KB still came from servers that had ended (28 servers and variants, Linux 6.18). */
const KERNEL_HOLDS_BYTES = 128 * 1024;

/** The download, where it was still under way when the server was asked to stop. */
export function busyAtStop(evidence: Evidence) {
  const answer = answerIn(evidence, BUSY.asked);
  const response = answer?.exchange.response;
  const stop = evidence.steps.some(({ id }) => id === BUSY.stopped) ? stopOf(evidence) : null;
  if (!answer || !response || !stop) return null;
  const close = serverClose(answer.connection);
  // A body that ends with the connection has no length to compare with.
  const isCompleted = response.complete && response.framing !== 'close';
  const isOver = (isCompleted && response.frames[1] < stop.frame) || (close !== null && close.frame < stop.frame);
  if (isOver) return null;
  const isEnded = response.complete && close?.how === 'FIN';
  const outcome = isCompleted ? ('completed' as const) : !close ? ('open' as const) : isEnded ? ('ended' as const) : ('cut' as const);
  return { answer, response, stop, close, outcome };
}

const busy = defineObservation({
  id: 'shutdown.busy',
  title: 'download at shutdown',
  unit: null,
  definition:
    'What becomes of a download that is under way when the server is asked to stop: "completed", "cut by FIN", "cut by RST", "ended by FIN" (a body without a length: it may be incomplete), or "open" where it was not finished when the capture ended. Only where it was not complete before the stop. Frames: the head of the response, its last bytes, and the close.',
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-busy',
  observe(evidence) {
    const found = busyAtStop(evidence);
    if (!found) return null;
    const { response, stop, close, outcome } = found;
    const frames = frameList(headFrames(response), response.frames[1], close?.frame);
    const isUncertain = outcome === 'completed' && response.bodyBytes < KERNEL_HOLDS_BYTES;
    const doubt = isUncertain ? ', which the kernel may have held: only a larger file shows whether the server waited' : '';
    const note = { note: `${response.bodyBytes} bytes of the body came${doubt}` };
    if (outcome === 'completed') return value(outcome, frames, note);
    if (close) return value(`${outcome} by ${close.how}`, frames, note);
    return value('open', frames, { windowS: watchedS(evidence, stop.timeNs), ...note });
  },
});

export const shutdown = [idle, idleS, processS, next, halfHead, halfBody, silent, connecting, busy];
