import { nodeProgram } from '../node-program.ts';
import { defineServer, type ServerContext } from '../server.ts';
import { type ChunkGrammar, lengthOfChunks } from './chunks.ts';
import { formatHttpDate, now, parseHttpDate } from './http-date.ts';
import { listenModel, type ModelSocket } from './model-socket.ts';
import { type Fields, fieldLines, headerOf, InputBuffer, lists, type ModelRequest } from './request-head.ts';
import { decodePath, pieces, readSite, type StoredFile } from './site-files.ts';

/**
 * Source of everything here: nginx 1.22.1 (`ngx_http_request.c`, `ngx_http_parse.c`, `ngx_http_not_modified_filter_module.c`,
 * `ngx_http_range_filter_module.c`, `ngx_http_special_response.c`) and captures of the real one on Debian 12.
 */
export interface NginxTraits {
  /** `keepalive_timeout`, milliseconds. */
  keepAliveMs: number;
  /** `client_header_timeout`. */
  headerMs: number;
  /** `keepalive_requests`. */
  requests: number;
  /** `lingering_timeout` and `lingering_time`. */
  lingeringMs: number;
  lingeringTotalMs: number;
  /** `client_header_buffer_size`, and the size of one of `large_client_header_buffers`. */
  headerBuffer: number;
  largeBuffer: number;
  /** How many of `large_client_header_buffers` a head may take. */
  largeBuffers: number;
  /** `client_max_body_size`, bytes. */
  bodyLimit: number;
  /** Most fields in a head, as Debian's security update limits them. */
  fields: number;
  /** `output_buffers`: a file is read and written in pieces of this size. */
  outputBuffer: number;
}

const DEFAULTS: NginxTraits = {
  keepAliveMs: 75_000,
  headerMs: 60_000,
  requests: 1000,
  lingeringMs: 5_000,
  lingeringTotalMs: 30_000,
  headerBuffer: 1024,
  largeBuffer: 8192,
  largeBuffers: 4,
  bodyLimit: 1_048_576,
  fields: 1000,
  outputBuffer: 32_768,
};

const SOFTWARE = 'nginx/1.22.1';

/** nginx's mime.types, and WAVE as our configuration adds it. */
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'application/javascript',
  '.png': 'image/png',
  '.wav': 'audio/x-wav',
};

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  416: 'Requested Range Not Satisfiable',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
};

/** `ngx_http_parse_chunked`. */
const CHUNKS: ChunkGrammar = { sizeLine: /^([0-9a-f]+)(?:[ \t;][^\r\n]*)?\r?\n$/i, lineEnd: /^\r?\n/ };

type Wrong = 'malformed' | 'overflow';
const isWrong = (length: number | 'more' | Wrong): length is Wrong => length === 'malformed' || length === 'overflow';

/** Follows each error page six times where the User-Agent says Chrome (`msie_padding`). */
const PADDING = '<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n';

class BadRequest extends Error {
  readonly status: number;
  readonly detail: string | null;

  constructor(status: number, detail: string | null = null) {
    super();
    this.status = status;
    this.detail = detail;
  }
}

/** A request whose head has been read, with what it means for the connection. */
interface ReadRequest extends ModelRequest {
  keepAlive: boolean;
  contentLength: number;
  chunked: boolean;
}

