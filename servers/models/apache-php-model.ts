import { nodeProgram } from '../node-program.ts';
import { defineServer, type ServerContext } from '../server.ts';
import { acceptsGzip, BOUNDARY, deflated, multipart, precondition, rangesOf } from './apache-content.ts';
import { judgeHead, localPath, METHODS, parseRequestLine, type ReadRequest, RequestError, readFields } from './apache-request.ts';
import { type ChunkGrammar, lengthOfChunks } from './chunks.ts';
import { formatHttpDate, now } from './http-date.ts';
import { listenModel, type ModelSocket } from './model-socket.ts';
import { type Fields, fieldLines, headerOf, InputBuffer } from './request-head.ts';
import { readSite, type StoredFile } from './site-files.ts';

/**
 * Source of everything here: Apache 2.4.71 (`server/protocol.c`, `modules/http/http_protocol.c`, `byterange_filter.c`,
 * `modules/filters/mod_reqtimeout.c`, `mod_deflate.c`), Debian's settings, and captures of the real one on Debian 12.
 */
export interface ApacheTraits {
  /** `KeepAliveTimeout`, milliseconds. */
  keepAliveMs: number;
  /** `MaxKeepAliveRequests`: this many after the first. */
  keepAliveRequests: number;
  /** `RequestReadTimeout header=20-40`: the first 20 s. The extension for slow senders is not imitated. */
  headerMs: number;
  /** `RequestReadTimeout body=10`. */
  bodyMs: number;
  /**
   * TCP_DEFER_ACCEPT: the kernel hands over a connection without data only after its last SYN-ACK (1 + 2 + 4 + 8 + 16 s). The repeated
   * SYN-ACKs themselves can't be imitated: Node has no such socket option.
   */
  deferredAcceptMs: number;
  /** `SECONDS_TO_LINGER` and `MAX_SECS_TO_LINGER`. */
  lingerMs: number;
  lingerTotalMs: number;
  /** `LimitRequestLine`, `LimitRequestFieldSize`, `LimitRequestFields`. */
  lineLimit: number;
  fieldLimit: number;
  /** `LimitRequestBody`, bytes. */
  bodyLimit: number;
}

const TRAITS: ApacheTraits = {
  keepAliveMs: 5_000,
  keepAliveRequests: 100,
  headerMs: 20_000,
  bodyMs: 10_000,
  deferredAcceptMs: 31_600,
  lingerMs: 2_000,
  lingerTotalMs: 30_000,
  lineLimit: 8190,
  fieldLimit: 100,
  bodyLimit: 1_073_741_824,
};

const READ_SIZE = 8000;
const ERROR_TYPE = 'text/html; charset=iso-8859-1';
const SOFTWARE = 'Apache/2.4.71 (Debian)';
const ALLOW = 'HEAD,GET,POST,OPTIONS';
/** Debian's /etc/mime.types. */
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.wav': 'audio/x-wav',
};

/** What Debian's deflate.conf compresses. */
const DEFLATED = ['text/html', 'text/css', 'text/javascript'];

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Requested Range Not Satisfiable',
  501: 'Not Implemented',
};

