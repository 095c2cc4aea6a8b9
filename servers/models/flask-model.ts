import { posix } from 'node:path';
import { nodeProgram } from '../node-program.ts';
import { defineServer, type ServerContext } from '../server.ts';
import { formatHttpDate, now, parseHttpDate } from './http-date.ts';
import { listenPython, type PythonExchange } from './python-server.ts';
import type { Fields } from './request-head.ts';
import { decodePath, pieces, readSite, type StoredFile } from './site-files.ts';

/** `mimetypes`, and the charset that Werkzeug adds to text. */
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.wav': 'audio/x-wav',
};

/** Routes of the application: templates, without validators. */
const PAGES: Record<string, string> = { '/': 'index.html', '/cards.html': 'cards.html' };

/** `werkzeug.wsgi.wrap_file`: files are sent in writes of this size. */
const FILE_BUFFER = 8192;

/** Adler-32 as `zlib.adler32`. */
function adler32(text: string): number {
  let a = 1;
  let b = 0;
  for (const byte of Buffer.from(text, 'utf8')) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/** `send_file`: time as a float, size, and a checksum of the path: the same file elsewhere has another ETag. */
const etagOf = (site: string, { name, modified, bytes }: StoredFile): string =>
  `"${modified}.0-${bytes.length}-${adler32(posix.join(site, name))}"`;

/** `parse_etags`: the opaque parts, or `*`. */
function etags(header: string | undefined): { star: boolean; strong: string[]; weak: string[] } | null {
  if (header === undefined || header.trim() === '') return null;
  const found = { star: header.trim() === '*', strong: [] as string[], weak: [] as string[] };
  for (const [, weak, quoted, bare] of header.matchAll(/([Ww]\/)?(?:"([^"]*)"|([^\s,"]+))\s*(?:,\s*|$)/g)) {
    (weak ? found.weak : found.strong).push(quoted ?? bare ?? '');
  }
  return found;
}

/** `werkzeug.http.is_resource_modified`. */
function isModified(exchange: PythonExchange, file: StoredFile, etag: string, { useIfRange }: { useIfRange: boolean }): boolean {
  const opaque = etag.slice(1, -1);
  const ifRange = useIfRange && exchange.header('range') !== undefined ? exchange.header('if-range') : undefined;
  const ifRangeDate = parseHttpDate(ifRange);
  const since = ifRangeDate ?? parseHttpDate(exchange.header('if-modified-since'));
  let unmodified = since !== null && file.modified <= since;
  if (ifRange !== undefined && ifRangeDate === null) {
    // `parse_if_range_header` drops the `W/` of the tag.
    return ifRange.trim().replace(/^[Ww]\//, '') !== etag;
  }
  const noneMatch = etags(exchange.header('if-none-match'));
  if (noneMatch) unmodified = noneMatch.star || noneMatch.strong.includes(opaque) || noneMatch.weak.includes(opaque);
  const match = etags(exchange.header('if-match'));
  if (match) unmodified = !match.strong.includes(opaque);
  return !unmodified;
}

/** `parse_range_header` and `Range.range_for_length`: one range, end excluded; `null` where it can't be satisfied. */
function oneRange(header: string, length: number): [number, number] | null {
  const [units, list] = header.split(/=(.*)/s) as [string, string | undefined];
  if (list === undefined || units.trim().toLowerCase() !== 'bytes' || list.includes(',')) return null;
  const item = list.trim();
  const suffix = /^-(\d+)$/.exec(item);
  if (suffix) {
    const start = Number(suffix[1]) === 0 ? 0 : length - Number(suffix[1]);
    return start < 0 ? null : [start, length];
  }
  const range = /^(\d+)\s*-\s*(\d*)$/.exec(item);
  if (!range) return null;
  const start = Number(range[1]);
  const end = range[2] === '' ? length : Number(range[2]) + 1;
  return start >= end || start >= length ? null : [start, Math.min(end, length)];
}

/** `HTTPException.get_body`. */
const errorPage = (status: number, title: string, text: string): string =>
  `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`;

/** Head, then each piece of the body in a write of its own; `Connection: close` on everything (`WSGIRequestHandler.run_wsgi`). */
async function answer(exchange: PythonExchange, status: number, reason: string, fields: Fields, body: Iterable<Buffer>): Promise<void> {
  exchange.closeConnection = true;
  await exchange.sendHead(status, reason, [...fields, ['Connection', 'close']]);
  if (exchange.method !== 'HEAD') for (const piece of body) await exchange.socket.send(piece);
}

function answerError(exchange: PythonExchange, status: number, title: string, text: string, fields: Fields = []): Promise<void> {
  const page = Buffer.from(errorPage(status, title, text));
  const head: Fields = [['Content-Type', 'text/html; charset=utf-8'], ...fields, ['Content-Length', String(page.length)]];
  return answer(exchange, status, title.toUpperCase(), head, [page]);
}

async function answerFile(exchange: PythonExchange, site: string, file: StoredFile): Promise<void> {
  const etag = etagOf(site, file);
  const { length } = file.bytes;
  const disposition: Fields = [['Content-Disposition', `inline; filename=${file.name}`]];
  const validators = (size: number): Fields => [
    ['Content-Type', TYPES[file.extension] ?? 'application/octet-stream'],
    ['Content-Length', String(size)],
    ['Last-Modified', formatHttpDate(file.modified)],
    ['Cache-Control', 'no-cache'],
    ['ETag', etag],
  ];
  // `make_conditional` applies to GET and HEAD alone; it also adds the second Date field.
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') {
    return answer(exchange, 200, 'OK', [...disposition, ...validators(length)], pieces(file.bytes, FILE_BUFFER));
  }
  const secondDate: Fields = [['Date', now()]];
  const header = exchange.header('range');
  const wanted =
    header !== undefined && (exchange.header('if-range') === undefined || !isModified(exchange, file, etag, { useIfRange: true }));
  if (wanted) {
    const range = oneRange(header, length);
    if (range === null) {
      const size: Fields = [['Content-Range', `bytes */${length}`]];
      return answerError(exchange, 416, 'Requested Range Not Satisfiable', 'The server cannot provide the requested range.', size);
    }
    const [start, end] = range;
    // A satisfiable range is sent whatever the conditions say (`make_conditional`).
    const content: Fields = [
      ['Accept-Ranges', 'bytes'],
      ['Content-Range', `bytes ${start}-${end - 1}/${length}`],
    ];
    const head = [...disposition, ...validators(end - start), ...secondDate, ...content];
    return answer(exchange, 206, 'PARTIAL CONTENT', head, pieces(file.bytes.subarray(start, end), FILE_BUFFER));
  }
  if (isModified(exchange, file, etag, { useIfRange: false })) {
    return answer(exchange, 200, 'OK', [...disposition, ...validators(length), ...secondDate], pieces(file.bytes, FILE_BUFFER));
  }
  if (exchange.header('if-match') !== undefined) {
    return answer(
      exchange,
      412,
      'PRECONDITION FAILED',
      [...disposition, ...validators(length), ...secondDate],
      pieces(file.bytes, FILE_BUFFER),
    );
  }
  const kept = validators(length).slice(3);
  return answer(exchange, 304, 'NOT MODIFIED', [...disposition, ...kept, ...secondDate], []);
}

