/** What fails on the wire belongs to the visit; what fails in the client ends it. */
import net from 'node:net';
import zlib from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EmulatedBrowser } from '../../../clients/emulated/browser.ts';
import * as discover from '../../../clients/emulated/discover.ts';
import { ClientFailure } from '../../../clients/own-failure.ts';
import { chromium } from '../../../clients/profiles/chromium.ts';
import { type Answer, response, scriptedServer } from '../scripted-server.ts';

const PAGE = '<!doctype html><head><link rel="stylesheet" href="style.css"></head><body><img src="logo.png">';
const page = (text: string | Buffer, headers: string[] = []): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\n${['Content-Type: text/html', ...headers, `Content-Length: ${text.length}`].join('\r\n')}\r\n\r\n`),
    Buffer.from(text),
  ]);

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(answer: Answer, connect?: () => net.Socket): Promise<EmulatedBrowser> {
  const server = await scriptedServer(answer);
  const context = { origin: server.origin, signal: new AbortController().signal };
  const browser = new EmulatedBrowser(chromium, context, connect ? { connect } : {});
  cleanups.push(server.close, () => browser.close());
  return browser;
}

const visit = (browser: EmulatedBrowser) => browser.act({ do: 'navigate', path: '/' });

/** Every other resource is answered as usual. */
const pageOf =
  (bytes: Buffer | string): Answer =>
  (target) =>
    target === '/' ? bytes : response('');

// First: undici makes its parser once, for the whole file.
describe('a failure of the client', () => {
  it('undici can not get the memory of its parser', async () => {
    vi.spyOn(WebAssembly, 'Instance').mockImplementation(function instance() {
      throw new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance');
    });
    const browser = await open(pageOf(page(PAGE)));
    await expect(visit(browser)).rejects.toThrow(
      /^the client itself failed, not the server: WebAssembly\.Instance\(\): Out of memory: .*; give it more memory: /,
    );
    expect(browser.failure()).toBeInstanceOf(ClientFailure);
  });

  it.each(['EMFILE', 'EADDRNOTAVAIL', 'ENOTFOUND'])('no connection can be opened: %s', async (code) => {
    const connect = () => new net.Socket().destroy(Object.assign(new Error(`connect ${code}`), { code }));
    const browser = await open(pageOf(page(PAGE)), connect);
    await expect(visit(browser)).rejects.toThrow(ClientFailure);
  });

  it('a connection for which no request waits can not be opened', async () => {
    let opened = 0;
    const server = await scriptedServer(pageOf(page('<p>')));
    cleanups.push(server.close);
    const { port } = new URL(server.origin);
    const connect = () =>
      opened++ === 0
        ? net.connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true })
        : new net.Socket().destroy(Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' }));
    const browser = await open(pageOf(page('<p>')), connect);
    await expect(visit(browser)).rejects.toThrow(/EMFILE/);
  });

  it("a stylesheet in the page breaks the stylesheet parser's stack", async () => {
    const browser = await open(pageOf(page(`<style>${'@media x{'.repeat(100_000)}</style>`)));
    await expect(visit(browser)).rejects.toThrow(/^the client itself failed, not the server: RangeError: Maximum call stack/);
  });

  it.each([
    ['as it is', page(PAGE)],
    ['in gzip', page(zlib.gzipSync(PAGE), ['Content-Encoding: gzip'])],
    ['in br', page(zlib.brotliCompressSync(PAGE), ['Content-Encoding: br'])],
  ])('what searches the page throws, and its content comes %s', async (_, bytes) => {
    vi.spyOn(discover, 'scanHtml').mockReturnValue({
      write: () => {
        throw new TypeError('the parser broke');
      },
      end: () => ({ resources: [], favicon: new URL('http://127.0.0.1/favicon.ico') }),
    });
    const browser = await open(pageOf(bytes));
    await expect(visit(browser)).rejects.toThrow(/^the client itself failed, not the server: TypeError: the parser broke/);
  });

  it('a few bytes become more content than it takes', async () => {
    const bytes = zlib.gzipSync(Buffer.alloc(70 * 2 ** 20, ' '));
    const browser = await open(pageOf(page(bytes, ['Content-Encoding: gzip'])));
    await expect(visit(browser)).rejects.toThrow(/: a page or stylesheet has more than 64 MiB of decoded content$/);
  });

  it('zstd where Node.js can not read it', async ({ skip }) => {
    if ('createZstdDecompress' in zlib) return skip('this version of Node.js reads zstd');
    const browser = await open(pageOf(page('xyz', ['Content-Encoding: zstd'])));
    await expect(visit(browser)).rejects.toThrow(/needs Node 22\.15/);
  });

  it('shows after an action that did not wait for it', async () => {
    let release = () => {};
    const browser = await open((target, _head, { socket }) => {
      if (target !== '/style.css') return target === '/' ? page(PAGE) : response('');
      release = () => void socket.write(response('@media x{'.repeat(100_000), ['Content-Type: text/css']));
      return null;
    });
    await browser.act({ do: 'navigate', path: '/', until: { ms: 300 } });
    expect(browser.failure()).toBeNull();
    release();
    await vi.waitUntil(() => browser.failure() !== null, 10_000);
    await expect(browser.act({ do: 'quit' })).rejects.toThrow(ClientFailure);
  });
});

describe('a failure on the wire is a part of the visit', () => {
  const reset: Answer = (_target, _head, { socket }) => {
    socket.resetAndDestroy();
    return null;
  };
  const cut =
    (bytes: string | Buffer): Answer =>
    (_target, _head, { socket }) => {
      socket.end(bytes);
      return null;
    };

  it.each<[string, Answer]>([
    ['a reset instead of an answer', reset],
    ['a close instead of an answer', cut('')],
    ['a head that is cut short', cut('HTTP/1.1 200 OK\r\nContent-')],
    ['a body that is cut short', cut('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')],
    ['a chunked body that is cut short', cut('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc')],
    ['a chunk size that is none', cut('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc')],
    ['no HTTP at all', pageOf('220 mail.example ESMTP\r\n\r\n')],
    ['two lengths', pageOf('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab')],
    ['a head beyond all limits', pageOf(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(300_000)}\r\nContent-Length: 0\r\n\r\n`)],
    ['an upgrade that nobody asked for', pageOf('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n')],
    ['an interim response that nobody asked for', pageOf('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
    ['gzip that is none', pageOf(page('no gzip at all', ['Content-Encoding: gzip']))],
    ['br that is none', pageOf(page(Buffer.alloc(64, 0xff), ['Content-Encoding: br']))],
    ['gzip that is cut short', pageOf(page(zlib.gzipSync(PAGE.repeat(20)).subarray(0, 40), ['Content-Encoding: gzip']))],
    ['a coding that no browser knows', pageOf(page(PAGE, ['Content-Encoding: rot13']))],
    ['bytes after the response', pageOf(`${response(PAGE)}HTTP/1.1 200 OK\r\n\r\n`)],
    ['fields with the names of JavaScript', pageOf(page('<p>', ['constructor: x', '__proto__: x', 'toString: x']))],
    ['a Keep-Alive beyond all time', pageOf(page('<p>', ['Keep-Alive: timeout=99999999999999']))],
    [
      'words of JavaScript in a page',
      pageOf(page('<constructor><link rel=preload as=constructor href=a><link rel=preload as=__proto__ href=b>')),
    ],
  ])('%s', async (_, answer) => {
    const browser = await open(answer);
    await visit(browser);
    await browser.act({ do: 'navigate', path: '/' });
    expect(browser.failure()).toBeNull();
  });

  it('a port on which nothing listens', async () => {
    const browser = new EmulatedBrowser(chromium, { origin: 'http://127.0.0.1:1', signal: new AbortController().signal });
    cleanups.push(() => browser.close());
    await visit(browser);
    expect(browser.failure()).toBeNull();
  });

  it('a page that is left, and a browser that is closed, in the middle', async () => {
    const browser = await open((target) => (target === '/' ? page(PAGE) : null));
    await browser.act({ do: 'navigate', path: '/', until: { ms: 200 } });
    await browser.act({ do: 'navigate', path: '/', until: { ms: 200 } });
    await browser.act({ do: 'leave' });
    await browser.act({ do: 'navigate', path: '/', until: { ms: 200 } });
    await browser.act({ do: 'quit' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(browser.failure()).toBeNull();
  });
});