function parseRequestLine(line: string): Pick<ModelRequest, 'method' | 'path' | 'version'> {
  const parts = /^([A-Z_-]+) +(\S*?)(?: +HTTP\/(\d{1,3})\.(\d{1,3}))? *$/.exec(line);
  if (!parts?.[1] || !parts[2]) throw new BadRequest(400);
  const [, method, target, major, minor] = parts;
  const version = major === undefined ? 9 : Number(major) * 10 + Math.min(9, Number(minor));
  if (version === 9 && method !== 'GET') throw new BadRequest(400);
  const local = target!.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  const bare = (local === '' ? '/' : local).split(/[?#]/, 1)[0]!;
  // The target is checked before the version: nginx parses from left to right.
  if (!bare.startsWith('/')) throw new BadRequest(400);
  if (major !== undefined && (Number(major) < 1 || Number(major) >= 2)) throw new BadRequest(Number(major) >= 2 ? 505 : 400);
  const decoded = decodePath(bare);
  if (decoded === null || decoded.includes('\0')) throw new BadRequest(400);
  return { method: method!, path: resolveDots(decoded), version };
}

/** Merges slashes and resolves dots; a path that leaves the root is a bad request. */
function resolveDots(path: string): string {
  const out: string[] = [];
  const parts = path.replace(/\/+/g, '/').split('/').slice(1);
  for (const [i, part] of parts.entries()) {
    if (part === '..') {
      if (out.pop() === undefined) throw new BadRequest(400);
    } else if (part !== '.') out.push(part);
    if ((part === '.' || part === '..') && i === parts.length - 1) out.push('');
  }
  return `/${out.join('/')}`;
}

function checkField(line: string, headers: [string, string][]): void {
  const colon = line.indexOf(':');
  // A line without a colon is ignored.
  if (colon < 0) {
    if (!/^[\x21-\x7e]+$/.test(line)) throw new BadRequest(400);
    return;
  }
  const name = line.slice(0, colon);
  if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name) || line.includes('\0')) throw new BadRequest(400);
  headers.push([name, line.slice(colon + 1).trim()]);
}

function judgeHead(start: Pick<ModelRequest, 'method' | 'path' | 'version'>, headers: [string, string][]): ReadRequest {
  const all = (name: string) => headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  const hosts = all('host');
  const lengths = all('content-length');
  const codings = all('transfer-encoding');
  if (hosts.length > 1 || (hosts.length === 1 && !/^[^\s/\0]+$/.test(hosts[0]!))) throw new BadRequest(400);
  if (start.version >= 11 && hosts.length === 0) throw new BadRequest(400);
  if (lengths.length > 1 || (lengths.length === 1 && !/^\d+$/.test(lengths[0]!))) throw new BadRequest(400);
  const chunked = codings.length === 1 && codings[0]!.toLowerCase() === 'chunked';
  if (codings.length > 0) {
    if (start.version < 11 || codings.length > 1 || (chunked && lengths.length > 0)) throw new BadRequest(400);
    if (!chunked) throw new BadRequest(501);
  }
  const connection = all('connection').join(',').toLowerCase();
  const keepAlive = connection.includes('close')
    ? false
    : start.version >= 11 || (start.version === 10 && connection.includes('keep-alive'));
  if (start.method === 'CONNECT') throw new BadRequest(400);
  return { ...start, headers, keepAlive, contentLength: Number(lengths[0] ?? 0), chunked };
}

/** One connection, from its first byte to its close. */
class NginxConnection {
  readonly #socket: ModelSocket;
  readonly #input: InputBuffer;
  readonly #files: Map<string, StoredFile>;
  readonly #traits: NginxTraits;
  #served = 0;

  constructor(socket: ModelSocket, files: Map<string, StoredFile>, traits: NginxTraits) {
    this.#socket = socket;
    this.#input = new InputBuffer(socket, traits.headerBuffer);
    this.#files = files;
    this.#traits = traits;
  }

