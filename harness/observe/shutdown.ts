import { answerIn, serverClose } from './asked.ts';
import { defineObservation } from './observation.ts';
import { frameList, headFrames, round, value, watchedS } from './step.ts';

/** For each of the two questions, the step that asks it and the step in which the server is stopped. */
const IDLE = { asked: 'shutdown-idle.request', stopped: 'shutdown-idle' };
const BUSY = { asked: 'shutdown-busy.request', stopped: 'shutdown-busy' };
/** Steps in which the server is asked to stop. */
export const SHUTDOWN_STEPS: ReadonlySet<string> = new Set([IDLE.stopped, BUSY.stopped]);

const idle = defineObservation({
  id: 'shutdown.idle',
  title: 'idle connection at shutdown',
  unit: null,
  definition:
    'How the server closes an idle connection when it is asked to stop: FIN, RST, or "open" where it does not close it before the capture ends. Only where it had not closed it before the stop. Frames: the last payload and that close.',
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-idle',
  observe(evidence) {
    const answer = answerIn(evidence, IDLE.asked);
    const response = answer?.exchange.response;
    const stop = evidence.steps.find((step) => step.id === IDLE.stopped);
    if (!answer || !response || !stop) return null;
    const { firstClose } = answer.connection;
    // Before the stop: this server keeps no idle connections.
    if (firstClose && firstClose.frame < stop.frame) return null;
    const close = serverClose(answer.connection);
    if (!close) return value('open', frameList(response.frames[1]), { windowS: watchedS(evidence, stop.timeNs) });
    return value(close.how, frameList(response.frames[1], close.frame), {
      // An idle timer that ends now looks the same: the two times help to tell them apart.
      note: `${round((close.timeNs - response.endNs) / 1e9, 3)} s after the response, ${round((close.timeNs - stop.timeNs) / 1e9, 3)} s after the stop`,
    });
  },
});

/** A body shorter than this may have been in the kernel's send buffer already when the server stopped: 91 to 113 KB still came from servers that had ended (28 servers and variants, Linux 6.18). */
const KERNEL_HOLDS_BYTES = 128 * 1024;

const busy = defineObservation({
  id: 'shutdown.busy',
  title: 'download at shutdown',
  unit: null,
  definition:
    'What becomes of a download that is under way when the server is asked to stop: "completed", "cut by FIN", "cut by RST", "ended by FIN" (a body without a length: it may be incomplete), or "open" where it was not finished when the capture ended. Only where it was not complete before the stop. Frames: the head of the response, its last bytes, and the close.',
  spec: 'RFC 9112 §9.6',
  scenario: 'shutdown-busy',
  observe(evidence) {
    const answer = answerIn(evidence, BUSY.asked);
    const response = answer?.exchange.response;
    const stop = evidence.steps.find((step) => step.id === BUSY.stopped);
    if (!answer || !response || !stop) return null;
    const close = serverClose(answer.connection);
    // A body that ends with the connection has no length to compare with.
    const isCompleted = response.complete && response.framing !== 'close';
    const isOver = (isCompleted && response.frames[1] < stop.frame) || (close !== null && close.frame < stop.frame);
    if (isOver) return null;
    const frames = frameList(headFrames(response), response.frames[1], close?.frame);
    const isUncertain = isCompleted && response.bodyBytes < KERNEL_HOLDS_BYTES;
    const doubt = isUncertain ? ', which the kernel may have held: only a larger file shows whether the server waited' : '';
    const note = { note: `${response.bodyBytes} bytes of the body came${doubt}` };
    if (isCompleted) return value('completed', frames, note);
    if (close) return value(response.complete && close.how === 'FIN' ? 'ended by FIN' : `cut by ${close.how}`, frames, note);
    return value('open', frames, { windowS: watchedS(evidence, stop.timeNs), ...note });
  },
});

export const shutdown = [idle, busy];
