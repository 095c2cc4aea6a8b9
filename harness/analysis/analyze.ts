/**
 * Observations and findings of any capture, in constant memory: connections and exchanges are written as they end; each server keeps what
 * its observations need and counts all its exchanges, within limits that are named here and reported where they are reached.
 */

import type { Writable } from 'node:stream';
import { NotACaptureError } from '../capture-file/read-capture.ts';
import { observeAll } from '../compare/cell-result.ts';
import { type CellEvidence, toEvidence } from '../decode/cell-evidence.ts';
import { type DecodeSink, decodeCapture } from '../decode/decode-capture.ts';
import { openFastPath } from '../fast-path/fast-path.ts';
import { countExchange, type ExchangeCounts, histogram, newCounts } from '../findings/counts.ts';
import { type Found, inWords, lookAt } from '../findings/findings-of.ts';
import type { ContentLimits } from '../http/content-budget.ts';
import { ExchangeBudget } from '../http/exchange-budget.ts';
import type { ExchangeSummary } from '../http/exchange-summary.ts';
import { type CaptureInfo, type Connection, cellId, type Endpoint } from '../model.ts';
import { observations } from '../observe/index.ts';
import { announcesClose } from '../observe/keepalive.ts';
import { pageFindings } from '../report/html/page-findings.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { terminalOf } from '../system/terminal.ts';
import { uriHost } from '../wire/endpoint.ts';
import { AnalysisJson } from './analysis-json.ts';
import { AnalysisSummary, type CaptureSummary } from './analysis-summary.ts';
import { AnalysisText } from './analysis-text.ts';
import type { AnalysisWriter, PageSink } from './analysis-writer.ts';
import { type NothingRead, nothingRead } from './nothing-read.ts';
import { PerServer } from './per-server.ts';
import { TimeTaken } from './time-taken.ts';

export interface AnalyzeOptions {
  json?: boolean | undefined;
  /** Ports of servers: only their connections are reported, and they are servers where the handshake was not captured. */
  port?: readonly number[] | undefined;
  /** Lists every exchange, not a screenful of them. */
  all?: boolean | undefined;
  /** Gathers what the page shows. */
  page?: PageSink | undefined;
}

/** Connections that one server's observations look at; the first ones count. */
export const EVIDENCE_CONNECTIONS_PER_SERVER = 500;
/** Exchanges that the observations of all servers together look at. */
export const EVIDENCE_EXCHANGES = 4_000;
/** What responses keep of their content in captures that the fast path does not read (`openFastPath`): the rules over bytes look at it. */
export const EVIDENCE_CONTENT: ContentLimits = { message: 64 * 1024, capture: 8 * 1024 * 1024 };

