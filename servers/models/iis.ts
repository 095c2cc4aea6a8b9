import { nodeProgram } from '../node-program.ts';
import { defineServer, type ServerContext } from '../server.ts';
import { formatHttpDate, now, parseHttpDate } from './http-date.ts';
import { listenModel, type ModelSocket } from './model-socket.ts';
import { paddedPage } from './padded-page.ts';
import { type Fields, fieldLines, headerOf, InputBuffer, lists, type ModelRequest } from './request-head.ts';
import { decodePath, pieces, readSite, type StoredFile } from './site-files.ts';

/** What a variant may change. */
export interface IisTraits {
  /**
   * `connectionTimeout` of a site's limits, 00:02:00 (Microsoft Learn, "Limits for a Web Site <limits>"): how long HTTP.sys keeps an idle
   * connection. A head may take the same time (Microsoft Learn, "HTTP_TIMEOUT_LIMIT_INFO", HeaderWait; "Error logging in HTTP APIs",
   * Timer_ConnectionIdle and Timer_HeaderWait). Milliseconds.
   */
  connectionMs: number;
  /** Fields about the connection on HTTP/1.1. IIS sends none: that version is persistent by default. */
  connectionFields: Fields;
}

const DEFAULTS: IisTraits = { connectionMs: 120_000, connectionFields: [] };

/** `MaxFieldLength` and `MaxRequestBytes` of HTTP.sys (Microsoft Learn, "Http.sys registry settings for Windows"). */
const FIELD_LIMIT = 16_384;
const HEAD_LIMIT = 16_384;

/** IIS's `<staticContent>` (applicationHost.config of IIS 10). */
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'application/javascript',
  '.png': 'image/png',
  '.wav': 'audio/wav',
};

/** applicationHost.config sets this custom header where ASP.NET is installed, which is the role's default. */
const POWERED_BY: Fields = [['X-Powered-By', 'ASP.NET']];

/** One write of the response vector; larger files follow in pieces of this size. Not documented. */
const PIECE = 65_536;

/** The boundary of multipart/byteranges that IIS has always used. */
const BOUNDARY = '<q1w2e3r4t5y6u7i8o9p0zaxscdvfbgnhmjklkl>';

/** A request that HTTP.sys refuses before IIS sees it: the response has a `Server` name of its own, and the connection is closed. */
class Refused extends Error {
  readonly title: string;
  readonly reason: string;
  readonly status: number;

  constructor(status: number, title: string, reason: string) {
    super();
    this.status = status;
    this.title = title;
    this.reason = reason;
  }
}

const INVALID_VERB = () => new Refused(400, 'Bad Request - Invalid Verb', 'The request verb is invalid.');
const INVALID_URL = () => new Refused(400, 'Bad Request - Invalid URL', 'The request URL is invalid.');
const INVALID_HEADER = () => new Refused(400, 'Bad Request - Invalid Header', 'The request has an invalid header name.');
const INVALID_HOST = () => new Refused(400, 'Bad Request - Invalid Hostname', 'The request hostname is invalid.');
const TOO_LONG = () => new Refused(400, 'Bad Request - Request Too Long', 'The size of the request headers is too long.');
const VERSION = () => new Refused(505, 'HTTP Version Not Supported', 'The requested HTTP version is not supported.');

const REASONS: Record<number, string> = { 400: 'Bad Request', 505: 'HTTP Version Not Supported' };

interface ReadRequest extends ModelRequest {
  keepAlive: boolean;
  contentLength: number;
}

/**
 * `ETag` of a static file: the FILETIME of its last change (100 ns since 1601), byte by byte from the lowest, each in hexadecimal
 * without a leading zero, then `:` and the change number of the metabase, which is 0 since IIS 7
 * (Microsoft Support, "The ETag change number"; the form follows the examples that Microsoft publishes).
 */
function etagOf({ modified }: StoredFile): string {
  let time = (BigInt(modified) + 11_644_473_600n) * 10_000_000n;
  let text = '';
  for (let i = 0; i < 8; i++) {
    text += Number(time & 0xffn).toString(16);
    time >>= 8n;
  }
  return `"${text}:0"`;
}

