/**
 * HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) for each observed cell, with every time and connection from packets. Fields that
 * begin with an underscore are ours, as the format allows. Bodies are not kept, so `content` has no text.
 */
import { isObserved } from '../compare/matrix.ts';
import type { ObservedCell, RunResult } from '../compare/run-result.ts';
import {
  type CellIdentity,
  type Connection,
  cellPath,
  type Evidence,
  type Exchange,
  type HeaderField,
  type Message,
  type ResponseMessage,
} from '../model.ts';
import { isMissing } from '../system/missing.ts';
import { projectVersion } from '../system/version.ts';
import { uriHost } from '../wire/endpoint.ts';
import { defineReporter } from './reporter.ts';

/** Exchanges in one file; a probe may send thousands. */
export const ENTRIES_KEPT = 1_000;
/** A connection that was ready this long before its first request was opened in advance, not for that request. Milliseconds. */
const OPENED_FOR_MS = 50;

/** Where the HAR of a cell is, relative to the run's folder. */
export const harPath = (cell: CellIdentity): string => `har/${cellPath(cell)}.har`;

export const har = defineReporter({
  id: 'har',
  describe: 'writes har/<server>/<client>/<scenario>.har: HAR 1.2 with the times of the packets, for the developer tools of a browser',
  async *files({ run, evidenceOf }) {
    for (const cell of run.cells.filter(isObserved)) {
      let evidence: Evidence;
      try {
        evidence = await evidenceOf(cell);
      } catch (error) {
        // A run whose captures are not here still has its other reports.
        if (isMissing(error)) continue;
        throw error;
      }
      yield { path: harPath(cell), content: `${JSON.stringify(harOf(evidence, cell, run), null, 1)}\n` };
    }
  },
});

/** An archive of exchanges in the format HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). */
export interface Har {
  log: {
    version: '1.2';
    creator: { name: string; version: string };
    browser: { name: string; version: string };
    pages: { startedDateTime: string; id: string; title: string; pageTimings: { onContentLoad: -1; onLoad: -1 }; comment?: string }[];
    entries: HarEntry[];
    comment: string;
  };
}

interface NameValue {
  name: string;
  value: string;
}

/** One exchange in HAR 1.2. Times are in milliseconds, sizes in bytes; -1 is unknown. Names that begin with `_` are our own. */
export interface HarEntry {
  pageref: string;
  startedDateTime: string;
  time: number;
  request: {
    method: string;
    url: string;
    httpVersion: string;
    cookies: never[];
    headers: NameValue[];
    queryString: NameValue[];
    headersSize: number;
    bodySize: number;
    _target: string;
  };
  response: {
    status: number;
    statusText: string;
    httpVersion: string;
    cookies: never[];
    headers: NameValue[];
    content: { size: number; mimeType: string };
    redirectURL: string;
    headersSize: number;
    bodySize: number;
    _error: string | null;
  };
  cache: Record<string, never>;
  /** Milliseconds; -1: does not apply. */
  timings: { blocked: number; dns: -1; connect: number; send: number; wait: number; receive: number; ssl: -1 };
  serverIPAddress: string;
  connection: string;
  _stream: number;
  _frames: { request: [number, number]; response: [number, number] | null };
}

/** The HAR of one cell. */
export function harOf(evidence: Evidence, cell: ObservedCell, run: Pick<RunResult, 'clients' | 'scenarios'>): Har {
  const { connections, exchanges, capture } = evidence;
  const byStream = new Map(connections.map((connection) => [connection.stream, connection]));
  const client = run.clients.find((row) => row.id === cell.client);
  const asked = exchanges.filter((exchange) => exchange.request !== null);
  const kept = asked.slice(0, ENTRIES_KEPT);
  const date = (ns: number): string => dateOf(capture.baseEpochNs, ns);
  const entries = kept
    .flatMap((exchange) => {
      const connection = byStream.get(exchange.stream);
      return connection && exchange.request ? [{ entry: entryOf(exchange, connection, date), ns: startOf(exchange, connection) }] : [];
    })
    .sort((a, b) => a.ns - b.ns)
    .map(({ entry }) => entry);
  const more = asked.length > kept.length ? ` The first ${kept.length} of ${asked.length} requests.` : '';
  return {
    log: {
      version: '1.2',
      creator: { name: 'wirematrix', version: projectVersion() },
      browser: { name: client?.title ?? cell.client, version: client?.version ?? '' },
      pages: pagesOf(evidence, cell, run, date),
      entries,
      comment: `From the packets of ${cell.capture}; dns and ssl do not apply.${more}`,
    },
  };
}

/** A page for each step in which a request was sent. */
function pagesOf(
  evidence: Evidence,
  cell: ObservedCell,
  run: Pick<RunResult, 'scenarios'>,
  date: (ns: number) => string,
): Har['log']['pages'] {
  const steps = [...new Set(evidence.exchanges.filter(({ request }) => request !== null).map(({ step }) => step))];
  return steps.map((step) => {
    const id = pageId(step);
    const began = evidence.steps.find((mark) => mark.id === step)?.timeNs ?? 0;
    const title = run.scenarios.find((row) => row.id === step)?.title ?? id;
    return {
      startedDateTime: date(began),
      id,
      title: `${cell.server}/${cell.client}: ${title}`,
      // These are events inside the browser: packets do not show them.
      pageTimings: { onContentLoad: -1, onLoad: -1 },
    };
  });
}

