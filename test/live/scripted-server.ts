/**
 * A server on node:net whose every answer is written out here, byte for byte. It answers each question of the probe in a way that no
 * other question gets, so that a mix-up shows.
 */
import net from 'node:net';

export const ETAG = '"v1"';
export const LAST_MODIFIED = 'Wed, 01 Jan 2020 00:00:00 GMT';
const DAY_LATER = 'Thu, 02 Jan 2020 00:00:00 GMT';
export const USED_IDLE_MS = 1_200;
export const UNUSED_IDLE_MS = 700;
export const PARTIAL_HEAD_MS = 900;
export const REQUESTS = 7;

const answer = (status: number, headers: readonly string[] = [], body = '') =>
  [`HTTP/1.1 ${status} X`, ...headers, ...(status === 304 ? [] : [`Content-Length: ${body.length}`]), '', body].join('\r\n');

const validators = [`ETag: ${ETAG}`, `Last-Modified: ${LAST_MODIFIED}`];

/** By the header lines of a conditional request, in the order of the RFC's sections. */
const CONDITIONAL: Record<string, string> = {
  [`if-none-match: ${ETAG}`]: answer(304, [...validators, 'Content-Type: text/css']),
  [`if-none-match: W/${ETAG}`]: answer(418),
  [`if-none-match: "wirematrix-other", ${ETAG}`]: answer(421),
  'if-none-match: *': answer(412),
  [`if-none-match: "wirematrix-other"\nif-modified-since: ${LAST_MODIFIED}`]: answer(409),
  [`if-modified-since: ${LAST_MODIFIED}`]: answer(410),
  [`if-modified-since: ${DAY_LATER}`]: answer(411),
  [`if-none-match: ${ETAG}\ncache-control: no-cache`]: answer(422),
};

const part = (range: string) => answer(206, [`Content-Range: ${range}`], 'x'.repeat(10));
const RANGE: Record<string, string> = {
  'range: bytes=0-': answer(206, ['Content-Range: bytes 0-99/100'], 'x'.repeat(100)),
  'range: bytes=0-9': part('bytes 0-9/100'),
  'range: bytes=-10': part('bytes 90-99/100'),
  'range: bytes=99999999-': answer(416, ['Content-Range: bytes */100']),
  'range: bytes=0-9,20-29': answer(206, ['Content-Type: multipart/byteranges; boundary=b'], '--b--'),
  'range: bytes=abc': answer(400),
  'range: bytes=9-0': answer(416),
  'range: cards=0-9': answer(203),
  'range: bytes=0-9\nif-range: "wirematrix-other"': answer(200),
  [`range: bytes=0-9\nif-range: ${ETAG}`]: part('bytes 0-9/101'),
  [`range: bytes=0-9\nif-range: W/${ETAG}`]: part('bytes 0-9/102'),
  [`range: bytes=0-9\nif-none-match: ${ETAG}`]: answer(304, validators),
};

const pages: Record<string, string> = {
  '/': answer(200, ['Content-Type: text/html', 'Keep-Alive: timeout=1'], '<p>'),
  '/style.css': answer(200, ['Content-Type: text/css', ...validators], 'p{}'),
  '/audio.wav': answer(200, validators),
  '/logo.png': answer(200, ['Content-Type: image/png'], 'png'),
};

function respond(head: string, requests: number): string {
  const [start = '', ...lines] = head.split('\r\n');
  const [, target = ''] = start.split(' ');
  const fields = lines
    .filter((line) => !/^(host|connection):/i.test(line))
    .map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))
    .join('\n');
  if (target === '/cards.js') return requests < REQUESTS ? answer(200) : answer(200, ['Connection: close']);
  return CONDITIONAL[fields] ?? RANGE[fields] ?? pages[target] ?? answer(404);
}

function converse(socket: net.Socket): void {
  let received = '';
  let requests = 0;
  let timer = setTimeout(() => socket.end(answer(408)), UNUSED_IDLE_MS);
  socket.on('data', (chunk) => {
    clearTimeout(timer);
    received += chunk.toString('latin1');
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
      const head = received.slice(0, end);
      received = received.slice(end + 4);
      requests++;
      const bytes = respond(head, requests);
      socket.write(bytes, 'latin1');
      if (bytes.includes('Connection: close')) socket.end();
    }
    timer = setTimeout(
      () => (received === '' ? socket.end() : socket.end('HTTP/1.1 408 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')),
      received === '' ? USED_IDLE_MS : PARTIAL_HEAD_MS,
    );
  });
  socket.on('close', () => clearTimeout(timer));
  socket.on('error', () => {});
}

export const scriptedServer = (): net.Server => net.createServer(converse);
