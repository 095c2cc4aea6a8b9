import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { ClientContext } from '../client.ts';
import type { ClientProfile } from '../profile.ts';
import { EmulatedBrowser } from './browser.ts';

const PAGE =
  '<!doctype html><head><link rel="stylesheet" href="a.css"><script src="a.js"></script></head><body><img src="a.png"><img src="b.png"><audio preload="auto" src="a.wav"></audio></body>';
const STYLE =
  '@font-face { font-family: a; src: url("a.woff2") } body { color: #123; background: url(c.png) no-repeat } a:hover, p > em { margin: 0 auto }';
const VISITS = 2;

/**
 * Loads a small page twice from a server in this process, over a Unix socket (a named pipe on Windows), before the visit. The first run of
 * the code takes tens of milliseconds longer (undici compiles its parser, V8 everything else); in the capture that would look like a pause
 * of the browser between two requests.
 */
export async function warmUp(profile: ClientProfile, { work, signal }: Pick<ClientContext, 'work' | 'signal'>): Promise<void> {
  // Else V8 compiles undici's parser, which is WebAssembly, once more for speed: that takes longer than the whole visit.
  setFlagsFromString('--liftoff-only');
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\wirematrix-warm-up-${process.pid}` : path.join(work, 'warm-up.sock');
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    answer(socket);
  });
  try {
    await listening(server, address);
  } catch {
    // The path is too long for a socket, or the file system has none: the visit begins a little slower and is just as valid.
    return;
  }
  const browser = new EmulatedBrowser(profile, { origin: 'http://warm-up.localhost:8080', signal }, { connect: () => connect(address) });
  try {
    for (let visit = 0; visit < VISITS; visit++) await browser.act({ do: 'navigate', path: '/' });
  } finally {
    await browser.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

async function listening(server: Server, address: string): Promise<void> {
  server.listen(address);
  await once(server, 'listening');
}

/** Answers each request head as it arrives. */
function answer(socket: Socket): void {
  let head = '';
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('data', (chunk) => {
    head += chunk.toString('latin1');
    for (let end = head.indexOf('\r\n\r\n'); end >= 0; end = head.indexOf('\r\n\r\n')) {
      socket.write(answerTo(head.split(' ')[1] ?? '/'));
      head = head.slice(end + 4);
    }
  });
}

function answerTo(target: string): string {
  const [body, type] = target === '/' ? [PAGE, 'text/html'] : target.endsWith('.css') ? [STYLE, 'text/css'] : ['ok', 'text/plain'];
  const fields = [
    `Content-Type: ${type}`,
    `Content-Length: ${body.length}`,
    'Cache-Control: max-age=0',
    'ETag: "1"',
    'Last-Modified: Wed, 28 Feb 2024 17:05:00 GMT',
  ];
  return `HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\n\r\n${body}`;
}