  async run(): Promise<void> {
    for (;;) {
      if (!(await this.#awaitFirstByte())) return this.#socket.close();
      let request: ReadRequest | null;
      try {
        request = await this.#readRequest();
      } catch (error) {
        if (!(error instanceof BadRequest)) throw error;
        await this.#sendError(error.status, { keepAlive: false, head: false, version: 11, userAgent: '' }, [], error.detail);
        return this.#socket.lingeringClose(this.#traits.lingeringMs, this.#traits.lingeringTotalMs);
      }
      if (request === null) return this.#socket.close();
      this.#served++;
      if (this.#served >= this.#traits.requests) request.keepAlive = false;
      const keep = await this.#serve(request);
      const body = await this.#discardBody(request);
      if (body === 'late') return this.#socket.close();
      if (!keep || body === 'malformed') return this.#end(request);
      // TCP_NODELAY is set when the connection is kept (`ngx_http_set_keepalive`).
      this.#socket.setNoDelay();
    }
  }

  /** Waits for the first byte of a request; false where none comes in time. */
  async #awaitFirstByte(): Promise<boolean> {
    if (this.#input.bytes.length > 0) return true;
    const limit = this.#served === 0 ? this.#traits.headerMs : this.#traits.keepAliveMs;
    return (await this.#input.more(performance.now() + limit)) === 'data';
  }

  /**
   * Reads the next request. `null`: the peer has closed or was too slow; the connection is closed without a response (nginx only logs the
   * 408).
   */
  async #readRequest(): Promise<ReadRequest | null> {
    const deadline = performance.now() + this.#traits.headerMs;
    const first = await this.#readLine(deadline, true);
    if (first === null) return null;
    const start = parseRequestLine(first);
    const headers: [string, string][] = [];
    if (start.version === 9) return { ...start, headers, keepAlive: false, contentLength: 0, chunked: false };
    const { headerBuffer, largeBuffer, largeBuffers, fields } = this.#traits;
    // A line that has no room in a buffer begins the next one.
    let room = headerBuffer - (first.length + 2);
    let large = 0;
    for (;;) {
      const line = await this.#readLine(deadline, false);
      if (line === null) return null;
      if (line === '') return judgeHead(start, headers);
      checkField(line, headers);
      room -= line.length + 2;
      if (room < 0) {
        large++;
        room = largeBuffer - (line.length + 2);
      }
      if (large > largeBuffers || headers.length > fields) throw this.#tooLong(false);
    }
  }

  async #readLine(deadline: number, isFirst: boolean): Promise<string | null> {
    for (;;) {
      const raw = this.#input.line();
      if (raw !== null) {
        const line = raw.toString('latin1').replace(/\r$/, '');
        if (line.length >= this.#traits.largeBuffer) throw this.#tooLong(isFirst);
        if (line.includes('\r')) throw new BadRequest(400);
        // Empty lines before a request are skipped.
        if (isFirst && line === '') continue;
        return line;
      }
      if (this.#input.bytes.length >= this.#traits.largeBuffer) throw this.#tooLong(isFirst);
      // A CR without an LF is a parse error as soon as it is seen.
      if (/\r[^\n]/.test(this.#input.bytes.toString('latin1'))) throw new BadRequest(400);
      if ((await this.#input.more(deadline)) !== 'data') return null;
    }
  }

  #tooLong(isFirst: boolean): BadRequest {
    return isFirst ? new BadRequest(414) : new BadRequest(400, 'Request Header Or Cookie Too Large');
  }

  async #serve(request: ReadRequest): Promise<boolean> {
    const { method, path, contentLength } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    const isBroken = request.chunked && isWrong(lengthOfChunks(this.#input.bytes, CHUNKS));
    if (isBroken) request.keepAlive = false;
    const reply = { ...request, head: method === 'HEAD', userAgent: headerOf(request.headers, 'user-agent') ?? '' };
    if (method === 'TRACE') {
      await this.#sendError(405, { ...reply, keepAlive: false });
      return false;
    }
    if (contentLength > this.#traits.bodyLimit) return this.#sendError(413, { ...reply, keepAlive: false });
    if (!isRead) return this.#sendError(405, reply);
    if (isBroken) return this.#sendError(400, reply);
    const file = this.#files.get(path === '/' ? 'index.html' : path.slice(1));
    if (!file) return this.#sendError(404, reply);
    return this.#sendFile(request, reply, file);
  }

  async #sendFile(request: ReadRequest, reply: Reply, file: StoredFile): Promise<boolean> {
    const etag = `"${file.modified.toString(16)}-${file.bytes.length.toString(16)}"`;
    const type = TYPES[file.extension] ?? 'text/plain';
    const status = precondition(request, file, etag);
    if (status === 412) {
      // The response has keep-alive; the connection is closed all the same.
      await this.#sendError(412, reply);
      return false;
    }
    const connection: Fields = [['Connection', reply.keepAlive ? 'keep-alive' : 'close']];
    const lastModified: Fields = [['Last-Modified', formatHttpDate(file.modified)]];
    if (status === 304) return this.#send(reply, '304 Not Modified', [...lastModified, ...connection, ['ETag', etag]], []);
    const ranges = rangesOf(request, file, etag);
    if (ranges === 'unsatisfiable') return this.#sendError(416, reply, [['Content-Range', `bytes */${file.bytes.length}`]]);
    const content = (contentType: string, length: number): Fields => [
      ['Content-Type', contentType],
      ['Content-Length', String(length)],
      ...lastModified,
      ...connection,
      ['ETag', etag],
    ];
    if (ranges === null) {
      const fields: Fields = [...content(type, file.bytes.length), ['Accept-Ranges', 'bytes']];
      return this.#send(reply, '200 OK', fields, [...pieces(file.bytes, this.#traits.outputBuffer)]);
    }
    if (ranges.length === 1) {
      const [start, end] = ranges[0]!;
      const fields: Fields = [...content(type, end - start), ['Content-Range', `bytes ${start}-${end - 1}/${file.bytes.length}`]];
      return this.#send(reply, '206 Partial Content', fields, [...pieces(file.bytes.subarray(start, end), this.#traits.outputBuffer)]);
    }
    const { boundary, writes } = multipart(ranges, file, type);
    const length = writes.reduce((sum, part) => sum + part.length, 0);
    return this.#send(reply, '206 Partial Content', content(`multipart/byteranges; boundary=${boundary}`, length), writes);
  }

  async #sendError(status: number, reply: Reply, extra: Fields = [], detail: string | null = null): Promise<boolean> {
    const reason = REASONS[status]!;
    const more = detail === null ? '' : `<center>${detail}</center>\r\n`;
    const title = detail === null ? `${status} ${reason}` : `${status} ${detail}`;
    const padding = /Chrome\/|MSIE /.test(reply.userAgent) ? PADDING.repeat(6) : '';
    const page = Buffer.from(
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${reason}</h1></center>\r\n${more}<hr><center>${SOFTWARE}</center>\r\n</body>\r\n</html>\r\n${padding}`,
    );
    const fields: Fields = [
      ['Content-Type', 'text/html'],
      ['Content-Length', String(page.length)],
      ['Connection', reply.keepAlive ? 'keep-alive' : 'close'],
      ...extra,
    ];
    return this.#send(reply, `${status} ${reason}`, fields, [page]);
  }

  /** The head is sent in one writev(2) with the first piece of the body. */
  async #send(reply: Reply, status: string, fields: Fields, body: Buffer[]): Promise<boolean> {
    const head = reply.version === 9 ? '' : `HTTP/1.1 ${status}\r\nServer: ${SOFTWARE}\r\nDate: ${now()}\r\n${fieldLines(fields)}\r\n`;
    const [first = Buffer.alloc(0), ...rest] = reply.head ? [] : body;
    await this.#socket.send(head, first);
    for (const piece of rest) await this.#socket.send(piece);
    return reply.keepAlive;
  }

  /** Reads and drops the content of a request (`ngx_http_discarded_request_body_handler`). Meanwhile the connection stays open, even where it ends then. */
  async #discardBody({ contentLength, chunked }: ReadRequest): Promise<'read' | 'late' | 'malformed'> {
    const deadline = performance.now() + this.#traits.lingeringTotalMs;
    let left = contentLength;
    for (;;) {
      const length = chunked ? lengthOfChunks(this.#input.bytes, CHUNKS) : left;
      if (isWrong(length)) return 'malformed';
      if (length !== 'more') left = length - this.#input.take(length).length;
      if (length !== 'more' && left === 0) return 'read';
      if ((await this.#input.more(Math.min(deadline, performance.now() + this.#traits.lingeringMs))) !== 'data') return 'late';
    }
  }

  /** `lingering_close on`: lingers only where more has arrived, or must be expected, than was read. */
  #end({ contentLength, chunked }: ReadRequest): Promise<void> {
    const more = this.#input.bytes.length > 0 || this.#socket.hasUnread || contentLength > 0 || chunked;
    return more ? this.#socket.lingeringClose(this.#traits.lingeringMs, this.#traits.lingeringTotalMs) : this.#socket.close();
  }
}

/** What a response needs to know of its request. */
interface Reply {
  keepAlive: boolean;
  head: boolean;
  version: number;
  userAgent: string;
}

/**
 * `ngx_http_not_modified_header_filter`: where the request has both validators, a 304 requires both to match; the time must be the same to
 * the second.
 */
function precondition({ headers }: ModelRequest, file: StoredFile, etag: string): 200 | 304 | 412 {
  const unmodifiedSince = headerOf(headers, 'if-unmodified-since');
  const match = headerOf(headers, 'if-match');
  const since = headerOf(headers, 'if-modified-since');
  const noneMatch = headerOf(headers, 'if-none-match');
  if (unmodifiedSince !== undefined) {
    const time = parseHttpDate(unmodifiedSince);
    if (time === null || file.modified > time) return 412;
  }
  if (match !== undefined && !lists(match, etag)) return 412;
  if (since === undefined && noneMatch === undefined) return 200;
  if (since !== undefined && parseHttpDate(since) !== file.modified) return 200;
  if (noneMatch !== undefined && !lists(noneMatch, etag, { weak: true })) return 200;
  return 304;
}

/** `ngx_http_range_parse`: end excluded; `null`: the whole file. */
function rangesOf({ headers }: ModelRequest, file: StoredFile, etag: string): [number, number][] | 'unsatisfiable' | null {
  const header = headerOf(headers, 'range');
  if (header === undefined || header.length < 7 || !/^bytes=/i.test(header)) return null;
  const ifRange = headerOf(headers, 'if-range');
  if (ifRange !== undefined && (ifRange.endsWith('"') ? ifRange !== etag : parseHttpDate(ifRange) !== file.modified)) return null;
  const { length } = file.bytes;
  const ranges: [number, number][] = [];
  let size = 0;
  for (const item of header.slice(6).split(',')) {
    const range = /^ *(?:(\d+) *- *(\d*)|-(\d+)) *$/.exec(item);
    if (!range) return 'unsatisfiable';
    let [start, end] = [0, 0];
    if (range[3] !== undefined) {
      start = Math.max(0, length - Number(range[3]));
      end = length;
    } else {
      start = Number(range[1]);
      end = range[2] === '' ? length : Math.min(length, Number(range[2]) + 1);
    }
    if (start < end) {
      ranges.push([start, end]);
      size += end - start;
    } else if (start === 0) return null;
  }
  if (ranges.length === 0) return 'unsatisfiable';
  return size > length ? null : ranges;
}

/** `ngx_next_temp_number`: boundaries count up from the start of the server. */
let boundaries = 0;

/** Each write ends with the head of the next part, as in nginx's output chain. */
function multipart(ranges: [number, number][], file: StoredFile, type: string): { boundary: string; writes: Buffer[] } {
  const boundary = String(++boundaries).padStart(20, '0');
  const partHead = ([start, end]: [number, number]) =>
    `\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: bytes ${start}-${end - 1}/${file.bytes.length}\r\n\r\n`;
  const writes: Buffer[] = [];
  let pending = Buffer.from(partHead(ranges[0]!));
  for (const [i, range] of ranges.entries()) {
    const next = ranges[i + 1];
    const data = file.bytes.subarray(...range);
    pending = Buffer.concat([pending, data, Buffer.from(next ? partHead(next) : `\r\n--${boundary}--\r\n`)]);
    writes.push(pending);
    pending = Buffer.alloc(0);
  }
  return { boundary, writes };
}

/** Serves the site as nginx would with these settings. */
export async function listenNginxModel(context: ServerContext, traits: Partial<NginxTraits> = {}): Promise<void> {
  const files = readSite(context.site);
  await listenModel(context, (socket) => new NginxConnection(socket, files, { ...DEFAULTS, ...traits }).run());
}

export default defineServer({
  id: 'nginx-model',
  title: 'nginx (model)',
  provenance: 'model',
  modelOf: 'nginx',
  summary: 'imitates nginx 1.22.1 with the configuration of the row nginx',
  version: async () => ({ version: '1.22.1' }),
  start: nodeProgram('nginx-model'),
  listen: (context) => listenNginxModel(context),
});