/** `parse_chunk_size` under `HttpProtocolOptions Strict`. */
const CHUNKS: ChunkGrammar = { sizeLine: /^([0-9a-f]+)[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?\r\n$/i, lineEnd: /^\r\n/ };

/** `get_canned_error_string`. */
function errorText(status: number, method: string, detail: string): string {
  switch (status) {
    case 400:
      return `Your browser sent a request that this server could not understand.<br />\n${detail}`;
    case 404:
      return 'The requested URL was not found on this server.';
    case 405:
      return `The requested method ${method} is not allowed for this URL.`;
    case 408:
      return 'Server timeout waiting for the HTTP request from the client.';
    case 413:
      return `The requested resource does not allow request data with ${method} requests, or the amount of data provided in\nthe request exceeds the capacity limit.`;
    case 414:
      return "The requested URL's length exceeds the capacity\nlimit for this server.<br />\n";
    case 416:
      return 'None of the range-specifier values in the Range\nrequest-header field overlap the current extent\nof the selected resource.';
    default:
      return `${method} not supported for current URL.<br />\n`;
  }
}

/** What a response needs to know of its request. */
type Reply = Pick<ReadRequest, 'method' | 'version' | 'keepAlive' | 'saysKeepAlive' | 'hostName' | 'hostPort'>;

class ApacheConnection {
  readonly #socket: ModelSocket;
  readonly #input: InputBuffer;
  readonly #files: Map<string, StoredFile>;
  readonly #traits: ApacheTraits;
  #served = 0;
  /** A response without a file is held back where the next request has arrived already (`ap_process_request`, EOR without flush). */
  #held: Buffer[] = [];

  constructor(socket: ModelSocket, files: Map<string, StoredFile>, traits: ApacheTraits) {
    this.#socket = socket;
    this.#input = new InputBuffer(socket, READ_SIZE);
    this.#files = files;
    this.#traits = traits;
  }

  async run(): Promise<void> {
    // apr_socket_opt_set(APR_TCP_NODELAY) on the listening socket.
    this.#socket.setNoDelay();
    for (;;) {
      let request: ReadRequest | null;
      try {
        request = await this.#readRequest();
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        await this.#sendError(error.status, UNREAD, [], error.detail);
        break;
      }
      if (request === null) break;
      const last = this.#served++ >= this.#traits.keepAliveRequests;
      if (last) request.keepAlive = false;
      const answered = await this.#answer(request);
      if (!answered || !request.keepAlive) break;
    }
    await this.#flush();
    await this.#socket.lingeringClose(this.#traits.lingerMs, this.#traits.lingerTotalMs);
  }

  /** Reads the next request. `null`: there is none, and the connection is closed. */
  async #readRequest(): Promise<ReadRequest | null> {
    if (this.#input.bytes.length === 0 && !this.#socket.hasUnread) await this.#flush();
    const { keepAliveMs, deferredAcceptMs, headerMs } = this.#traits;
    const idle = this.#served > 0;
    let deadline = performance.now() + (idle ? keepAliveMs : deferredAcceptMs + headerMs);
    if (this.#input.bytes.length === 0 && (await this.#input.more(deadline)) !== 'data') return null;
    // The keep-alive time-out ends with a complete request line; the header time-out runs from the first byte.
    const headerDeadline = performance.now() + headerMs;
    if (!idle) deadline = headerDeadline;
    const first = await this.#readLine(deadline, true);
    if (first === null) return null;
    const start = parseRequestLine(first);
    if (!METHODS.includes(start.method) && start.version === 9) throw new RequestError(400);
    const lines: string[] = [];
    while (start.version !== 9) {
      const line = await this.#readLine(headerDeadline, false);
      if (line === null) throw new RequestError(this.#input.finished ? 400 : 408);
      if (line === '') break;
      lines.push(line);
      if (lines.length > this.#traits.fieldLimit) {
        throw new RequestError(400, "The number of request header fields exceeds this server's limit.");
      }
    }
    return judgeHead(start, readFields(lines));
  }

  async #readLine(deadline: number, isFirst: boolean): Promise<string | null> {
    for (;;) {
      const raw = this.#input.line();
      if (raw !== null) {
        const text = raw.toString('latin1');
        if (text.length > this.#traits.lineLimit + 1) throw this.#tooLong(isFirst);
        // A bare LF does not end a line.
        if (!text.endsWith('\r') || text.indexOf('\r') < text.length - 1) throw new RequestError(400);
        if (isFirst && text === '\r') continue;
        return text.slice(0, -1);
      }
      if (this.#input.bytes.length > this.#traits.lineLimit + 2) throw this.#tooLong(isFirst);
      if ((await this.#input.more(deadline)) !== 'data') return null;
    }
  }

  #tooLong(isFirst: boolean): RequestError {
    return isFirst ? new RequestError(414) : new RequestError(400, 'Size of a request header field exceeds server limit.');
  }

  /** False where the connection must end. */
  async #answer(request: ReadRequest): Promise<boolean> {
    const { method } = request;
    if (!METHODS.includes(method)) {
      request.keepAlive = false;
      await this.#sendError(501, request, [['Allow', ALLOW]]);
      return false;
    }
    let path: string;
    try {
      path = localPath(request);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      request.keepAlive = false;
      await this.#sendError(error.status, request);
      return false;
    }
    if (method === 'TRACE') await this.#sendError(405, request, [['Allow', '']]);
    else if (method === 'OPTIONS' && path === '*') await this.#send(request, '200 OK', [['Content-Length', '0']], null, []);
    else if (!(await this.#answerPath(request, path))) return false;
    return this.#dropBody(request);
  }

  /** False where the request's content did not arrive in time. */
  async #answerPath(request: ReadRequest, path: string): Promise<boolean> {
    const { method } = request;
    const file = this.#files.get(path === '/' ? 'index.html' : path.slice(1));
    const type = (file && TYPES[file.extension]) ?? null;
    if (!file) await this.#sendError(404, request);
    else if (method === 'OPTIONS')
      await this.#send(
        request,
        '200 OK',
        [
          ['Allow', ALLOW],
          ['Content-Length', '0'],
        ],
        type,
        [],
      );
    else if (!['GET', 'HEAD', 'POST'].includes(method)) await this.#sendError(405, request, [['Allow', ALLOW]]);
    else {
      if (request.contentLength > this.#traits.bodyLimit) return this.#refuseBody(request, 413);
      const expects = headerOf(request.headers, 'expect')?.toLowerCase() === '100-continue' && request.version >= 11;
      if (expects) await this.#socket.send('HTTP/1.1 100 Continue\r\n\r\n');
      // The default handler reads the content before it looks at the file (`ap_discard_request_body`).
      if (!(await this.#dropBody(request))) return false;
      await this.#sendFile(request, file, type);
    }
    return true;
  }

  async #sendFile(request: ReadRequest, file: StoredFile, type: string | null): Promise<void> {
    const compressible = type !== null && DEFLATED.includes(type);
    const compress = compressible && acceptsGzip(headerOf(request.headers, 'accept-encoding'));
    const plainTag = `"${file.bytes.length.toString(16)}-${(BigInt(file.modified) * 1_000_000n).toString(16)}"`;
    const lastModified: Fields = [['Last-Modified', formatHttpDate(file.modified)]];
    // Conditions are evaluated before mod_deflate changes the ETag, so that the ETag it sent never matches.
    const status = precondition(request, file, plainTag);
    const validators: Fields = [...lastModified, ['ETag', plainTag], ['Accept-Ranges', 'bytes']];
    if (status === 304) return this.#send(request, '304 Not Modified', validators, null, []);
    if (status === 412) return this.#send(request, '412 Precondition Failed', [...validators, ['Content-Length', '0']], type, []);
    const content = compress ? deflated(file) : file.bytes;
    const vary: Fields = compressible ? [['Vary', 'Accept-Encoding']] : [];
    const ranges = rangesOf(request, file, content.length, compress ? `${plainTag.slice(0, -1)}-gzip"` : plainTag);
    if (ranges === 'unsatisfiable') return this.#sendUnsatisfiable(request);
    const size = (length: number): Fields => [['Content-Length', String(length)]];
    const tagged: Fields = [...lastModified, ['ETag', compress ? `${plainTag.slice(0, -1)}-gzip"` : plainTag], ['Accept-Ranges', 'bytes']];
    const fields = (length: number, range: Fields): Fields =>
      compress
        ? [...tagged, ...vary, ['Content-Encoding', 'gzip'], ...range, ...size(length)]
        : [...tagged, ...size(length), ...vary, ...range];
    if (ranges === null) return this.#send(request, '200 OK', fields(content.length, []), type, [content], { isFile: true });
    if (ranges.length === 1) {
      const [start, end] = ranges[0]!;
      const range: Fields = [['Content-Range', `bytes ${start}-${end - 1}/${content.length}`]];
      return this.#send(request, '206 Partial Content', fields(end - start, range), type, [content.subarray(start, end)], { isFile: true });
    }
    const body = multipart(ranges, content, type ?? 'application/octet-stream');
    return this.#send(request, '206 Partial Content', fields(body.length, []), `multipart/byteranges; boundary=${BOUNDARY}`, [body], {
      isFile: true,
    });
  }

  /** The error page of a 416 is made after the filter that sets `Content-Length`, and so is chunked. */
  #sendUnsatisfiable(request: ReadRequest): Promise<void> {
    const page = this.#page(416, request, '');
    const body = Buffer.concat([Buffer.from(`${page.length.toString(16)}\r\n`), page, Buffer.from('\r\n0\r\n\r\n')]);
    return this.#send(request, '416 Requested Range Not Satisfiable', [['Transfer-Encoding', 'chunked']], ERROR_TYPE, [body]);
  }

  #page(status: number, { method, hostName, hostPort }: Reply, detail: string): Buffer {
    const text = errorText(status, method, detail);
    // The text of a 413 is the one without a paragraph.
    const shown = status === 413 ? text : `<p>${text}</p>`;
    return Buffer.from(
      `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n<html><head>\n<title>${status} ${REASONS[status]}</title>\n</head><body>\n<h1>${REASONS[status]}</h1>\n${shown}\n<hr>\n<address>${SOFTWARE} Server at ${hostName} Port ${hostPort}</address>\n</body></html>\n`,
      'latin1',
    );
  }

  #sendError(status: number, reply: Reply, extra: Fields = [], detail = ''): Promise<void> {
    const page = this.#page(status, reply, detail);
    // The response to HEAD has no `Content-Length`: no page is made for it.
    const size: Fields = reply.method === 'HEAD' ? [] : [['Content-Length', String(page.length)]];
    return this.#send(reply, `${status} ${REASONS[status]}`, [...extra, ...size], ERROR_TYPE, [page]);
  }

  /** Head and body are sent in one writev(2); `Content-Type` is always last. */
  async #send(reply: Reply, status: string, fields: Fields, type: string | null, body: Buffer[], { isFile = false } = {}): Promise<void> {
    const connection: Fields = !reply.keepAlive
      ? [['Connection', 'close']]
      : reply.saysKeepAlive
        ? [
            ['Keep-Alive', `timeout=5, max=${this.#traits.keepAliveRequests - this.#served + 1}`],
            ['Connection', 'Keep-Alive'],
          ]
        : [];
    const all: Fields = [
      ['Date', now()],
      ['Server', SOFTWARE],
      ...fields,
      ...connection,
      ...(type === null ? [] : [['Content-Type', type] as const]),
    ];
    const head = reply.version === 9 ? '' : `HTTP/1.1 ${status}\r\n${fieldLines(all)}\r\n`;
    this.#held.push(Buffer.from(head, 'latin1'), ...(reply.method === 'HEAD' ? [] : body));
    if (isFile && reply.method !== 'HEAD') await this.#flush();
  }

  async #flush(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    await this.#socket.send(...held);
  }

  /** Reads and drops the content of a request. False where it is refused, or doesn't arrive in time: that has been said then. */
  async #dropBody(request: ReadRequest): Promise<boolean> {
    const deadline = performance.now() + this.#traits.bodyMs;
    for (;;) {
      const length = request.chunked ? lengthOfChunks(this.#input.bytes, CHUNKS) : request.contentLength;
      if (length === 'malformed') return this.#refuseBody(request, 400);
      if (length === 'overflow') return this.#refuseBody(request, 413);
      if (length !== 'more') {
        request.contentLength = length - this.#input.take(length).length;
        request.chunked = false;
        if (request.contentLength === 0) return true;
      }
      if ((await this.#input.more(deadline)) === 'data') continue;
      if (!this.#input.finished) await this.#sendError(408, { ...request, keepAlive: false });
      return false;
    }
  }

  /** `bail_out_on_error`: the page goes past the filter that sets `Content-Length`. */
  async #refuseBody(request: ReadRequest, status: 400 | 413): Promise<false> {
    const reply = { ...request, keepAlive: false };
    await this.#send(reply, `${status} ${REASONS[status]}`, [], ERROR_TYPE, [this.#page(status, reply, '')]);
    return false;
  }
}

/** The page for a request whose head was not read names the server's own name and port 80. */
const UNREAD: Reply = { method: 'GET', version: 11, keepAlive: false, saysKeepAlive: false, hostName: '127.0.0.1', hostPort: '80' };

/** Serves the site as Apache would with these settings. */
export async function listenApacheModel(context: ServerContext, traits: Partial<ApacheTraits> = {}): Promise<void> {
  const files = readSite(context.site);
  await listenModel(context, (socket) => new ApacheConnection(socket, files, { ...TRAITS, ...traits }).run());
}

/** Not imitated: the SYN-ACK that deferred accept sends again, and the request of Apache to itself (`OPTIONS *`). */
export default defineServer({
  id: 'apache-php-model',
  title: 'Apache with mod_php (model)',
  provenance: 'model',
  modelOf: 'apache-php',
  summary: "imitates Apache 2.4.71 with Debian's settings",
  version: async () => ({ version: '2.4.71 (php 8.2.35)' }),
  start: nodeProgram('apache-php-model'),
  listen: (context) => listenApacheModel(context),
});
