import { posix } from 'node:path';
import { nodeProgram } from '../node-program.ts';
import { defineServer, type ServerContext } from '../server.ts';
import { formatHttpDate, now, parseHttpDate } from './http-date.ts';
import { paddedPage } from './padded-page.ts';
import { listenPython, type PythonExchange } from './python-server.ts';
import type { Fields } from './request-head.ts';
import { decodePath, pieces, readSite, type StoredFile } from './site-files.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.wav': 'audio/x-wav',
};

const PAGES: Record<string, string> = { '/': 'index.html', '/cards.html': 'cards.html' };

/** `FileResponse.block_size`. */
const FILE_BUFFER = 4096;

/** Python allocates what it reads at once; for so many bytes it gets no memory. */
const READ_LIMIT = 2 ** 36;

/** Methods that the CSRF middleware lets pass without a token. */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/** Hosts that DEBUG allows where ALLOWED_HOSTS is empty. */
const ALLOWED_HOST = /^(?:localhost|(?:[^.:]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** `SecurityMiddleware`. */
const SECURITY: Fields = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'same-origin'],
];
const FRAME: Fields = [['X-Frame-Options', 'DENY']];

/**
 * `wsgiref.handlers.BaseHandler`: the status line, `Date` and `Server` are sent in a write each, then the other fields, then each piece of
 * the body. A HEAD gets the body too: nothing in Django 3.2's server removes it.
 */
async function answer(exchange: PythonExchange, status: string, fields: Fields, body: Iterable<Buffer>): Promise<void> {
  const sized = fields.some(([name]) => name === 'Content-Length');
  // `ServerHandler.cleanup_headers`: without a length, the body ends with the connection.
  const all: Fields = sized ? fields : [...fields, ['Connection', 'close']];
  if (!sized) exchange.closeConnection = true;
  const { socket } = exchange;
  if (exchange.version !== 'HTTP/0.9') {
    await socket.send(`HTTP/1.1 ${status}\r\n`);
    await socket.send(`Date: ${now()}\r\n`);
    await socket.send('Server: WSGIServer/0.2 CPython/3.11.2\r\n');
    await socket.send(`${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  }
  for (const piece of body) await socket.send(piece);
  // `ServerHandler.close` reads the rest of the request's content; where it can't, that is logged and nothing more.
  const length = Number(/^\s*\+?(\d+)\s*$/.exec(exchange.header('content-length') ?? '')?.[1] ?? 0);
  if (length < READ_LIMIT) await exchange.reader.read(length);
}

const page = (exchange: PythonExchange, status: string, content: Buffer, type = 'text/html'): Promise<void> =>
  answer(exchange, status, [['Content-Type', type], ...FRAME, ['Content-Length', String(content.length)], ...SECURITY], [content]);

/** The debug page of a 404 names the URL four times, the file and the host; the rest of it is always the same length. */
const NOT_FOUND_LENGTH = 2429;
/** The same for a target that does not begin with a slash: no URL pattern was tried. */
const NO_PATTERN_LENGTH = 1797;
/** The page for a failed CSRF check. */
const FORBIDDEN_LENGTH = 2870;

function notFound(exchange: PythonExchange, path: string, site: string): Promise<void> {
  const host = exchange.header('host') ?? '';
  const known = host.length + (exchange.method?.length ?? 0);
  // The page quotes the URL again, and the file that was looked for has no slash at its end.
  const requoted = encodeURI(Buffer.from(path, 'latin1').toString('utf8')).replace('#', '%23').length - path.length;
  const length = path.startsWith('/')
    ? NOT_FOUND_LENGTH + known + site.length + 4 * path.length - 1 + requoted - (path.endsWith('/') ? 1 : 0)
    : NO_PATTERN_LENGTH + known + 3 * path.length + '{&#x27;path&#x27;: &#x27;&#x27;}'.length;
  return page(exchange, '404 Not Found', paddedPage('Page not found', length));
}

async function respond(exchange: PythonExchange, { site }: ServerContext, files: Map<string, StoredFile>): Promise<void> {
  const method = exchange.method?.toUpperCase() ?? '';
  const hosts = exchange.headers.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value);
  if (hosts.length > 0 && !ALLOWED_HOST.test(hosts.join(','))) {
    return answer(exchange, '400 Bad Request', [['Content-Type', 'text/html'], ...SECURITY], [paddedPage('DisallowedHost', 60_900)]);
  }
  if (!SAFE_METHODS.includes(method)) {
    if (method === 'CONNECT') return notFound(exchange, exchange.path, site);
    return page(exchange, '403 Forbidden', paddedPage('Forbidden', FORBIDDEN_LENGTH));
  }
  const bare = exchange.path.split('?', 1)[0]!;
  const path = decodePath(bare) ?? bare;
  if (!path.startsWith('/')) return notFound(exchange, path, site);
  const template = files.get(PAGES[path] ?? '');
  if (template) {
    if (method === 'OPTIONS') {
      const fields: Fields = [
        ['Content-Type', 'text/html; charset=utf-8'],
        ['Allow', 'GET, HEAD, OPTIONS'],
        ['Content-Length', '0'],
      ];
      return answer(exchange, '200 OK', [...fields, ...FRAME, ...SECURITY], []);
    }
    return page(exchange, '200 OK', template.bytes, 'text/html; charset=utf-8');
  }
  if (/^\/+\.\.(?:\/|$)/.test(path)) {
    const fields: Fields = [['Content-Type', 'text/html'], ...FRAME, ['Content-Length', '62072'], ['Vary', 'Cookie'], ...SECURITY];
    return answer(exchange, '400 Bad Request', fields, [paddedPage('SuspiciousFileOperation', 62_072)]);
  }
  const file = files.get(posix.normalize(path).replace(/^\/+|\/+$/g, ''));
  if (!file) return notFound(exchange, path, site);
  const since = parseHttpDate(exchange.header('if-modified-since'));
  if (since !== null && file.modified <= since) {
    return answer(exchange, '304 Not Modified', [...FRAME, ['Content-Length', '0'], ...SECURITY], []);
  }
  const fields: Fields = [
    ['Content-Type', TYPES[file.extension] ?? 'application/octet-stream'],
    ['Content-Length', String(file.bytes.length)],
    ['Content-Disposition', `inline; filename="${file.name}"`],
    ['Last-Modified', formatHttpDate(file.modified)],
    ...FRAME,
    ...SECURITY,
  ];
  return answer(exchange, '200 OK', fields, pieces(file.bytes, FILE_BUFFER));
}

/**
 * Source: Django 3.2 (`core/servers/basehttp.py`, `views/static.py`, the middleware of `startproject`), CPython 3.11 `Lib/wsgiref/handlers.py`, and
 * captures of the real one (3.2.25 on Debian 12). Not imitated: the text of the debug pages (their lengths are, but for the
 * tracebacks of a refused host or path).
 */
export default defineServer({
  id: 'django-model',
  title: 'Django (model)',
  provenance: 'model',
  modelOf: 'django',
  summary: 'imitates runserver of Django 3.2.25',
  version: async () => ({ version: '3.2.25 (python 3.11.2)' }),
  start: nodeProgram('django-model'),
  async listen(context) {
    const files = readSite(context.site);
    await listenPython(context, {
      software: 'WSGIServer/0.2 Python/3.11.2',
      protocol: 'HTTP/1.1',
      respond: (exchange) => respond(exchange, context, files),
    });
  },
});
