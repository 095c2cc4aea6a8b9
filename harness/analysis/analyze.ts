/**
 * Observations of any capture, in constant memory: connections and exchanges are written as they end; each server keeps what its
 * observations need, within limits that are named here and reported where they are reached.
 */

import type { Writable } from 'node:stream';
import { NotACaptureError } from '../capture-file/read-capture.ts';
import { observeAll } from '../compare/cell-result.ts';
import { toEvidence } from '../decode/cell-evidence.ts';
import { type DecodeSink, decodeCapture } from '../decode/decode-capture.ts';
import { openFastPath } from '../fast-path/fast-path.ts';
import { ExchangeBudget } from '../http/exchange-budget.ts';
import type { CaptureInfo, Connection, Endpoint } from '../model.ts';
import { observations } from '../observe/index.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { endpointKey } from '../wire/endpoint.ts';
import { AnalysisJson } from './analysis-json.ts';
import { AnalysisText } from './analysis-text.ts';
import type { AnalysisWriter, ServerValues } from './analysis-writer.ts';
import { type NothingRead, nothingRead } from './nothing-read.ts';

export interface AnalyzeOptions {
  json?: boolean | undefined;
  /** Ports of servers: only their connections are reported, and they are servers where the handshake was not captured. */
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

/** What keeps a capture from being shown whole: damage, or that nothing in it could be read. */
export type Trouble = Damage | NothingRead;

/**
 * Analyzes a capture file, or standard input where `file` is `-`, and writes what it shows to `out`.
 * @returns `null`, or where the capture is damaged, or why nothing in it could be read
 * @throws CodedError (bad-argument) where it can't be read or is no capture, (unable-here) where this machine is short of something
 */
export async function analyze(file: string, options: AnalyzeOptions, out: Writable & { isTTY?: boolean }): Promise<Trouble | null> {
  const json = options.json ? new AnalysisJson(out) : null;
  try {
    const { capture, connections } = await analyzeTo(file, options, json ?? new AnalysisText(out, observations));
    const faults = Object.keys(capture.undecoded).filter((fault) => DAMAGE.has(fault));
    if (faults.length > 0) return { faults, lastFrame: capture.frames };
    return connections === 0 ? nothingRead(capture) : null;
  } finally {
    json?.dispose();
  }
}

interface Analyzed {
  capture: CaptureInfo;
  /** Of all servers, those that were not asked for too. */
  connections: number;
}

async function analyzeTo(file: string, { port }: AnalyzeOptions, writer: AnalysisWriter): Promise<Analyzed> {
  const servers = new Map<string, ServerEvidence>();
  const budget = new ExchangeBudget(EVIDENCE_EXCHANGES);
  const wanted = (serverPort: number): boolean => !port || port.includes(serverPort);
  let connections = 0;
  const sink: DecodeSink = {
    summary: (exchange, server) => {
      if (wanted(server.port)) writer.exchange(exchange, server);
    },
    connection: (connection, steps) => {
      connections++;
      const isWanted = wanted(connection.server.port);
      if (isWanted) writer.connection(connection, steps);
      const hasExchanges = !budget.withoutExchanges.has(connection);
      const isEvidence = isWanted && keepEvidence(servers, connection, hasExchanges);
      if (isEvidence) return;
      if (hasExchanges) budget.left += connection.exchanges.length;
      if (!isWanted || !hasRoom(servers, connection.server)) budget.closeTo(connection.server);
    },
  };
  let capture: CaptureInfo;
  try {
    capture = await decodeCapture(file, { ...(port ? { ports: port } : {}), budget, plainReader: openFastPath }, sink);
  } catch (error) {
    throw unreadable(file, error);
  }
  const all = [...servers.values()];
  const shown = all.filter((server) => server.exchanges > 0 || all.length === 1).map((server) => valuesOf(capture, server));
  const [only] = shown;
  const together = all.flatMap((server) => server.kept).sort((a, b) => a.stream - b.stream);
  await writer.end(capture, shown, () =>
    all.length === 1 && only ? only.values : observeAll(toEvidence(capture, together), observations),
  );
  return { capture, connections };
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

function valuesOf(capture: CaptureInfo, { address, port, connections, exchanges, kept, leftOut }: ServerEvidence): ServerValues {
  kept.sort((a, b) => a.stream - b.stream);
  return { address, port, connections, exchanges, values: observeAll(toEvidence(capture, kept), observations), leftOut };
}

/** What keeps a file from being read, and what to do about it. */
const READ_REMEDIES: Record<string, string> = {
  ENOENT: 'there is no such file; give the path of a pcap or pcapng file, or - for standard input',
  ENOTDIR: 'a part of its path is a file; give the path of a pcap or pcapng file',
  EISDIR: 'it is a folder; name a capture file in it',
  EACCES: 'permission denied; run this as a user who may read it',
  ELOOP: 'its symbolic links lead back to themselves; give the path of the file itself',
  ENAMETOOLONG: 'the name is too long for this file system',
};

function unreadable(file: string, error: unknown): unknown {
  if (error instanceof NotACaptureError)
    return badArgument(
      file === '-'
        ? `standard input: ${error.message}; pipe a capture into it, as in tcpdump -w - | wirematrix analyze -`
        : `${file}: ${error.message}; give a pcap or pcapng file`,
    );
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = READ_REMEDIES[code ?? ''];
  if (remedy !== undefined) return badArgument(`can't read ${file}: ${remedy}`);
  if (code === 'EMFILE' || code === 'ENFILE') return unableHere(`can't read ${file}: ${message}; raise the limit with ulimit -n`);
  return error;
}
