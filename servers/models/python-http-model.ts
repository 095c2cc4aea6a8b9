import { posix } from 'node:path';
import { nodeProgram } from '../node-program.ts';
import { defineServer } from '../server.ts';
import { formatHttpDate, parseHttpDate } from './http-date.ts';
import { listenPython, type PythonExchange, pythonRepr } from './python-server.ts';
import { decodePath, pieces, readSite, type StoredFile } from './site-files.ts';

/** `mimetypes` with Debian 12's /etc/mime.types. */
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.wav': 'audio/x-wav',
};

/** `shutil.COPY_BUFSIZE`: the body is sent in writes of this size. */
const COPY_SIZE = 64 * 1024;

/** `SimpleHTTPRequestHandler.translate_path` for a folder without subfolders; `null`: an exception ends the connection. */
function translate(path: string, files: Map<string, StoredFile>): StoredFile | undefined | null {
  const bare = path.split('?', 1)[0]!.split('#', 1)[0]!;
  const name = posix.normalize(decodePath(bare) ?? bare).replace(/^[./]+/, '');
  if (name.includes('\0')) return null;
  if (name === '') return files.get('index.html');
  return bare.endsWith('/') ? undefined : files.get(name);
}

async function respond(exchange: PythonExchange, files: Map<string, StoredFile>): Promise<void> {
  const { method } = exchange;
  if (method !== 'GET' && method !== 'HEAD') {
    return exchange.sendError(501, `Unsupported method (${pythonRepr(method ?? '')})`, 'Server does not support this operation');
  }
  const file = translate(exchange.path, files);
  if (file === null) {
    exchange.closeConnection = true;
    return;
  }
  if (!file) return exchange.sendError(404, 'File not found', 'Nothing matches the given URI');
  // Used only without an If-None-Match, as RFC 9110 section 13.1.3 requires; a later date matches too.
  const since = exchange.header('if-none-match') === undefined ? parseHttpDate(exchange.header('if-modified-since')) : null;
  if (since !== null && file.modified <= since) return exchange.sendHead(304, 'Not Modified', []);
  await exchange.sendHead(200, 'OK', [
    ['Content-type', TYPES[file.extension] ?? 'application/octet-stream'],
    ['Content-Length', String(file.bytes.length)],
    ['Last-Modified', formatHttpDate(file.modified)],
  ]);
  if (method === 'GET') for (const piece of pieces(file.bytes, COPY_SIZE)) await exchange.socket.send(piece);
}

/** Source: CPython 3.11 `Lib/http/server.py`, and captures of `python3 -m http.server` (3.11.2, Debian 12). */
export default defineServer({
  id: 'python-http-model',
  title: 'Python http.server (model)',
  provenance: 'model',
  modelOf: 'python-http',
  summary: 'imitates python3 -m http.server of Python 3.11.2',
  version: async () => ({ version: '3.11.2' }),
  start: nodeProgram('python-http-model'),
  async listen(context) {
    const files = readSite(context.site);
    await listenPython(context, {
      software: 'SimpleHTTP/0.6 Python/3.11.2',
      protocol: 'HTTP/1.0',
      respond: (exchange) => respond(exchange, files),
    });
  },
});
