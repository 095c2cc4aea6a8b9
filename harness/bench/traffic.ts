/**
 * Real traffic for the bench: a node:http server and undici clients on keep-alive connections, small answers and large bodies, some
 * connections short-lived. Runs inside the namespace that is captured.
 *
 *     node traffic.js EXCHANGES LARGE-BODIES
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';

const PAGE = Buffer.alloc(2_000, 'page ');
const LARGE = Buffer.alloc(2_500_000, 'large body ');
const CONNECTIONS = 12;
/** Exchanges after which a worker closes its connections and opens new ones. */
const EXCHANGES_PER_CONNECTION = 60;

const [exchanges = 0, largeBodies = 0] = process.argv.slice(2).map(Number);

const server = createServer((incoming, outgoing) => {
  if (incoming.url === '/large') {
    outgoing.setHeader('Content-Type', 'application/octet-stream');
    outgoing.end(LARGE);
  } else if (incoming.url?.endsWith('.chunked')) {
    outgoing.setHeader('Content-Type', 'text/html');
    outgoing.write(PAGE.subarray(0, 900));
    outgoing.end(PAGE.subarray(900));
  } else if (incoming.headers['if-none-match']) {
    outgoing.writeHead(304, { ETag: '"page"' }).end();
  } else {
    outgoing.setHeader('Content-Type', 'text/html');
    outgoing.setHeader('ETag', '"page"');
    outgoing.end(PAGE);
  }
});
await new Promise<void>((resolve) => server.listen(8080, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const origin = `http://127.0.0.1:${port}`;

const paths = Array.from({ length: exchanges }, (_, index) => `/page-${index}.${index % 9 === 4 ? 'chunked' : 'html'}`);
let next = 0;
let large = 0;

async function worker(): Promise<void> {
  while (next < paths.length) {
    const dispatcher = new Agent({ connections: 1, pipelining: 1 });
    for (let count = 0; count < EXCHANGES_PER_CONNECTION && next < paths.length; count++) {
      const target = paths[next++]!;
      const headers = { 'user-agent': 'bench', accept: 'text/html,*/*;q=0.8', ...(next % 5 === 0 ? { 'if-none-match': '"page"' } : {}) };
      const { body } = await request(origin + target, { dispatcher, headers });
      await body.dump();
      if (next % Math.max(1, Math.floor(exchanges / largeBodies)) === 0 && large++ < largeBodies) {
        const answer = await request(`${origin}/large`, { dispatcher });
        await answer.body.arrayBuffer();
      }
    }
    await dispatcher.close();
  }
}
await Promise.all(Array.from({ length: CONNECTIONS }, worker));
server.closeAllConnections();
server.close();
