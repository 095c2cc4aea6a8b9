import { now } from './http-date.ts';
import { listenModel, type ModelSocket } from './model-socket.ts';

/**
 * What `http.server` of Python 3.11 does below the three servers that are built on it: one blocking thread a connection, a buffered reader,
 * no time-out anywhere, Nagle's algorithm enabled. Source of every rule: CPython 3.11 `Lib/http/server.py` and `Lib/http/client.py`
 * (`parse_headers`), checked against captures of the real servers (Debian 12, Python 3.11.2).
 */
export interface PythonServer {
  /** `Server` of the pages that `send_error` writes. */
  software: string;
  /** `protocol_version` of the handler: whether connections can persist at all. */
  protocol: 'HTTP/1.0' | 'HTTP/1.1';
  /** Answers one request; `exchange.closeConnection` says afterwards whether the connection ends. */
  respond(exchange: PythonExchange): Promise<void>;
}

/** Size of the buffer of `socket.makefile('rb')`. */
const BUFFER_SIZE = 8192;
const LINE_LIMIT = 65_536;
const HEADER_LIMIT = 100;

/** `rfile`: a BufferedReader on the socket. */
export class PythonReader {
  #buffer = Buffer.alloc(0);
  readonly #socket: ModelSocket;

  constructor(socket: ModelSocket) {
    this.#socket = socket;
  }

