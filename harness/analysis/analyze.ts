/**
 * Observations of any capture, in constant memory: connections and exchanges are written as they end; each server keeps what its
 * observations need, within limits that are named here and told where they are reached.
 */

import type { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { NotACaptureError } from '../capture-file/read-capture.ts';
import { observeAll } from '../compare/cell-result.ts';
import { stepAt, stepMarks, toEvidence } from '../decode/cell-evidence.ts';
import { type DecodeSink, decodeCapture, type FrameComments } from '../decode/decode-capture.ts';
import { ExchangeBudget } from '../http/exchange-budget.ts';
import type { CaptureInfo, Connection, Endpoint, Exchange, StepMark } from '../model.ts';
import { observations } from '../observe/index.ts';
import { badArgument } from '../system/coded-error.ts';
import { endpointKey } from '../wire/endpoint.ts';
import { AnalysisJson } from './analysis-json.ts';
import { AnalysisText } from './analysis-text.ts';
import type { AnalysisWriter, ServerValues } from './analysis-writer.ts';
import { TimeTaken } from './time-taken.ts';

export interface AnalyzeOptions {
  json?: boolean | undefined;
  /** Ports of servers: only their connections are told, and they are servers where the handshake was not captured. */
  port?: readonly number[] | undefined;
}

/** Connections that one server's observations look at; the first ones count. */
export const EVIDENCE_CONNECTIONS_PER_SERVER = 500;
/** Exchanges that the observations of all servers together look at. */
export const EVIDENCE_EXCHANGES = 4_000;
/** Servers that get observations of their own. */
export const EVIDENCE_SERVERS = 1_000;

interface ServerEvidence {
  address: string;
  port: number;
  connections: number;
  exchanges: number;
  kept: Connection[];
  leftOut: number;
}

/** Damage that ended the reading before the end of the file. */
const DAMAGE: ReadonlySet<string> = new Set([
  'gzip-damaged',
  'pcap-record-too-long',
  'pcapng-bad-block-length',
  'pcapng-bad-byte-order-magic',
  'pcapng-block-lengths-differ',
  'pcapng-block-too-long',
  'pcapng-packet-too-long',
  'pcapng-unknown-interface',
]);

/** The faults because of which a capture was not read to its end, and the last frame that was; `null` where it is whole. */
export interface Damage {
  faults: string[];
  lastFrame: number;
}

/**
 * Analyzes a capture file, or standard input where `file` is `-`, and writes what it shows to `out`.
 * @returns `null`, or where the capture is damaged
 * @throws CodedError (bad-argument) where it can't be read or is no capture
 */
export async function analyze(file: string, options: AnalyzeOptions, out: Writable & { isTTY?: boolean }): Promise<Damage | null> {
  // Little survives a collection of the young generation here: waking other threads for it takes longer than the work.
  setFlagsFromString('--no-parallel-scavenge');
  const json = options.json ? new AnalysisJson(out) : null;
  try {
    const capture = await analyzeTo(file, options, json ?? new AnalysisText(out, observations));
    const faults = Object.keys(capture.undecoded).filter((fault) => DAMAGE.has(fault));
    return faults.length === 0 ? null : { faults, lastFrame: capture.frames };
  } finally {
    json?.dispose();
  }
}

async function analyzeTo(file: string, { port }: AnalyzeOptions, writer: AnalysisWriter): Promise<CaptureInfo> {
  const servers = new Map<string, ServerEvidence>();
  const timeTaken = new TimeTaken();
  const budget = new ExchangeBudget(EVIDENCE_EXCHANGES);
  const wanted = (serverPort: number): boolean => !port || port.includes(serverPort);
  let steps: StepMark[] = [];
  let commentsSeen = 0;
  const stepsOf = (comments: FrameComments): StepMark[] => {
    if (comments.length !== commentsSeen) {
      commentsSeen = comments.length;
      steps = stepMarks({ frameComments: comments, sectionComments: [], frames: 0, endNs: 0, baseEpochNs: 0n });
    }
    return steps;
  };
  const sink: DecodeSink = {
    exchange: (exchange, connection, comments) => {
      const server = connection.endpoint('server');
      if (!wanted(server.port)) return;
      if (comments.length > 0) exchange.step = stepAt(stepsOf(comments), firstFrame(exchange));
      writer.exchange(exchange, server, timeTaken.exchange(exchange, server, connection));
    },
    connection: (connection, comments) => {
      const isWanted = wanted(connection.server.port);
      if (isWanted) {
        writer.connection(connection, stepsOf(comments));
        timeTaken.connection(connection);
      }
      const hasExchanges = !budget.withoutExchanges.has(connection);
      const isEvidence = isWanted && keepEvidence(servers, connection, hasExchanges);
      if (isEvidence) return;
      if (hasExchanges) budget.left += connection.exchanges.length;
      if (!isWanted || !hasRoom(servers, connection.server)) budget.closeTo(connection.server);
    },
  };
  const { listing } = writer;
  if (listing) {
    sink.listing = {
      lineStart: (server) => {
        if (!wanted(server.port)) return null;
        timeTaken.isListedElsewhere(server);
        return listing.lineStart(server);
      },
      lines: listing.lines,
    };
  }
  let capture: CaptureInfo;
  try {
    capture = await decodeCapture(file, { ...(port ? { ports: port } : {}), budget }, sink);
  } catch (error) {
    throw unreadable(file, error);
  }
  const all = [...servers.values()];
  const together = all.flatMap((server) => server.kept).sort((a, b) => a.stream - b.stream);
  const times = timeTaken.end(together);
  const shown = all
    .filter((server) => server.exchanges > 0 || all.length === 1)
    .map((server) => ({ ...valuesOf(capture, server), timing: timeTaken.ofServer(server) }));
  const [only] = shown;
  await writer.end(
    capture,
    shown,
    () => (all.length === 1 && only ? only.values : observeAll(toEvidence(capture, together), observations)),
    times,
  );
  return capture;
}

/** Whether a later connection of the server may yet be evidence. */
function hasRoom(servers: ReadonlyMap<string, ServerEvidence>, endpoint: Endpoint): boolean {
  const server = servers.get(endpointKey(endpoint));
  return server ? server.kept.length < EVIDENCE_CONNECTIONS_PER_SERVER : servers.size < EVIDENCE_SERVERS;
}

/** Whether the connection stays in memory for its server's observations. */
function keepEvidence(servers: Map<string, ServerEvidence>, connection: Connection, hasExchanges: boolean): boolean {
  const key = endpointKey(connection.server);
  let server = servers.get(key);
  if (!server) {
    if (servers.size >= EVIDENCE_SERVERS) return false;
    server = { ...connection.server, connections: 0, exchanges: 0, kept: [], leftOut: 0 };
    servers.set(key, server);
  }
  server.connections++;
  server.exchanges += connection.exchangeCount;
  if (server.kept.length >= EVIDENCE_CONNECTIONS_PER_SERVER || !hasExchanges) {
    server.leftOut++;
    return false;
  }
  server.kept.push(connection);
  return true;
}

function valuesOf(
  capture: CaptureInfo,
  { address, port, connections, exchanges, kept, leftOut }: ServerEvidence,
): Omit<ServerValues, 'timing'> {
  kept.sort((a, b) => a.stream - b.stream);
  return { address, port, connections, exchanges, values: observeAll(toEvidence(capture, kept), observations), leftOut };
}

const firstFrame = (exchange: Exchange): number => (exchange.request ?? exchange.response)?.frames[0] ?? 0;

function unreadable(file: string, error: unknown): unknown {
  if (error instanceof NotACaptureError) return badArgument(`${file === '-' ? 'standard input' : file}: ${error.message}`);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES') return badArgument(`can't read ${file}: ${message}`);
  return error;
}