interface ServerEvidence {
  address: string;
  port: number;
  connections: number;
  exchanges: number;
  kept: Connection[];
  leftOut: number;
  /** Of all its exchanges, kept or not. */
  counts: ExchangeCounts;
  /** Whether each successful response so far announced a close; `null` where there was none. */
  closesAlways: boolean | null;
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
export async function analyze(
  file: string,
  options: AnalyzeOptions,
  out: Writable & { columns?: number; rows?: number },
): Promise<Trouble | null> {
  const writer = options.json
    ? new AnalysisJson(out)
    : new AnalysisText(out, observations, { all: options.all ?? false, columns: terminalOf(out).columns });
  try {
    return troubleOf(await analyzeTo(file, options, writer));
  } finally {
    writer.dispose();
  }
}

/**
 * Analyzes one of many captures.
 * @throws as `analyze` does
 */
export async function summarise(
  file: string,
  options: Pick<AnalyzeOptions, 'port'> = {},
): Promise<{ summary: CaptureSummary; trouble: Trouble | null }> {
  const writer = new AnalysisSummary();
  const trouble = troubleOf(await analyzeTo(file, options, writer));
  return { summary: writer.summary as CaptureSummary, trouble };
}

function troubleOf({ capture, connections }: Analyzed): Trouble | null {
  const faults = Object.keys(capture.undecoded).filter((fault) => DAMAGE.has(fault));
  if (faults.length > 0) return { faults, lastFrame: capture.frames };
  return connections === 0 ? nothingRead(capture) : null;
}

interface Analyzed {
  capture: CaptureInfo;
  /** Of all servers, those that were not asked for too. */
  connections: number;
}

async function analyzeTo(file: string, { port, page }: AnalyzeOptions, writer: AnalysisWriter): Promise<Analyzed> {
  const servers = new PerServer(newServer);
  const timeTaken = new TimeTaken();
  const budget = new ExchangeBudget(EVIDENCE_EXCHANGES);
  const wanted = (serverPort: number): boolean => !port || port.includes(serverPort);
  let connections = 0;
  const sink: DecodeSink = {
    summary: (exchange, endpoint, connection) => {
      if (!wanted(endpoint.port)) return;
      writer.exchange(exchange, endpoint, connection);
      timeTaken.exchange(exchange, endpoint, connection);
      const server = servers.of(endpoint);
      if (server === null) return;
      countExchange(server.counts, exchange);
      noteClose(server, exchange);
    },
    connection: (connection, steps) => {
      connections++;
      const isWanted = wanted(connection.server.port);
      const context = { steps, closesAlways: servers.known(connection.server)?.closesAlways === true };
      if (isWanted) {
        writer.connection(connection, context);
        timeTaken.connection(connection);
      }
      page?.connection(connection, isWanted ? context : null);
      const hasExchanges = !budget.withoutExchanges.has(connection);
      const isEvidence = isWanted && keepEvidence(servers, connection, hasExchanges);
      if (isEvidence) return;
      if (hasExchanges) budget.left += connection.exchanges.length;
      if (!isWanted || !hasRoom(servers, connection.server)) budget.closeTo(connection.server);
    },
  };
  if (page) {
    sink.frame = (record) => page.frame(record);
    sink.exchange = (exchange, connection) => {
      if (wanted(connection.endpoint('server').port)) page.exchange(exchange);
    };
  }
  let capture: CaptureInfo;
  try {
    capture = await decodeCapture(
      file,
      { ...(port ? { ports: port } : {}), budget, content: EVIDENCE_CONTENT, plainReader: openFastPath },
      sink,
    );
  } catch (error) {
    throw unreadable(file, error);
  }
  const all = servers.all();
  const kept = all.flatMap((server) => server.kept).sort((a, b) => a.stream - b.stream);
  const times = timeTaken.end(kept);
  const found: Found[] = [];
  const shown = all.flatMap((server) => {
    server.kept.sort((a, b) => a.stream - b.stream);
    const evidence = toEvidence(capture, server.kept);
    const isShown = server.exchanges > 0 || all.length === 1;
    const values = isShown ? observeAll(evidence, observations) : {};
    const { address, port: serverPort, connections, exchanges, leftOut, counts } = server;
    const looked = { ...evidence, values, counts };
    found.push(...lookAt(looked, { server: `${uriHost(address)}:${serverPort}`, cell: cellOf(evidence), about: ['server', 'traffic'] }));
    const timing = timeTaken.ofServer(server);
    return isShown ? [{ address, port: serverPort, connections, exchanges, values, leftOut, statuses: histogram(counts), timing }] : [];
  });
  const [only] = shown;
  const together = toEvidence(capture, kept);
  // Which frames are no TCP is not the question where only some ports were asked for.
  if (!port || kept.length > 0) found.push(...lookAt(together, { server: '', cell: cellOf(together), about: ['capture'] }));
  const findings = inWords(found);
  await writer.end({
    capture,
    servers: shown,
    together: () => (all.length === 1 && only ? only.values : observeAll(together, observations)),
    findings,
    times,
  });
  await page?.end(capture, shown, pageFindings(found));
  return { capture, connections };
}

/** A capture of a run names its cell. */
const cellOf = ({ header, cell }: CellEvidence): string | null => (header === null ? null : cellId(cell));

const newServer = ({ address, port }: Endpoint): ServerEvidence => ({
  address,
  port,
  connections: 0,
  exchanges: 0,
  kept: [],
  leftOut: 0,
  counts: newCounts(),
  closesAlways: null,
});

/** Once one response leaves the connection open, no other matters. */
function noteClose(server: ServerEvidence, exchange: ExchangeSummary): void {
  const { status, version } = exchange;
  if (server.closesAlways === false || status === null || version === null || status < 200 || status >= 400) return;
  // Its fields are read where they are asked for.
  server.closesAlways = announcesClose({ headers: exchange.responseHeaders, version });
}

/** Whether a later connection of the server may yet be evidence. */
function hasRoom(servers: PerServer<ServerEvidence>, endpoint: Endpoint): boolean {
  const server = servers.known(endpoint);
  return server === null ? servers.hasRoom : server.kept.length < EVIDENCE_CONNECTIONS_PER_SERVER;
}

/** Whether the connection stays in memory for its server's observations. */
function keepEvidence(servers: PerServer<ServerEvidence>, connection: Connection, hasExchanges: boolean): boolean {
  const server = servers.of(connection.server);
  if (server === null) return false;
  server.connections++;
  server.exchanges += connection.exchangeCount;
  if (server.kept.length >= EVIDENCE_CONNECTIONS_PER_SERVER || !hasExchanges) {
    server.leftOut++;
    return false;
  }
  server.kept.push(connection);
  return true;
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
