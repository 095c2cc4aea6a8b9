import { Duplex } from 'node:stream';
import { Client } from 'undici';
import { scanCss, scanHtml } from './discover.ts';

const PAGE = '<!doctype html><head><link rel="stylesheet" href="a.css"></head><body><img src="a.png"><audio src="a.wav"></audio></body>';
const STYLE =
  '@font-face { src: url("a.woff2") } body { color: #123; background: url(a.png) no-repeat } a:hover, p > em { margin: 0 auto }';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nETag: "1"\r\n\r\nok';

let done: Promise<void> | undefined;

/**
 * Runs once, off the wire, what every visit runs. The first time through costs tens of milliseconds (undici compiles its parser, V8 the rest), which
 * would show in a capture as a pause of the browser between two requests that it has none of.
 */
export function warmUp(): Promise<void> {
  done ??= runThrough();
  return done;
}

async function runThrough(): Promise<void> {
  const base = new URL('http://warm-up.invalid/');
  const scanner = scanHtml(base);
  scanner.write(PAGE);
  scanner.end();
  scanCss(STYLE, base);
  await exchange(base.origin);
}

/** One exchange with nobody: the answer is there as soon as the request is written. */
async function exchange(origin: string): Promise<string> {
  const peer = new Duplex({
    read() {},
    write(_chunk, _encoding, written) {
      written();
      this.push(ANSWER);
    },
  });
  const client = new Client(origin, { connect: (_, callback) => queueMicrotask(() => callback(null, peer as never)) });
  try {
    const { body } = await client.request({ method: 'GET', path: '/', responseHeaders: 'raw' });
    return await body.text();
  } finally {
    await client.destroy();
  }
}
