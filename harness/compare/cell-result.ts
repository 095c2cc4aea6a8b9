import type { Connection, Evidence, Exchange, Message, Observation, ObservedValue } from '../model.ts';
import { type CloseContext, causeOfClose } from '../observe/close-cause.ts';
import { judge } from '../observe/judge.ts';
import { plainAnswer } from '../observe/plain-answer.ts';
import type { ConnectionRow, ExchangeRow, ObservedCell } from './run-result.ts';

/** Exchanges listed with their headers; `exchangeCount` counts on. A probe may send thousands on one connection. */
export const EXCHANGES_LISTED = 500;

export interface CaptureReference {
  /** Relative to the run's folder. */
  capture: string;
  captureSha256: string;
  windowS: number | null;
}

/** The row of `cells` in run.json that the evidence of one cell gives. */
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
    exchanges: evidence.exchanges.slice(0, EXCHANGES_LISTED).map(exchangeRow),
    exchangeCount: evidence.exchanges.length,
    values: observeAll(evidence, observations),
  };
}

/** Every observation that the evidence can show, with what the RFCs say of its value, in the order of the registry. */
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

export const toMs = (ns: number): number => Math.round(ns / 1e3) / 1e3;

export function connectionRow(connection: Connection, evidence: CloseContext): ConnectionRow {
  const { client, server } = connection.sides;
  const { firstClose } = connection;
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
      idleMs: Math.round(firstClose.idleMs * 1e3) / 1e3,
    },
    closeCause: causeOfClose(connection, evidence),
    timeWait: connection.timeWait,
  };
}

export function exchangeRow({ stream, index, step, request, response, interim }: Exchange): ExchangeRow {
  const first: Message | null = request ?? response;
  const problems = [request, ...interim, response].flatMap((message) => message?.problems ?? []);
  return {
    stream,
    index,
    step,
    method: request?.method ?? null,
    target: request?.target ?? null,
    status: response?.status ?? null,
    requestFrames: request && [...request.frames],
    responseFrames: response && [...response.frames],
    requestHeaders: (request?.headers ?? []).map(([name, text]) => [name, text]),
    responseHeaders: (response?.headers ?? []).map(([name, text]) => [name, text]),
    interimStatuses: interim.map((message) => message.status),
    version: response?.version ?? null,
    framing: response?.framing ?? null,
    bodyBytes: response?.bodyBytes ?? 0,
    startMs: toMs(first?.startNs ?? 0),
    durationMs: request && response ? toMs(response.endNs - request.startNs) : null,
    complete: (request?.complete ?? true) && (response?.complete ?? false),
    problems: problems.map(({ kind, detail, frame }) => ({ kind, detail, frame })),
  };
}
