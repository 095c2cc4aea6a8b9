/** What claims about idle connections share: keep-alive probes, and how long a connection was left open. */
import type { Connection } from '../model.ts';
import { isUsed, lastByteNs } from '../observe/step.ts';
import type { CellFacts, Judgement } from './claim.ts';
import { answered } from './facts.ts';
import { notObservable, secondsOf, shown, shownValue } from './judging.ts';
import type { Trial } from './printed-claim.ts';

/** Chromium's interval (tcp_socket_posix.cc), and how far a probe may be from it: the kernel's timer is coarse for long times. */
export const PROBE_S = 45;
export const NEAR_S = 2.5;

export interface Probing {
  /** Seconds from the last byte (or the handshake) to the first probe, and between probes, of connections that carried requests and of others. */
  used: number[];
  unused: number[];
  frames: number[];
  stream: number | null;
}

export function probing(cell: CellFacts, { connections = cell.evidence.connections, carried = isUsed }: Partial<Watched> = {}): Probing {
  const found: Probing = { used: [], unused: [], frames: [], stream: null };
  for (const connection of connections) {
    const { keepAliveProbeTimesNs: times, keepAliveProbeFrames: frames } = connection.sides.client;
    if (times.length === 0) continue;
    const before = [lastByteNs(connection), ...times.slice(0, -1)];
    const intervals = times.map((time, index) => secondsOf(time - (before[index] ?? time)));
    // Where the capture begins behind the last byte, the first interval can't be told.
    const told = connection.midStream ? intervals.slice(1) : intervals;
    (carried(connection) ? found.used : found.unused).push(...told);
    found.frames.push(...frames);
    found.stream ??= connection.stream;
  }
  return found;
}

/** Which connections, and how it is known that one has carried a request: where the rows begin behind it, by its sequence numbers. */
interface Watched {
  connections: readonly Connection[];
  carried: (connection: Connection) => boolean;
}

export function probesEvery45(cell: CellFacts, watched: Partial<Watched> = {}): Trial {
  const { used, unused, frames, stream } = probing(cell, watched);
  const each = [...used, ...unused];
  return {
    holds: each.length > 0 && each.every((interval) => Math.abs(interval - PROBE_S) <= NEAR_S),
    seen: (words) => words.r03(cell.id, used, unused),
    evidence: shown(cell, 'tcp.keepalive-probes', frames),
    ladder: stream === null ? null : { cell: cell.id, stream },
  };
}

/** Connections that nobody closes for the time of a probe at least. */
export function keptOpen(cell: CellFacts, connections: readonly Connection[]): Trial {
  const idle = connections.map((connection) =>
    connection.firstClose ? connection.firstClose.idleMs / 1000 : (cell.evidence.capture.endNs - lastByteNs(connection)) / 1e9,
  );
  const closed = connections.filter(({ firstClose }) => firstClose).length;
  const statuses = [...new Set(answered(cell).map(({ response }) => response.status))].sort();
  return {
    holds: connections.length > 0 && closed === 0 && Math.max(...idle) >= PROBE_S - 1,
    seen: (words) => words.r04(cell.id, connections.length, closed, Math.round(Math.max(0, ...idle)), statuses),
    evidence: [
      ...shown(
        cell,
        'close.first',
        connections.map(({ lastFrame }) => lastFrame),
      ),
      ...shownValue(cell, 'http.statuses'),
    ],
    ladder: connections[0] ? { cell: cell.id, stream: connections[0].stream } : null,
  };
}

/** How long the cell's connections could be watched at most, in seconds. */
export const longestWatchS = (cell: CellFacts): number => cell.windowS ?? secondsOf(cell.evidence.capture.endNs);

/** The verdict where the window was shorter than what the claim speaks of. */
export const tooShort = (cell: CellFacts, leastS: number, filter: string, printed: Trial | null): Judgement =>
  notObservable(
    (words) => words.both.tooShort(cell.id, longestWatchS(cell)),
    (words) => words.both.needWindow(Math.ceil(leastS)),
    {
      seen: printed ? [printed.seen] : [],
      evidence: printed?.evidence ?? shownValue(cell, 'connections.opened'),
      ladder: printed?.ladder ?? null,
      filter,
    },
  );
