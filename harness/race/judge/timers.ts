/** How a server closes connections that have been used and are idle. */
import { field } from '../../http/fields.ts';
import type { Connection } from '../../model.ts';

/** A server's timer, from the packets of several connections. Seconds. */
export interface ServerTimer {
  /** The shortest and the longest idle time that it closed a connection after; `null` where it closed none in the window. */
  shortestS: number | null;
  longestS: number | null;
  /** The median of them: where most closes lie, whatever delayed some. */
  medianS: number | null;
  /** How long those that it did not close were watched, at the most; `null` where it closed all. */
  openAfterS: number | null;
  /** It ends each connection with the response, and says so. */
  closesEach: boolean;
  /** Seconds of its `Keep-Alive: timeout`; `null` where it sends none. */
  hintS: number | null;
  /** Connections with an answer. */
  connections: number;
  /** FIN or RST of each that it closed. */
  frames: number[];
}

const toS = (ms: number): number => Math.round(ms) / 1e3;

/** @param endNs the end of the capture */
export function timerOf(connections: readonly Connection[], serverPort: number, endNs: number): ServerTimer {
  const answered = connections.filter(
    ({ server, exchanges }) => server.port === serverPort && exchanges.some(({ response }) => response !== null),
  );
  const ends = ({ exchanges }: Connection): boolean => endsConnection(exchanges.at(-1)?.response ?? null);
  // A response that ends its connection, to a refused POST say, tells nothing of the timer.
  const kept = answered.filter((connection) => !ends(connection));
  const closed = (kept.length > 0 ? kept : answered).flatMap(({ firstClose }) =>
    firstClose?.by === 'server' && firstClose.idleMs !== null ? [{ idleMs: firstClose.idleMs, frame: firstClose.frame }] : [],
  );
  const open = kept.filter(({ firstClose }) => firstClose?.by !== 'server');
  const idle = closed.map(({ idleMs }) => idleMs);
  const watched = open.map(({ sides, firstClose }) => ((firstClose?.timeNs ?? endNs) - (sides.server.lastPayloadNs ?? endNs)) / 1e9);
  const hints = answered.flatMap(({ exchanges }) => hintOf(exchanges.at(-1)?.response ?? null) ?? []);
  return {
    shortestS: idle.length === 0 ? null : toS(Math.min(...idle)),
    longestS: idle.length === 0 ? null : toS(Math.max(...idle)),
    medianS: idle.length === 0 ? null : toS([...idle].sort((a, b) => a - b)[Math.floor((idle.length - 1) / 2)]!),
    openAfterS: open.length === 0 ? null : Math.round(Math.max(...watched) * 10) / 10,
    closesEach: answered.length > 0 && kept.length === 0,
    hintS: hints[0] ?? null,
    connections: answered.length,
    frames: closed.map(({ frame }) => frame),
  };
}

type Head = Parameters<typeof field>[0] & { version: string };

/** Seconds of `Keep-Alive: timeout`. */
export function hintOf(message: Head | null): number | null {
  const found = /(?:^|[,;\s])timeout\s*=\s*"?(\d+)/i.exec(message === null ? '' : (field(message, 'keep-alive') ?? ''));
  return found ? Number(found[1]) : null;
}

/** Whether a message ends its connection (RFC 9112 §9.3). */
export function endsConnection(message: Head | null): boolean {
  if (message === null) return false;
  const options = (field(message, 'connection') ?? '')
    .toLowerCase()
    .split(',')
    .map((option) => option.trim());
  return options.includes('close') || (message.version === '1.0' && !options.includes('keep-alive'));
}