function parseHead(lines: string[]): ReadRequest {
  const start = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +(\S+)(?: +HTTP\/(\d+)\.(\d+))?$/.exec(lines[0] ?? '');
  if (!start) throw /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ /.test(lines[0] ?? '') ? INVALID_URL() : INVALID_VERB();
  const [, method, target, major, minor] = start;
  const version = major === undefined ? 9 : Number(major) * 10 + Number(minor);
  if (version >= 20 || (version < 9 && major !== undefined)) throw VERSION();
  const headers: [string, string][] = [];
  for (const line of lines.slice(1)) {
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (!field) throw INVALID_HEADER();
    headers.push([field[1]!, field[2]!]);
  }
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host');
  // RFC 9112 section 3.2, and "Error logging in HTTP APIs": Hostname.
  if ((version >= 11 && hosts.length !== 1) || hosts.length > 1 || hosts.some(([, value]) => !/^[^\s/]+$/.test(value)))
    throw INVALID_HOST();
  const local = target!.replace(/^http:\/\/[^/?]*/i, '').split('?', 1)[0] || '/';
  const path = decodePath(local);
  if ((path === null || !path.startsWith('/')) && target !== '*') throw INVALID_URL();
  const connection = headerOf(headers, 'connection')?.toLowerCase() ?? '';
  const keepAlive = connection.includes('close') ? false : version >= 11 || (version === 10 && connection.includes('keep-alive'));
  return {
    method: method!,
    path: path ?? '*',
    version,
    headers,
    keepAlive,
    contentLength: Number(headerOf(headers, 'content-length') ?? 0),
  };
}

class IisConnection {
  readonly #socket: ModelSocket;
  readonly #input: InputBuffer;
  readonly #files: Map<string, StoredFile>;
  readonly #traits: IisTraits;

  constructor(socket: ModelSocket, files: Map<string, StoredFile>, traits: IisTraits) {
    this.#socket = socket;
    this.#input = new InputBuffer(socket, 65_536);
    this.#files = files;
    this.#traits = traits;
  }

