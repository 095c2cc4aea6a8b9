import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { nodeProgram } from './node-program.ts';
import { defineServer, type ServerContext } from './server.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.wav': 'audio/wav',
};

/**
 * A static file server as tutorials write it: the file's stream is piped into the response. No length is set, so that Node uses chunked
 * coding, and there are neither validators nor ranges.
 *
 * `contentLength` is the one setting that the variant changes.
 */
export function serveFiles(site: string, { contentLength = async (_file: string): Promise<Record<string, number>> => ({}) } = {}): Server {
  return createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = join(site, path === '/' ? 'index.html' : path);
    const notFound = () => {
      response.writeHead(404, { 'Content-Type': 'text/plain' });
      response.end('Not found\n');
    };
    const headers = await contentLength(file).catch(() => null);
    if (headers === null) return notFound();
    const stream = createReadStream(file);
    stream.on('error', notFound);
    stream.on('open', () => {
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', ...headers });
      stream.pipe(response);
    });
  });
}

/**
 * Node's defaults, as measured here (20.20): `Keep-Alive: timeout=5`, closed by FIN at 6 s (`keepAliveTimeout` and
 * `keepAliveTimeoutBuffer`), even where a part of a request has arrived by then. A connection without data, or with an incomplete first
 * head, gets a 408 between 60 and 90 s after it began: `headersTimeout` is 60 s and is checked every 30 s. There is no limit of requests.
 */
export default defineServer({
  id: 'node-http',
  title: 'Node.js http',
  summary: 'a hand-written static server on node:http: a file stream piped into the response',
  version: async () => ({ version: process.versions.node }),
  start: nodeProgram('node-http'),
  listen: async ({ host, port, site }: ServerContext) => void serveFiles(site).listen(port, host),
});