const pageId = (step: string | null): string => step ?? 'capture';
const toMs = (ns: number): number => Math.round(Math.max(0, ns) / 1e3) / 1e3;

/** The handshake of the connection where it was opened for this exchange, so that it is part of its time. */
function openedFor(exchange: Exchange, { handshake }: Connection): NonNullable<Connection['handshake']> | null {
  if (exchange.index !== 0 || !handshake || !exchange.request) return null;
  return exchange.request.startNs - handshake.ackNs < OPENED_FOR_MS * 1e6 ? handshake : null;
}

const startOf = (exchange: Exchange, connection: Connection): number =>
  openedFor(exchange, connection)?.synNs ?? exchange.request?.startNs ?? 0;

function entryOf(exchange: Exchange, connection: Connection, date: (ns: number) => string): HarEntry {
  const { request, response } = exchange;
  if (!request) throw new TypeError('an entry needs a request');
  const timings = timingsOf(exchange, connection);
  const { blocked, connect, send, wait, receive } = timings;
  return {
    pageref: pageId(exchange.step),
    startedDateTime: date(startOf(exchange, connection)),
    time: Math.round([blocked, connect, send, wait, receive].reduce((sum, ms) => sum + Math.max(0, ms), 0) * 1e3) / 1e3,
    request: {
      method: request.method,
      url: urlOf(request.target, request.headers, connection),
      httpVersion: `HTTP/${request.version}`,
      cookies: [],
      headers: nameValues(request.headers),
      queryString: queryOf(request.target),
      headersSize: request.headBytes,
      bodySize: request.bodyBytes,
      _target: request.target,
    },
    response: response ? answered(response) : UNANSWERED,
    cache: {},
    timings,
    serverIPAddress: connection.server.address,
    connection: String(connection.client.port),
    _stream: connection.stream,
    _frames: { request: [...request.frames], response: response && [...response.frames] },
  };
}

function timingsOf(exchange: Exchange, connection: Connection): HarEntry['timings'] {
  const { request, response } = exchange;
  const [sent, asked] = [request?.endNs ?? 0, request?.startNs ?? 0];
  const handshake = openedFor(exchange, connection);
  return {
    blocked: handshake ? toMs(asked - handshake.ackNs) : -1,
    dns: -1,
    connect: handshake ? toMs(handshake.ackNs - handshake.synNs) : -1,
    send: toMs(sent - asked),
    wait: response ? toMs(response.startNs - sent) : toMs((connection.firstClose?.timeNs ?? connection.endNs) - sent),
    receive: response ? toMs(response.endNs - response.startNs) : 0,
    ssl: -1,
  };
}

const answered = (response: ResponseMessage): HarEntry['response'] => ({
  status: response.status,
  statusText: response.reason,
  httpVersion: `HTTP/${response.version}`,
  cookies: [],
  headers: nameValues(response.headers),
  content: { size: response.bodyBytes, mimeType: headerValue(response, 'content-type') ?? 'x-unknown' },
  redirectURL: headerValue(response, 'location') ?? '',
  headersSize: response.headBytes,
  bodySize: response.bodyWireBytes,
  _error: response.complete ? null : 'the response is not complete in the capture',
});

/** As browsers export a request that got no answer. */
const UNANSWERED: HarEntry['response'] = {
  status: 0,
  statusText: '',
  httpVersion: '',
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: 'x-unknown' },
  redirectURL: '',
  headersSize: -1,
  bodySize: -1,
  _error: 'no response in the capture',
};

const nameValues = (headers: readonly HeaderField[]): NameValue[] => headers.map(([name, value]) => ({ name, value }));
const headerValue = ({ headers }: Message, wanted: string): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1];

/** The absolute URL of a target; `_target` has the target as on the wire. */
function urlOf(target: string, headers: readonly HeaderField[], { server }: Connection): string {
  const own = `http://${uriHost(server.address)}:${server.port}`;
  const named = headers.find(([name]) => name.toLowerCase() === 'host')?.[1]?.trim();
  for (const origin of [`http://${named}`, own]) {
    // Built from parts: a target that begins with two slashes is a path here, not another host.
    const url = parsed(target.startsWith('/') ? origin + target : target === '*' ? `${origin}/*` : target);
    if (url && /^https?:$/.test(url.protocol)) return url.href;
  }
  return `${own}/${encodeURIComponent(Buffer.from(target).toString())}`;
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function queryOf(target: string): NameValue[] {
  const at = target.indexOf('?');
  return at < 0 ? [] : [...new URLSearchParams(target.slice(at + 1))].map(([name, value]) => ({ name, value }));
}

function dateOf(baseEpochNs: bigint, ns: number): string {
  return new Date(Number((baseEpochNs + BigInt(Math.round(ns))) / 1_000_000n)).toISOString();
}