async function respond(exchange: PythonExchange, { site }: ServerContext, files: Map<string, StoredFile>): Promise<void> {
  // Werkzeug sends a 100 itself after that of http.server (`run_wsgi`): two interim responses.
  if (exchange.header('expect')?.toLowerCase().trim() === '100-continue') await exchange.socket.send('HTTP/1.1 100 Continue\r\n\r\n');
  const method = exchange.method?.toUpperCase();
  if (method === 'OPTIONS') {
    const fields: Fields = [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Allow', 'GET, HEAD, OPTIONS'],
      ['Content-Length', '0'],
    ];
    return answer(exchange, 200, 'OK', fields, []);
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return answerError(exchange, 405, 'Method Not Allowed', 'The method is not allowed for the requested URL.', [
      ['Allow', 'GET, HEAD, OPTIONS'],
    ]);
  }
  const bare = exchange.path
    .replace(/^http:\/\/[^/]*/i, '')
    .split('?', 1)[0]!
    .split('#', 1)[0]!;
  const path = `/${(decodePath(bare) ?? bare).replace(/^\/+/, '')}`;
  const page = files.get(PAGES[path] ?? '');
  if (page) {
    const fields: Fields = [
      ['Content-Type', TYPES['.html']!],
      ['Content-Length', String(page.bytes.length)],
    ];
    return answer(exchange, 200, 'OK', fields, [page.bytes]);
  }
  const name = posix.normalize(path.slice(1) || '.').replace(/\/+$/, '');
  const file = path.includes('..') ? undefined : files.get(name);
  if (file) return answerFile(exchange, site, file);
  const text = 'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';
  return answerError(exchange, 404, 'Not Found', text);
}

/**
 * Source: Werkzeug 2.2.2 (`serving.py`, `http.py`, `wrappers/response.py`, `utils.py`), and captures of the real one (Flask 2.2.2 on Debian 12).
 * Not imitated: the order of the methods in `Allow` (a Python set: it changes from start to start).
 */
export default defineServer({
  id: 'flask-model',
  title: 'Flask (model)',
  provenance: 'model',
  modelOf: 'flask',
  summary: 'imitates Flask 2.2.2 on Werkzeug 2.2.2',
  version: async () => ({ version: '2.2.2 (python 3.11.2)' }),
  start: nodeProgram('flask-model'),
  async listen(context) {
    const files = readSite(context.site);
    await listenPython(context, {
      software: 'Werkzeug/2.2.2 Python/3.11.2',
      protocol: 'HTTP/1.1',
      respond: (exchange) => respond(exchange, context, files),
    });
  },
});