  async run(): Promise<void> {
    this.#socket.setNoDelay();
    for (;;) {
      const idleDeadline = performance.now() + this.#traits.connectionMs;
      if (this.#input.bytes.length === 0 && (await this.#input.more(idleDeadline)) !== 'data') break;
      let request: ReadRequest | null;
      try {
        request = await this.#readRequest();
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        await this.#refuse(error);
        break;
      }
      if (request === null) break;
      await this.#answer(request);
      let left = request.contentLength - this.#input.take(request.contentLength).length;
      while (left > 0 && (await this.#input.more(performance.now() + this.#traits.connectionMs)) === 'data')
        left -= this.#input.take(left).length;
      if (!request.keepAlive || left > 0) break;
    }
    await this.#socket.finish();
    await this.#socket.close();
  }

  async #readRequest(): Promise<ReadRequest | null> {
    const deadline = performance.now() + this.#traits.connectionMs;
    const lines: string[] = [];
    let size = 0;
    for (;;) {
      const raw = this.#input.line();
      if (raw === null) {
        if (this.#input.bytes.length + size > HEAD_LIMIT) throw TOO_LONG();
        if ((await this.#input.more(deadline)) !== 'data') return null;
        continue;
      }
      const line = raw.toString('latin1').replace(/\r$/, '');
      size += raw.length + 1;
      if (line.length > FIELD_LIMIT || size > HEAD_LIMIT) throw TOO_LONG();
      // Empty lines before a request are skipped (RFC 9112 section 2.2).
      if (line === '' && lines.length === 0) continue;
      if (line === '') return parseHead(lines);
      lines.push(line);
    }
  }

  /** The page of HTTP.sys; its lines are as long as those that HTTP.sys sends. */
  #refuse({ status, title, reason }: Refused): Promise<void> {
    const page = [
      '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">',
      `<HTML><HEAD><TITLE>${REASONS[status]}</TITLE>`,
      '<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>',
      `<BODY><h2>${title}</h2>`,
      `<hr><p>HTTP Error ${status}. ${reason}</p>`,
      '</BODY></HTML>',
      '',
    ].join('\r\n');
    const fields: Fields = [
      ['Content-Type', 'text/html; charset=us-ascii'],
      ['Server', 'Microsoft-HTTPAPI/2.0'],
      ['Date', now()],
      ['Connection', 'close'],
      ['Content-Length', String(page.length)],
    ];
    return this.#socket.send(`HTTP/1.1 ${status} ${REASONS[status]}\r\n${fieldLines(fields)}\r\n${page}`);
  }

  async #answer(request: ReadRequest): Promise<void> {
    const { method, path } = request;
    if (method === 'OPTIONS') {
      return this.#send(
        request,
        '200 OK',
        [
          ['Allow', 'OPTIONS, TRACE, GET, HEAD, POST'],
          ['Public', 'OPTIONS, TRACE, GET, HEAD, POST'],
        ],
        [],
      );
    }
    const file = this.#files.get(path === '/' ? 'index.html' : path.slice(1));
    if (!file) return this.#sendPage(request, '404 Not Found', 'File or directory not found', 1245);
    if (method !== 'GET' && method !== 'HEAD') {
      return this.#sendPage(request, '405 Method Not Allowed', 'Verb not allowed', 1293, [['Allow', 'GET, HEAD, OPTIONS, TRACE']]);
    }
    return this.#sendFile(request, file);
  }

  /** A custom error page: the text is this project's, the length is that of IIS's own (`custerr/en-US`). */
  #sendPage(request: ReadRequest, status: string, title: string, length: number, allow: Fields = []): Promise<void> {
    return this.#send(request, status, [...allow, ['Content-Type', 'text/html']], [paddedPage(title, length)]);
  }

  /**
   * Known fields are sent in the order of HTTP_HEADER_ID (Microsoft Learn): Content-Type, Content-Range, Last-Modified, Accept-Ranges,
   * ETag, Server; then the others, Date, Connection and Content-Length.
   */
  async #sendFile(request: ReadRequest, file: StoredFile): Promise<void> {
    const etag = etagOf(file);
    const validators: Fields = [
      ['Last-Modified', formatHttpDate(file.modified)],
      ['Accept-Ranges', 'bytes'],
      ['ETag', etag],
    ];
    const status = precondition(request, file, etag);
    if (status === 304) return this.#send(request, '304 Not Modified', validators.slice(1), []);
    if (status === 412) return this.#sendPage(request, '412 Precondition Failed', 'Precondition failed', 1259);
    const type = TYPES[file.extension] ?? 'application/octet-stream';
    const ranges = rangesOf(request, file, etag);
    const { length } = file.bytes;
    if (ranges === 'unsatisfiable') {
      const fields: Fields = [
        ['Content-Type', 'text/html'],
        ['Content-Range', `bytes */${length}`],
      ];
      return this.#send(request, '416 Requested Range Not Satisfiable', fields, [paddedPage('Requested range not satisfiable', 362)]);
    }
    if (ranges === null) return this.#send(request, '200 OK', [['Content-Type', type], ...validators], [file.bytes]);
    if (ranges.length === 1) {
      const [start, end] = ranges[0]!;
      const fields: Fields = [['Content-Type', type], ['Content-Range', `bytes ${start}-${end - 1}/${length}`], ...validators];
      return this.#send(request, '206 Partial Content', fields, [file.bytes.subarray(start, end)]);
    }
    const parts = ranges.flatMap(([start, end]) => [
      Buffer.from(`--${BOUNDARY}\r\nContent-Type: ${type}\r\nContent-Range: bytes ${start}-${end - 1}/${length}\r\n\r\n`),
      file.bytes.subarray(start, end),
      Buffer.from('\r\n'),
    ]);
    const fields: Fields = [['Content-Type', `multipart/byteranges; boundary=${BOUNDARY}`], ...validators];
    return this.#send(request, '206 Partial Content', fields, [Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n\r\n`)])]);
  }

