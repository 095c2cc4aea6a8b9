/** A run of the user's own server with one cell, for what `probe` prints. */
import type { ConnectionRow, ExchangeRow, ObservedCell, RunResult } from '../../harness/compare/run-result.ts';
import type { ObservedValue } from '../../harness/model.ts';
import { sampleRun } from './sample-run.ts';

export interface GivenCell {
  values?: Record<string, ObservedValue>;
  /** Of the first GET; `null`: it got no answer. */
  status?: number | null;
  /** Of a second one. */
  alsoStatus?: number;
  protocol?: ConnectionRow['protocol'];
  serverBytes?: number;
  complete?: boolean;
  framing?: ExchangeRow['framing'];
  type?: string;
}

export function cellOf(given: GivenCell): ObservedCell {
  const {
    values = {},
    status = 200,
    alsoStatus,
    protocol = 'http/1',
    serverBytes = 900,
    complete = true,
    framing = 'content-length',
  } = given;
  const exchange = (index: number, answered: number | null): ExchangeRow => ({
    stream: 0,
    index,
    step: 'range',
    method: 'GET',
    target: '/',
    status: answered,
    requestFrames: [4, 4],
    responseFrames: answered === null ? null : [6, 6],
    requestHeaders: [['Host', '127.0.0.1']],
    responseHeaders: [
      ['Content-Type', given.type ?? 'text/html'],
      ['Server', 'nginx/1.22.1'],
    ],
    interimStatuses: [],
    version: answered === null ? null : '1.1',
    framing,
    bodyBytes: 100,
    startMs: 0,
    durationMs: 1,
    complete,
    problems: [],
  });
  const speaks = protocol === 'tls' || protocol === 'http/2' || protocol === 'other' ? { serverSpeaks: protocol } : {};
  const connection = { stream: 0, protocol, ...speaks, payloadBytes: { client: 40, server: serverBytes } } as ConnectionRow;
  return {
    server: 'yours',
    client: 'probe',
    scenario: 'range',
    state: 'observed',
    reason: null,
    capture: 'captures/yours/probe/range.pcapng',
    captureSha256: '00',
    windowS: 8,
    notes: [],
    connections: [connection],
    exchanges: [exchange(0, status), ...(alsoStatus === undefined ? [] : [exchange(1, alsoStatus)])],
    exchangeCount: 1,
    values,
  };
}

/** The run that has these cells. */
export function runOf(...cells: ObservedCell[]): RunResult {
  const run = sampleRun();
  const ids = [...new Set(cells.map(({ server }) => server))];
  return { ...run, servers: ids.map((id) => ({ ...run.servers[0]!, id, skipped: null })), cells };
}
