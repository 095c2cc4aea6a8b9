import type { Connection, Evidence, FirstClose, Side } from '../model.ts';
import { hasEnded } from './missing.ts';
import { defineObservation } from './observation.ts';
import {
  byteBeforeClose,
  connectionsIn,
  frameList,
  isUsed,
  lastByteFrame,
  lastByteNs,
  lastStep,
  medianOf,
  round,
  value,
  watchedS,
} from './step.ts';

type ClosedConnection = Connection & { firstClose: FirstClose };
/** It was idle before its close, for a time that the capture shows. */
type IdleConnection = Connection & { firstClose: FirstClose & { idleMs: number } };

/** The note names shortest and longest idle time where they are further apart than this. Milliseconds. */
const SPREAD_MS = 50;

/** Part of each definition: which connections count. */
const WHICH =
  'It counts the connections that carried a request at any time and were opened or still open (no FIN, no RST) in the last step of the scenario.';

/** How the counted connections of a cell ended: the majority's outcome, and the connections that share it. */
export interface CloseVerdict {
  by: Side | 'none';
  how: FirstClose['how'] | 'none';
  /** Those of the majority; empty where `by` is `none`. */
  closed: ClosedConnection[];
  stillOpen: Connection[];
  /** How many connections each side closed first, and how many stayed open (`none`). */
  tally: Record<Side | 'none', number>;
}

const hasEndedLast = ({ exchanges }: Connection): boolean => {
  const response = exchanges.at(-1)?.response;
  return !response || hasEnded(response);
};

/** Not where the close cuts a response off, or the time is not known. */
const wasIdle = (connection: ClosedConnection): connection is IdleConnection =>
  connection.firstClose.idleMs !== null && hasEndedLast(connection);

const isClosed = (connection: Connection): connection is ClosedConnection => connection.firstClose !== null;

/** `null` where no connection counts. A tie goes to the side that closed earlier, and to a side that closed before `none`. */
export function closeVerdict(evidence: Evidence): CloseVerdict | null {
  const counted = connectionsIn(evidence, lastStep(evidence)).filter(isUsed);
  if (counted.length === 0) return null;
  const closed = counted.filter(isClosed).sort((a, b) => a.firstClose.frame - b.firstClose.frame);
  const stillOpen = counted.filter((connection) => !isClosed(connection));
  const byServer = closed.filter((connection) => connection.firstClose.by === 'server');
  const byClient = closed.filter((connection) => connection.firstClose.by === 'client');
  const tally = { server: byServer.length, client: byClient.length, none: stillOpen.length };
  const by = closed[0] ? winner(tally, closed[0].firstClose.by) : 'none';
  const ofMajority = by === 'none' ? [] : by === 'server' ? byServer : byClient;
  return { by, how: howOf(ofMajority), closed: ofMajority, stillOpen, tally };
}

function winner(tally: CloseVerdict['tally'], earlier: Side): CloseVerdict['by'] {
  const order: CloseVerdict['by'][] = [earlier, earlier === 'server' ? 'client' : 'server', 'none'];
  return order.reduce((best, candidate) => (tally[candidate] > tally[best] ? candidate : best));
}

function howOf(connections: ClosedConnection[]): CloseVerdict['how'] {
  const [earliest] = connections;
  if (!earliest) return 'none';
  const first = earliest.firstClose.how;
  const same = connections.filter((connection) => connection.firstClose.how === first).length;
  if (same * 2 >= connections.length) return first;
  return first === 'FIN' ? 'RST' : 'FIN';
}

const split = ({ tally }: CloseVerdict): { note?: string } => {
  const parts = (['server', 'client', 'none'] as const).filter((side) => tally[side] > 0);
  if (parts.length < 2) return {};
  return { note: parts.map((side) => (side === 'none' ? `${tally.none} stayed open` : `${tally[side]} closed by the ${side}`)).join(', ') };
};

/** The shortest time that a connection which stayed open was watched after its last byte. */
const windowOf = (evidence: Evidence, open: Connection[]): number =>
  Math.min(...open.map((connection) => watchedS(evidence, lastByteNs(connection))));

const first = defineObservation({
  id: 'close.first',
  title: 'who closes first',
  unit: null,
  definition: `Which side sent the first FIN or RST on most of the connections; a tie goes to the side that closed earlier. "none": still open when the capture ends. ${WHICH} Frames: that FIN or RST of each connection of the majority; for "none" the last payload frames.`,
  spec: 'RFC 9112 §9.6',
  scenario: 'close',
  race: 'whose FIN comes first where a response announced the close, so that both sides close at once',
  observe(evidence) {
    const verdict = closeVerdict(evidence);
    if (!verdict) return null;
    if (verdict.by === 'none') {
      return value('none', frameList(verdict.stillOpen.map(lastByteFrame)), {
        windowS: windowOf(evidence, verdict.stillOpen),
        ...split(verdict),
      });
    }
    return value(verdict.by, frameList(verdict.closed.map((connection) => connection.firstClose.frame)), split(verdict));
  },
});

const how = defineObservation({
  id: 'close.how',
  title: 'how it closes',
  unit: null,
  definition: `Whether the connections that \`close.first\` counts are closed by a FIN or a RST (the more frequent of the two; a tie goes to the earlier). ${WHICH}`,
  spec: 'RFC 9293 §3.6',
  scenario: 'close',
  observe(evidence) {
    const verdict = closeVerdict(evidence);
    if (!verdict) return null;
    if (verdict.how === 'none') {
      return value('none', frameList(verdict.stillOpen.map(lastByteFrame)), { windowS: windowOf(evidence, verdict.stillOpen) });
    }
    const same = verdict.closed.filter((connection) => connection.firstClose.how === verdict.how);
    const others = verdict.closed.length - same.length;
    const note = others > 0 ? { note: `${same.length} by ${verdict.how}, ${others} by ${verdict.how === 'FIN' ? 'RST' : 'FIN'}` } : {};
    return value(verdict.how, frameList(same.map((connection) => connection.firstClose.frame)), note);
  },
});

const idle = defineObservation({
  id: 'close.idle-ms',
  title: 'idle time before the close',
  unit: 'ms',
  definition: `From the last payload byte of a connection, of either side, to its first FIN or RST: the median (the shorter of two middle ones) over the connections that \`close.first\` counts, but for those whose close cuts a response off. null: still open when the capture ends. ${WHICH} Frames: the last payload and the close of the median connection.`,
  spec: 'RFC 9112 §9.5',
  scenario: 'close',
  observe(evidence) {
    const verdict = closeVerdict(evidence);
    if (!verdict) return null;
    const idle = verdict.closed.filter(wasIdle);
    if (verdict.closed.length > 0 && idle.length === 0) return null;
    const median = medianOf(idle, (connection) => connection.firstClose.idleMs);
    if (!median) return value(null, frameList(verdict.stillOpen.map(lastByteFrame)), { windowS: windowOf(evidence, verdict.stillOpen) });
    const times = idle.map((connection) => connection.firstClose.idleMs);
    const [least, most] = [Math.min(...times), Math.max(...times)];
    const note =
      most - least > SPREAD_MS ? { note: `between ${round(least, 1)} and ${round(most, 1)} ms on ${times.length} connections` } : {};
    return value(round(median.firstClose.idleMs, 3), frameList(byteBeforeClose(median), median.firstClose.frame), note);
  },
});

export const close = [first, how, idle];
