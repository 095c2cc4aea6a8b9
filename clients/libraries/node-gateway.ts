/** A small server that asks by a library for Node.js for what it is asked for: `node dist/clients/libraries/node-gateway.js ID`. */
import http from 'node:http';
import { nodeLibraries } from './index.ts';

const library = nodeLibraries.find(({ id }) => id === process.argv[2]);
if (library === undefined) throw new Error(`no library for Node.js is called "${process.argv[2]}"`);
const ask = await library.open();
const origin = `http://${process.env.UPSTREAM}`;

/** The name by which a program knows it: fetch hides the cause of its TypeError. */
function nameOf(error: unknown): string {
  const named = error as { name?: string; code?: string; cause?: unknown };
  const cause = named.cause === undefined ? '' : `: ${nameOf(named.cause)}`;
  return `${named.code ?? named.name ?? 'Error'}${cause}`;
}

// Its own connections are none of the race's: it never closes them.
const server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    const body = chunks.length > 0 ? Buffer.concat(chunks).toString() : undefined;
    ask(request.method ?? 'GET', `${origin}${request.url}`, body).then(
      (status) => response.writeHead(status, { 'Content-Length': '0' }).end(),
      (error: unknown) => response.writeHead(502, { 'Content-Length': '0', 'X-Exception': nameOf(error) }).end(),
    );
  });
});
server.listen({ host: process.env.HOST, port: Number(process.env.PORT), backlog: 128 });
