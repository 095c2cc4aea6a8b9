import { type ExchangeSummary, summaryOf } from '../http/exchange-summary.ts';
import type { Connection, Evidence, Observation, ObservedValue, SideStats } from '../model.ts';
import { type CloseContext, causeOfClose } from '../observe/close-cause.ts';
import { expiredFinWait } from '../observe/fin-wait.ts';
import { judge } from '../observe/judge.ts';
import { plainAnswer } from '../observe/plain-answer.ts';
import type { ConnectionRow, ExchangeRow, ObservedCell } from './run-result.ts';

/** Most exchanges that a cell lists with their headers (a probe may send thousands); `exchangeCount` counts all of them. */
export const EXCHANGES_LISTED = 500;

/** Which capture a cell was derived from: its path, its hash in hexadecimal digits, and how many seconds idle connections were watched. */
export interface CaptureReference {
  /** Relative to the run's folder. */
  capture: string;
  captureSha256: string;
  windowS: number | null;
}

/** The row of `cells` for one cell: its connections, exchanges and values. */
export function cellResult(evidence: Evidence, observations: readonly Observation[], reference: CaptureReference): ObservedCell {
  const notes: string[] = [];
  if (evidence.exchanges.length > EXCHANGES_LISTED) {
    notes.push(`the first ${EXCHANGES_LISTED} of ${evidence.exchanges.length} exchanges are listed`);
  }
  for (const [reason, frames] of Object.entries(evidence.capture.undecoded)) notes.push(`${frames} frames not decoded: ${reason}`);
  return {
    ...evidence.cell,
    state: 'observed',
    reason: null,
    ...reference,
    notes,
    connections: evidence.connections.map((connection) => connectionRow(connection, evidence)),
    exchanges: evidence.exchanges.slice(0, EXCHANGES_LISTED).map((exchange) => exchangeRow(summaryOf(exchange))),
    exchangeCount: evidence.exchanges.length,
    values: observeAll(evidence, observations),
  };
}

/** The value of every observation that the evidence can show, each with what the RFCs say of it, in the order of `observations`. */
export function observeAll(evidence: Evidence, observations: readonly Observation[]): Record<string, ObservedValue> {
  const values: Record<string, ObservedValue> = {};
  const plain = plainAnswer(evidence);
  for (const observation of observations) {
    const observed = observation.observe(evidence);
    if (!observed) continue;
    const { closesByVersion, ...value } = observed;
    const conformance = judge(observation, observed, plain);
    values[observation.id] = conformance ? { ...value, conformance } : value;
  }
  return values;
}

/** Nanoseconds as milliseconds, to three decimals. */
export const toMs = (ns: number): number => Math.round(ns / 1e3) / 1e3;

/** The row of `connections` for one connection. */
export function connectionRow(connection: Connection, evidence: CloseContext): ConnectionRow {
  const { client, server } = connection.sides;
  const { firstClose } = connection;
  const finWait = expiredFinWait(connection);
  return {
    stream: connection.stream,
    clientPort: connection.client.port,
    serverPort: connection.server.port,
    frames: [connection.firstFrame, connection.lastFrame],
    frameCount: connection.frameCount,
    exchanges: connection.exchangeCount,
    zeekState: connection.zeekState,
    completeness: connection.completeness,
    startMs: toMs(connection.startNs),
    endMs: toMs(connection.endNs),
    payloadBytes: { client: client.payloadBytes, server: server.payloadBytes },
    retransmissions: client.retransmissions + server.retransmissions,
    firstClose: firstClose && {
      by: firstClose.by,
      how: firstClose.how,
      frame: firstClose.frame,
      idleMs: firstClose.idleMs === null ? null : Math.round(firstClose.idleMs * 1e3) / 1e3,
    },
    closeCause: causeOfClose(connection, evidence),
    timeWait: connection.timeWait,
    client: { ...connection.client },
    server: { ...connection.server },
    protocol: connection.protocol,
    ...(connection.serverSpeaks ? { serverSpeaks: connection.serverSpeaks } : {}),
    midStream: connection.midStream,
    missingBytes: { client: client.missingBytes, server: server.missingBytes },
    rttMs: connection.rttNs === null ? null : toMs(connection.rttNs),
    keepAliveRace: connection.keepAliveRace && { ...connection.keepAliveRace },
    retransmissionsBy: { client: retransmissions(client), server: retransmissions(server) },
    duplicateAcks: { client: client.duplicateAcks, server: server.duplicateAcks },
    outOfOrder: { client: client.outOfOrder, server: server.outOfOrder },
    zeroWindows: { client: client.zeroWindows, server: server.zeroWindows },
    zeroWindowProbes: { client: client.zeroWindowProbes, server: server.zeroWindowProbes },
    duplicatePackets: { client: client.duplicatePackets, server: server.duplicatePackets },
    outOfTimeOrder: connection.outOfTimeOrder,
    synNumberRepeated: connection.synNumberRepeated,
    finWaitExpired: finWait && { by: finWait.by, afterS: Math.round(finWait.afterS * 1e3) / 1e3, frame: finWait.frame },
  };
}

/** Frames of a side's retransmissions that a row lists. */
const RETRANSMISSIONS_LISTED = 32;

const retransmissions = ({ retransmissions: count, retransmissionFrames }: SideStats): { count: number; frames: number[] } => ({
  count,
  frames: retransmissionFrames.slice(0, RETRANSMISSIONS_LISTED),
});

/** The row of an exchange in run.json and in `analyze --json`. */
export function exchangeRow(exchange: ExchangeSummary): ExchangeRow {
  const { stream, index, step, method, target, status, requestFrames, responseFrames, durationNs } = exchange;
  return {
    stream,
    index,
    step,
    method,
    target,
    status,
    requestFrames: requestFrames && [...requestFrames],
    responseFrames: responseFrames && [...responseFrames],
    requestHeaders: exchange.requestHeaders.map(([name, text]) => [name, text]),
    responseHeaders: exchange.responseHeaders.map(([name, text]) => [name, text]),
    interimStatuses: exchange.interim.map(({ status }) => status),
    version: exchange.version,
    framing: exchange.framing,
    bodyBytes: exchange.bodyBytes,
    startMs: toMs(exchange.startNs),
    durationMs: durationNs === null ? null : toMs(durationNs),
    complete: exchange.complete,
    problems: exchange.problems.map(({ kind, detail, frame }) => ({ kind, detail, frame })),
  };
}
