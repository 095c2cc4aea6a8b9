/** What a server does with its connections and requests when it is asked to stop. */
import { exchangeFrames } from '../../observe/asked.ts';
import type { AfterStop } from '../../observe/shutdown.ts';
import { busyAtStop, idleAtStop, newConnection, nextRequest, stopOf, unfinished, unusedAtStop } from '../../observe/shutdown.ts';
import { frameList } from '../../observe/step.ts';
import { hasProblem, seconds } from '../evidence.ts';
import { defineFinding, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** A request that was there for this long has been read, on a busy machine too. */
const READ_NS = 300e6;
/** A server that closes its idle connections when it is asked to stop does so sooner. */
const AT_ONCE_S = 2;
/** Go takes a connection for unused, and closes it, when nothing came for 5 s; it looks twice a second at most. */
const UNUSED_S = 7;
/** Shorter than this a server may still be at work. */
const RUNS_ON_S = 5;

const downloadCut = defineFinding({
  id: 'shutdown.download-cut',
  severity: 'risk',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'shutdown',
  look: (on) => {
    const found = busyAtStop(on);
    if (found?.outcome !== 'cut' || !found.close) return [];
    const { response, close, stop, answer } = found;
    // Where its end is not known, it need not have been cut.
    if (hasProblem(response, 'invalid-chunk-size', 'missing-chunk-crlf')) return [];
    const args = {
      target: answer.exchange.request.target,
      sent: response.bodyBytes,
      how: close.how,
      after: seconds(close.timeNs - stop.timeNs),
    };
    return [{ args, stream: answer.exchange.stream, frames: frameList(exchangeFrames(answer.exchange), close.frame) }];
  },
});

/** Requests of which the server had the head when it was asked to stop, or that it took on an idle connection afterwards. */
const pending = (on: LookedAt): AfterStop[] => [unfinished(on, 'shutdown.half-body'), nextRequest(on)].filter((found) => found !== null);

const requestDropped = defineFinding({
  id: 'shutdown.request-dropped',
  severity: 'risk',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'shutdown',
  look: (on) =>
    pending(on).flatMap(({ connection, exchange, outcome, frames }) => {
      const stop = stopOf(on);
      if (!stop || !exchange?.request || !outcome || outcome.answered) return [];
      // Before the stop, or before the close, the server has not had the time to read it: it met the close (RFC 9112 §9.5).
      const seenUntilNs = exchange.request.startNs < stop.timeNs ? stop.timeNs : outcome.atNs;
      if (seenUntilNs - exchange.request.startNs < READ_NS) return [];
      const { method, target } = exchange.request;
      const args = { method, target, how: outcome.how, after: seconds(outcome.atNs - stop.timeNs) };
      return [{ args, stream: connection.stream, frames }];
    }),
});

/** How long the process is known to have run after the stop, in seconds; `null` where the capture does not record it. */
function ranOn({ stop, capture }: LookedAt): { s: number; ended: boolean } | null {
  if (!stop) return null;
  return { s: seconds((stop.end?.timeNs ?? capture.endNs) - stop.timeNs), ended: stop.end !== null };
}

const ignored = defineFinding({
  id: 'shutdown.ignored',
  severity: 'risk',
  level: null,
  spec: null,
  topic: 'shutdown',
  look: (on) => {
    const ran = ranOn(on);
    const late = newConnection(on);
    if (!on.stop || !ran || ran.ended || ran.s < RUNS_ON_S || late?.outcome !== 'answered') return [];
    const { connection } = late;
    const frames = frameList(connection.firstFrame, connection.exchanges.flatMap(exchangeFrames));
    return [{ args: { signal: on.stop.signal, watched: ran.s }, stream: connection.stream, frames }];
  },
});

const idleKept = defineFinding({
  id: 'shutdown.idle-kept',
  severity: 'risk',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'shutdown',
  look: (on): Hit<{ signal: string; kept: string; ran: string }>[] => {
    const found = idleAtStop(on);
    const ran = ranOn(on);
    if (!on.stop || !found || !ran || newConnection(on)?.outcome === 'answered') return [];
    const kept = seconds((found.close?.timeNs ?? on.capture.endNs) - on.stop.timeNs);
    // Where it is not the idle connection that the process waits for, nothing follows from it.
    if (kept < AT_ONCE_S || (ran.ended && ran.s < kept)) return [];
    const args = {
      signal: on.stop.signal,
      kept: found.close ? `${kept} s` : `> ${kept} s`,
      ran: ran.ended ? `${ran.s} s` : `> ${ran.s} s`,
    };
    const frames = frameList(found.response.frames[1], found.close?.frame);
    return [{ args, stream: found.answer.exchange.stream, frames }];
  },
});

const unusedKept = defineFinding({
  id: 'shutdown.unused-kept',
  severity: 'advice',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'shutdown',
  look: (on): Hit<{ signal: string; kept: string; ran: string }>[] => {
    const found = unusedAtStop(on);
    const ran = ranOn(on);
    if (!on.stop || !found || !ran || newConnection(on)?.outcome === 'answered') return [];
    const kept = seconds((found.close?.timeNs ?? on.capture.endNs) - on.stop.timeNs);
    // Where the process has ended, it was the kernel that held the connection.
    if (kept < UNUSED_S || (ran.ended && ran.s < kept)) return [];
    const args = {
      signal: on.stop.signal,
      kept: found.close ? `${kept} s` : `> ${kept} s`,
      ran: ran.ended ? `${ran.s} s` : `> ${ran.s} s`,
    };
    return [{ args, stream: found.connection.stream, frames: frameList(found.handshake.ackFrame, found.close?.frame) }];
  },
});

const closeNotSaid = defineFinding({
  id: 'shutdown.close-not-said',
  severity: 'advice',
  level: 'SHOULD',
  spec: 'RFC 9112 §9.6',
  topic: 'shutdown',
  look: (on) =>
    pending(on).flatMap(({ connection, exchange, outcome, frames }) => {
      const close = connection.firstClose;
      if (!outcome?.answered || outcome.saysClose || !exchange?.request || !exchange.response || close?.by !== 'server') return [];
      const after = seconds(close.timeNs - exchange.response.endNs);
      if (after > AT_ONCE_S) return [];
      return [{ args: { method: exchange.request.method, target: exchange.request.target, after }, stream: connection.stream, frames }];
    }),
});

const idleReset = defineFinding({
  id: 'shutdown.idle-reset',
  severity: 'note',
  level: null,
  spec: 'RFC 9112 §9.6',
  topic: 'shutdown',
  look: (on) => {
    const found = idleAtStop(on);
    const close = found?.close;
    if (!found || close?.how !== 'RST') return [];
    const args = { after: seconds(close.timeNs - found.stop.timeNs) };
    return [{ args, stream: found.answer.exchange.stream, frames: frameList(found.response.frames[1], close.frame) }];
  },
});

export const shutdown = [downloadCut, requestDropped, ignored, idleKept, unusedKept, closeNotSaid, idleReset];
