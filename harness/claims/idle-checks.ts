/** Checks that claims about idle connections share: keep-alive probes, and how long a connection was left open. */
import type { Connection } from '../model.ts';
import { isUsed, lastByteNs } from '../observe/step.ts';
import type { CellFacts, Judgement } from './claim.ts';
import { answered } from './facts.ts';
import { notObservable, secondsOf, shown, shownValue } from './judging.ts';
import type { Trial } from './printed-claim.ts';

/** Chromium's interval between keep-alive probes (tcp_socket_posix.cc). Seconds. */
export const PROBE_S = 45;
/** How far from that a probe may be: the kernel's timer is coarse for long times. Seconds. */
export const NEAR_S = 2.5;

export interface Probing {
  /** Seconds from the last byte (or the handshake) to the first probe, and between probes, of connections that carried requests and of others. */
  used: number[];
  unused: number[];
  frames: number[];
  stream: number | null;
}

/** The keep-alive probes of the client on these connections. */
export function probing(cell: CellFacts, { connections = cell.evidence.connections, carried = isUsed }: Partial<Watched> = {}): Probing {
  const found: Probing = { used: [], unused: [], frames: [], stream: null };
  for (const connection of connections) {
    const { keepAliveProbeTimesNs: times, keepAliveProbeFrames: frames } = connection.sides.client;
    if (times.length === 0) continue;
    const before = [lastByteNs(connection), ...times.slice(0, -1)];
    const intervals = times.map((time, index) => secondsOf(time - (before[index] ?? time)));
    // In a capture that begins after the last byte, the first interval is unknown.
    const known = connection.midStream ? intervals.slice(1) : intervals;
    (carried(connection) ? found.used : found.unused).push(...known);
    found.frames.push(...frames);
    found.stream ??= connection.stream;
  }
  return found;
}

/** Which connections, and which of them have carried a request. (Rows that begin later show that only by sequence numbers.) */
interface Watched {
  connections: readonly Connection[];
  carried: (connection: Connection) => boolean;
}

/** Whether the client probes idle connections every 45 s. */
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

/** Whether neither side closes these connections, for one probe interval at least. */
export function keptOpen(cell: CellFacts, connections: readonly Connection[]): Trial {
  const idle = connections.map((connection) =>
    connection.firstClose ? (connection.firstClose.idleMs ?? 0) / 1000 : (cell.evidence.capture.endNs - lastByteNs(connection)) / 1e9,
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

/** The longest time that a connection of the cell can have been watched. Seconds. */
export const longestWatchS = (cell: CellFacts): number => cell.windowS ?? secondsOf(cell.evidence.capture.endNs);

/** The judgement where the connections were watched for a shorter time than the claim is about. */
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