  async #send(request: ReadRequest, status: string, fields: Fields, body: Buffer[]): Promise<void> {
    const length = body.reduce((sum, part) => sum + part.length, 0);
    const said: Fields = !request.keepAlive
      ? [['Connection', 'close']]
      : request.version === 10
        ? [['Connection', 'keep-alive']]
        : this.#traits.connectionFields;
    const all: Fields = [
      ...fields,
      ['Server', 'Microsoft-IIS/10.0'],
      ...POWERED_BY,
      ['Date', now()],
      ...said,
      ...(status.startsWith('304') ? [] : [['Content-Length', String(length)] as const]),
    ];
    const head = request.version === 9 ? '' : `HTTP/1.1 ${status}\r\n${fieldLines(all)}\r\n`;
    const [first = Buffer.alloc(0), ...rest] = request.method === 'HEAD' ? [] : [...pieces(Buffer.concat(body), PIECE)];
    await this.#socket.send(head, first);
    for (const piece of rest) await this.#socket.send(piece);
  }
}

/** RFC 9110 section 13.2.2, which IIS's static file handler follows ("Static File Handler", conditional requests). */
function precondition({ headers }: ModelRequest, file: StoredFile, etag: string): 200 | 304 | 412 {
  const match = headerOf(headers, 'if-match');
  if (match !== undefined && !lists(match, etag)) return 412;
  const unmodifiedSince = parseHttpDate(headerOf(headers, 'if-unmodified-since'));
  if (match === undefined && unmodifiedSince !== null && file.modified > unmodifiedSince) return 412;
  const noneMatch = headerOf(headers, 'if-none-match');
  if (noneMatch !== undefined) return lists(noneMatch, etag, { weak: true }) ? 304 : 200;
  const since = parseHttpDate(headerOf(headers, 'if-modified-since'));
  return since !== null && file.modified <= since && since <= Date.now() / 1000 ? 304 : 200;
}

/** RFC 9110 section 14; a header that can't be read is ignored. End excluded. */
function rangesOf({ headers }: ModelRequest, file: StoredFile, etag: string): [number, number][] | 'unsatisfiable' | null {
  const header = headerOf(headers, 'range');
  if (header === undefined || !/^bytes=/i.test(header)) return null;
  const ifRange = headerOf(headers, 'if-range');
  if (ifRange !== undefined && (ifRange.includes('"') ? ifRange !== etag : parseHttpDate(ifRange) !== file.modified)) return null;
  const { length } = file.bytes;
  const ranges: [number, number][] = [];
  for (const item of header.slice(6).split(',')) {
    const range = /^\s*(?:(\d+)-(\d*)|-(\d+))\s*$/.exec(item);
    if (!range) return null;
    const start = range[3] !== undefined ? Math.max(0, length - Number(range[3])) : Number(range[1]);
    const end = range[3] !== undefined || range[2] === '' ? length : Math.min(length, Number(range[2]) + 1);
    if (range[2] !== undefined && range[2] !== '' && Number(range[2]) < start) return null;
    if (start < end) ranges.push([start, end]);
  }
  return ranges.length === 0 ? 'unsatisfiable' : ranges;
}

/** Serves the site as IIS would with these settings. */
export async function listenIis(context: ServerContext, traits: Partial<IisTraits> = {}): Promise<void> {
  const files = readSite(context.site);
  await listenModel(context, (socket) => new IisConnection(socket, files, { ...DEFAULTS, ...traits }).run());
}

/**
 * A model, not the real server: IIS runs on Windows alone. Where Microsoft's documentation is silent (the size of its writes, a bare LF,
 * the response where a head takes too long: here only a FIN) it does what RFC 9112 asks. Static compression is not imitated: IIS compresses
 * a file from its second request within 10 s on ("frequentHitThreshold").
 */
export default defineServer({
  id: 'iis',
  title: 'IIS (model)',
  provenance: 'model',
  summary: "imitates IIS 10 on Windows Server from Microsoft's documentation",
  version: async () => ({ version: '10.0' }),
  start: nodeProgram('iis'),
  listen: (context) => listenIis(context),
});