  async #fill(): Promise<boolean> {
    const got = await this.#socket.receive(BUFFER_SIZE);
    if (typeof got === 'string') return false;
    this.#buffer = Buffer.concat([this.#buffer, got]);
    return true;
  }

  /** `readline(limit)`: up to and with the LF, fewer bytes at the end of the stream, never more than `limit`. */
  async readLine(limit: number): Promise<Buffer> {
    for (;;) {
      const end = this.#buffer.indexOf(0x0a);
      if (end >= 0 && end < limit) return this.#take(end + 1);
      if (this.#buffer.length >= limit) return this.#take(limit);
      if (!(await this.#fill())) return this.#take(this.#buffer.length);
    }
  }

  /** `read(length)`; fewer bytes at the end of the stream. */
  async read(length: number): Promise<Buffer> {
    while (this.#buffer.length < length && (await this.#fill()));
    return this.#take(Math.min(length, this.#buffer.length));
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }
}

/** One request, with the methods that answer it. */
export class PythonExchange {
  method: string | null = null;
  path = '';
  /** `HTTP/0.9` until the request line says otherwise: no head is written then. */
  version = 'HTTP/0.9';
  headers: [name: string, value: string][] = [];
  closeConnection = true;
  readonly socket: ModelSocket;
  readonly reader: PythonReader;
  readonly server: PythonServer;

  constructor(socket: ModelSocket, reader: PythonReader, server: PythonServer) {
    this.socket = socket;
    this.reader = reader;
    this.server = server;
  }

  /** First field of that name, as `email.message.Message.get`. */
  header(name: string): string | undefined {
    return this.headers.find(([key]) => key.toLowerCase() === name)?.[1];
  }

  /** `send_response`, `send_header`, `end_headers`: the head in one write, `Server` and `Date` first. */
  sendHead(status: number, reason: string, headers: readonly (readonly [string, string])[]): Promise<void> {
    if (this.version === 'HTTP/0.9') return Promise.resolve();
    const fields = [['Server', this.server.software], ['Date', now()], ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
    return this.socket.send(`${this.server.protocol} ${status} ${reason}\r\n${fields.join('')}\r\n`);
  }

  /** `send_error`: head and page in a write each; the connection is closed. */
  async sendError(status: number, message: string, explanation: string): Promise<void> {
    const page = Buffer.from(errorPage(status, message, explanation), 'utf8');
    this.closeConnection = true;
    await this.sendHead(status, message, [
      ['Connection', 'close'],
      ['Content-Type', 'text/html;charset=utf-8'],
      ['Content-Length', String(page.length)],
    ]);
    if (this.method !== 'HEAD') await this.socket.send(page);
  }
}

/** `http.HTTPStatus.description` of the errors that the parser sends. */
const BAD_REQUEST = 'Bad request syntax or unsupported method';

const escapeHtml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** `DEFAULT_ERROR_MESSAGE`. */
const errorPage = (status: number, message: string, explanation: string): string => `<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: ${status}</p>
        <p>Message: ${escapeHtml(message)}.</p>
        <p>Error code explanation: ${status} - ${escapeHtml(explanation)}.</p>
    </body>
</html>
`;

/** Python's `repr` of a string of Latin-1 characters, as the error messages quote it. */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\'\x00-\x1f\x7f-\xa0\xad]/g, (c) => {
    if (c === '\\') return '\\\\';
    if (c === "'") return quote === "'" ? "\\'" : c;
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[c];
    return named ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return quote + escaped + quote;
}

/** `str.split()` with no argument: every white space of Latin-1. */
const words = (line: string): string[] => line.split(/[\t-\r\x1c-\x20\x85\xa0]+/).filter((word) => word !== '');

/** `parse_request`. False where it has sent an error itself, or there is no request. */
async function parseRequest(exchange: PythonExchange): Promise<boolean> {
  const raw = await exchange.reader.readLine(LINE_LIMIT + 1);
  if (raw.length > LINE_LIMIT) {
    exchange.version = '';
    await exchange.sendError(414, 'Request-URI Too Long', 'URI is too long');
    return false;
  }
  const line = raw.toString('latin1').replace(/[\r\n]+$/, '');
  const parts = words(line);
  if (parts.length === 0) return false;
  if (parts.length >= 3) {
    const version = parts.at(-1)!;
    const numbers = /^HTTP\/(\d+)\.(\d+)$/.exec(version);
    if (!numbers) {
      await exchange.sendError(400, `Bad request version (${pythonRepr(version)})`, BAD_REQUEST);
      return false;
    }
    const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
    if ((major > 1 || (major === 1 && minor >= 1)) && exchange.server.protocol === 'HTTP/1.1') exchange.closeConnection = false;
    if (major >= 2) {
      await exchange.sendError(505, `Invalid HTTP version (${version.slice(5)})`, 'Cannot fulfill request');
      return false;
    }
    exchange.version = version;
  }
  if (parts.length < 2 || parts.length > 3) {
    await exchange.sendError(400, `Bad request syntax (${pythonRepr(line)})`, BAD_REQUEST);
    return false;
  }
  if (parts.length === 2) {
    exchange.closeConnection = true;
    if (parts[0] !== 'GET') {
      await exchange.sendError(400, `Bad HTTP/0.9 request type (${pythonRepr(parts[0]!)})`, BAD_REQUEST);
      return false;
    }
  }
  exchange.method = parts[0]!;
  exchange.path = parts[1]!.startsWith('//') ? `/${parts[1]!.replace(/^\/+/, '')}` : parts[1]!;
  if (!(await parseHeaders(exchange))) return false;
  const connection = exchange.header('connection')?.toLowerCase();
  if (connection === 'close') exchange.closeConnection = true;
  else if (connection === 'keep-alive' && exchange.server.protocol === 'HTTP/1.1') exchange.closeConnection = false;
  const expects = exchange.header('expect')?.toLowerCase() === '100-continue';
  if (expects && exchange.server.protocol === 'HTTP/1.1' && exchange.version >= 'HTTP/1.1') {
    await exchange.socket.send('HTTP/1.1 100 Continue\r\n\r\n');
  }
  return true;
}

/** `http.client.parse_headers`: lines up to the empty one; a line that is no field ends the fields, but not the reading. */
async function parseHeaders(exchange: PythonExchange): Promise<boolean> {
  const lines: string[] = [];
  for (;;) {
    const raw = await exchange.reader.readLine(LINE_LIMIT + 1);
    if (raw.length > LINE_LIMIT) {
      await exchange.sendError(431, 'Line too long', `got more than ${LINE_LIMIT} bytes when reading header line`);
      return false;
    }
    lines.push(raw.toString('latin1'));
    if (lines.length > HEADER_LIMIT) {
      await exchange.sendError(431, 'Too many headers', `got more than ${HEADER_LIMIT} headers`);
      return false;
    }
    if (raw.length === 0 || raw.equals(Buffer.from('\n')) || raw.equals(Buffer.from('\r\n'))) break;
  }
  for (const line of lines) {
    const field = /^([\x21-\x39\x3b-\x7e]*):(.*)/s.exec(line);
    if (field) exchange.headers.push([field[1]!, field[2]!.trim()]);
    else if (/^[ \t]/.test(line) && exchange.headers.length > 0) exchange.headers.at(-1)![1] += ` ${line.trim()}`;
    else break;
  }
  return true;
}

/** Serves connections as `ThreadingMixIn` and `BaseHTTPRequestHandler` do. */
export function listenPython(context: { host: string; port: number }, server: PythonServer): Promise<void> {
  return listenModel(context, async (socket) => {
    const reader = new PythonReader(socket);
    for (let keep = true; keep; ) {
      const exchange = new PythonExchange(socket, reader, server);
      if (await parseRequest(exchange)) await server.respond(exchange);
      keep = !exchange.closeConnection && !socket.gone;
    }
    // `shutdown_request`: shutdown(SHUT_WR), then close(2), which sends a RST where the client has sent more than was read.
    await socket.finish();
    await socket.close();
  });
}
