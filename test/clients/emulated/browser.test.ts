import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { EmulatedBrowser } from '../../../clients/emulated/browser.ts';
import type { ClientProfile } from '../../../clients/profile.ts';
import { chromium } from '../../../clients/profiles/chromium.ts';
import { firefox } from '../../../clients/profiles/firefox.ts';
import { ie11 } from '../../../clients/profiles/ie11.ts';
import { type Answer, response, type ScriptedServer, scriptedServer } from '../scripted-server.ts';

const PAGE =
  '<!doctype html><head><link rel="stylesheet" href="style.css"></head><body><img src="logo.png"><audio preload="auto" src="audio.wav"></audio>';
const VALIDATORS = ['ETag: "v1"', 'Last-Modified: Mon, 04 Mar 2024 09:00:00 GMT', 'Cache-Control: max-age=0'];

const site: Answer = (target, head) => {
  if (target === '/favicon.ico') return response('', [], '404 Not Found');
  if (head.includes('If-None-Match: "v1"')) return 'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n';
  if (target === '/') return response(PAGE, ['Content-Type: text/html', ...VALIDATORS]);
  if (target === '/audio.wav') return response('x'.repeat(1000), ['Content-Range: bytes 0-999/1000', ...VALIDATORS], '206 Partial Content');
  return response('body{}', VALIDATORS);
};

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(profile: ClientProfile, answer: Answer = site): Promise<{ browser: EmulatedBrowser; server: ScriptedServer }> {
  const server = await scriptedServer(answer);
  const browser = new EmulatedBrowser(profile, { origin: server.origin, signal: new AbortController().signal });
  cleanups.push(server.close, () => browser.close());
  return { browser, server };
}

const headOf = (server: ScriptedServer, target: string, nth = 0): string =>
  server.heads.filter((head) => head.split(' ')[1] === target)[nth] ?? '';

test("a first visit of chromium asks for the document, what it names, and then the favicon, on three of the browser's connections", async () => {
  const { browser, server } = await open(chromium);
  await browser.act({ do: 'navigate', path: '/' });
  expect(server.targets()[0]).toBe('/');
  expect(server.targets().slice(1, 4).sort()).toEqual(['/audio.wav', '/logo.png', '/style.css']);
  expect(server.targets()[4]).toBe('/favicon.ico');
  expect(server.targets()).toHaveLength(5);
  expect(server.connections.length).toBeGreaterThanOrEqual(2);
  expect(server.connections.length).toBeLessThanOrEqual(3);
});

test('the head of a navigation is byte for byte the one that was captured', async () => {
  const { browser, server } = await open(chromium);
  await browser.act({ do: 'navigate', path: '/' });
  expect(headOf(server, '/')).toBe(
    [
      'GET / HTTP/1.1',
      `Host: ${new URL(server.origin).host}`,
      'Connection: keep-alive',
      'sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"',
      'sec-ch-ua-mobile: ?0',
      'sec-ch-ua-platform: "Linux"',
      'Upgrade-Insecure-Requests: 1',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
      'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'Sec-Fetch-Site: none',
      'Sec-Fetch-Mode: navigate',
      'Sec-Fetch-User: ?1',
      'Sec-Fetch-Dest: document',
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Accept-Language: en-US,en;q=0.9',
      '',
      '',
    ].join('\r\n'),
  );
});

test("nothing of undici's own head is on the wire", async () => {
  for (const profile of [chromium, firefox, ie11]) {
    const { browser, server } = await open(profile);
    await browser.act({ do: 'navigate', path: '/' });
    await browser.act({ do: 'reload' });
    for (const head of server.heads) {
      expect(head).not.toMatch(/^host:|^connection:/m);
      expect(head.match(/^Host: /gm)).toHaveLength(1);
    }
  }
});

test('chromium puts the validators of its memory cache after Accept, those of the HTTP cache last', async () => {
  const { browser, server } = await open(chromium);
  await browser.act({ do: 'navigate', path: '/' });
  await browser.act({ do: 'navigate', path: '/' });
  const names = (head: string) => head.split('\r\n').map((line) => line.split(':')[0]);
  const style = names(headOf(server, '/style.css', 1));
  expect(style.slice(style.indexOf('Accept'), style.indexOf('Accept') + 3)).toEqual(['Accept', 'If-None-Match', 'If-Modified-Since']);
  expect(names(headOf(server, '/', 1)).slice(-4)).toEqual(['If-None-Match', 'If-Modified-Since', '', '']);
  expect(headOf(server, '/audio.wav', 1)).toMatch(/\r\nRange: bytes=0-999\r\nIf-None-Match: "v1"\r\nIf-Modified-Since: [^\r]+\r\n\r\n$/);
});

test('chromium revalidates media that came as a 200 by a closed range too', async () => {
  const { browser, server } = await open(chromium, (target, head, connection) =>
    target === '/audio.wav'
      ? response('x'.repeat(1000), ['Last-Modified: Mon, 04 Mar 2024 09:00:00 GMT', 'Cache-Control: max-age=0'])
      : site(target, head, connection),
  );
  await browser.act({ do: 'navigate', path: '/' });
  await browser.act({ do: 'navigate', path: '/' });
  expect(headOf(server, '/audio.wav', 1)).toMatch(/\r\nRange: bytes=0-999\r\nIf-Modified-Since: [^\r]+\r\n\r\n$/);
});

test('a reload validates the document alone; a hard reload asks for everything anew, the favicon too', async () => {
  const { browser, server } = await open(chromium);
  await browser.act({ do: 'navigate', path: '/' });
  await browser.act({ do: 'reload' });
  expect(headOf(server, '/', 1)).toContain('\r\nCache-Control: max-age=0\r\n');
  expect(headOf(server, '/style.css', 1)).not.toContain('Cache-Control');
  expect(server.targets().filter((target) => target === '/favicon.ico')).toHaveLength(1);
  await browser.act({ do: 'hard-reload' });
  for (const target of ['/', '/style.css', '/logo.png', '/audio.wav']) {
    expect(headOf(server, target, 2)).toContain('\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n');
    expect(headOf(server, target, 2)).not.toContain('If-None-Match');
  }
  expect(server.targets().filter((target) => target === '/favicon.ico')).toHaveLength(2);
});

test('a user starts every visit: a typed address, a link, a reload, a hard reload', async () => {
  for (const profile of [chromium, firefox]) {
    const { browser, server } = await open(profile);
    await browser.act({ do: 'navigate', path: '/' });
    await browser.act({ do: 'reload' });
    await browser.act({ do: 'hard-reload' });
    await browser.act({ do: 'follow-link', path: '/' });
    for (const visit of [0, 1, 2, 3]) expect(headOf(server, '/', visit)).toContain('\r\nSec-Fetch-User: ?1\r\n');
    expect(headOf(server, '/style.css')).not.toContain('Sec-Fetch-User');
  }
});

test('firefox closes its idle connections before a hard reload, and keeps the audio', async () => {
  const { browser, server } = await open(firefox);
  await browser.act({ do: 'navigate', path: '/' });
  const before = server.connections.length;
  await browser.act({ do: 'hard-reload' });
  await server.until(() => server.connections.slice(0, before).every(({ ended }) => ended === 'FIN'));
  expect(server.connections.slice(before).flatMap(({ heads }) => heads)[0]).toMatch(/^GET \/ /);
  expect(server.targets().filter((target) => target === '/audio.wav')).toHaveLength(1);
});

test('what is fresh is not asked for: a revisit within the heuristic lifetime sends nothing, yet wants its two connections', async () => {
  const fresh = () => ['Last-Modified: Mon, 04 Mar 2024 09:00:00 GMT', `Date: ${new Date().toUTCString()}`];
  const { browser, server } = await open(chromium, (target) =>
    target === '/favicon.ico' ? response('', [], '404 Not Found') : response(target === '/' ? PAGE : 'x', fresh()),
  );
  await browser.act({ do: 'navigate', path: '/' });
  const { length: asked } = server.heads;
  const { length: opened } = server.connections;
  for (const { socket } of server.connections) socket.end();
  await Promise.all(server.connections.map(({ socket }) => (socket.writableFinished ? null : once(socket, 'finish'))));
  await browser.act({ do: 'navigate', path: '/' });
  await server.until(() => server.connections.length === opened + 2);
  expect(server.heads).toHaveLength(asked);
});

test('quitting closes every connection by FIN', async () => {
  const { browser, server } = await open(chromium);
  await browser.act({ do: 'navigate', path: '/' });
  await browser.act({ do: 'quit' });
  await server.until(() => server.connections.every(({ ended }) => ended === 'FIN'));
});

/** Leaves a page during the download of its audio, and gives the connection of that download. */
async function leaveDuringAudio(profile: ClientProfile) {
  const { browser, server } = await open(profile, (target, head, connection) =>
    target === '/audio.wav'
      ? 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-999/1000\r\nContent-Length: 1000\r\n\r\nxxx'
      : site(target, head, connection),
  );
  await browser.act({ do: 'navigate', path: '/', until: { ms: 400 } });
  await server.until(() => server.targets().includes('/audio.wav'));
  const loading = server.connections.find(({ heads }) => heads.some((head) => head.startsWith('GET /audio.wav')));
  await browser.act({ do: 'leave' });
  return { browser, server, loading };
}

test('firefox closes the connection of a download when its page is left', async () => {
  const { server, loading } = await leaveDuringAudio(firefox);
  await server.until(() => loading?.ended !== null);
});

test('chromium reads on, until it is closed', async () => {
  const { browser, server, loading } = await leaveDuringAudio(chromium);
  await browser.act({ do: 'navigate', path: '/other' });
  expect(loading?.ended).toBeNull();
  await browser.act({ do: 'quit' });
  await server.until(() => server.connections.every(({ ended }) => ended !== null));
});

test('a seek beyond what has come asks for the rest from a block boundary', async () => {
  const { browser, server } = await open(chromium, (target, head, connection) => {
    if (target !== '/audio.wav') return site(target, head, connection);
    return 'HTTP/1.1 206 Partial Content\r\nETag: "v1"\r\nContent-Range: bytes 0-999999/1000000\r\nContent-Length: 1000000\r\n\r\nxxx';
  });
  await browser.act({ do: 'navigate', path: '/', until: { ms: 300 } });
  await server.until(() => server.targets().includes('/audio.wav'));
  const sought = browser.act({ do: 'seek', to: 0.9 });
  await server.until(() => server.targets().filter((target) => target === '/audio.wav').length === 2);
  expect(headOf(server, '/audio.wav', 1)).toContain(
    `\r\nRange: bytes=${Math.floor(900_000 / 32_768) * 32_768}-999999\r\nIf-Range: "v1"\r\n`,
  );
  await browser.act({ do: 'leave' });
  await sought;
});

test('a seek ends the wait for the load event; where the server sends no ranges it asks for nothing', async () => {
  const { browser, server } = await open(chromium, (target, head, connection) => {
    if (target !== '/audio.wav') return site(target, head, connection);
    return 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nxxx';
  });
  await browser.act({ do: 'navigate', path: '/', until: { ms: 300 } });
  expect(server.targets()).not.toContain('/favicon.ico');
  await browser.act({ do: 'seek', to: 0.9 });
  await server.until(() => server.targets().includes('/favicon.ico'));
  expect(server.targets().filter((target) => target === '/audio.wav')).toHaveLength(1);
  expect(server.connections.every(({ ended }) => ended === null)).toBe(true);
});

test('what both wait for the stylesheet: firefox sends the media first, on the connection opened meanwhile', async () => {
  let answerStyle: () => void = () => {};
  const { browser, server } = await open(firefox, (target, head, connection) => {
    if (target !== '/style.css') return site(target, head, connection);
    answerStyle = () => connection.socket.write(site(target, head, connection) ?? '');
    return null;
  });
  const visit = browser.act({ do: 'navigate', path: '/' });
  // The stylesheet is requested, and a connection has been opened for what waits for it.
  await server.until(() => server.targets().includes('/style.css') && server.connections.length === 2);
  expect(server.targets()).toEqual(['/', '/style.css']);
  await new Promise((resolve) => setTimeout(resolve, 100));
  answerStyle();
  await visit;
  expect(server.connections[1]?.heads[0]).toContain('GET /audio.wav ');
  expect(server.targets().indexOf('/audio.wav')).toBeGreaterThan(0);
});

test('the favicon is asked for to the end, though the page is left', async () => {
  let answerFavicon: () => void = () => {};
  const { browser, server } = await open(firefox, (target, head, connection) => {
    if (target !== '/favicon.ico') return site(target, head, connection);
    answerFavicon = () => connection.socket.write(site(target, head, connection) ?? '');
    return null;
  });
  const visit = browser.act({ do: 'navigate', path: '/' });
  await server.until(() => server.targets().includes('/favicon.ico'));
  await browser.act({ do: 'leave' });
  answerFavicon();
  await visit;
  expect(server.connections.every(({ ended }) => ended === null)).toBe(true);
});

test('at an origin that is not trustworthy there are no Fetch Metadata and no client hints', async () => {
  const { headLines } = await import('../../../clients/emulated/head.ts');
  const lines = headLines(chromium.requests.kinds.value.document.head, { host: 'site.test:8080', site: 'none', user: '?1' }, false);
  expect(lines).toEqual([
    'Host: site.test:8080',
    'Connection: keep-alive',
    'Upgrade-Insecure-Requests: 1',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    'Accept-Encoding: gzip, deflate',
    'Accept-Language: en-US,en;q=0.9',
  ]);
});

test("a page's Referrer-Policy decides what Referer says, and in Firefox where it stands", async () => {
  const withPolicy =
    (policy: string): Answer =>
    (target, head, connection) =>
      target === '/' ? response(PAGE, ['Content-Type: text/html', `Referrer-Policy: ${policy}`]) : site(target, head, connection);
  const fieldNames = (head: string) => head.split('\r\n').map((line) => line.split(':')[0]);
  const { browser, server } = await open(firefox, withPolicy('same-origin'));
  await browser.act({ do: 'navigate', path: '/' });
  const names = fieldNames(headOf(server, '/style.css'));
  expect(names.indexOf('Referer')).toBe(names.indexOf('Connection') - 1);
  for (const profile of [firefox, chromium]) {
    const { browser, server } = await open(profile, withPolicy('no-referrer'));
    await browser.act({ do: 'navigate', path: '/' });
    expect(fieldNames(headOf(server, '/style.css'))).not.toContain('Referer');
  }
});

test('a page that has moved is followed: its resources are those of the new address, a reload asks for that, and a 301 is not asked for again', async () => {
  const { browser, server } = await open(chromium, (target, head, connection) => {
    if (target === '/') return response('<img src="wrong.png">', ['Location: /en/'], '301 Moved Permanently');
    return target === '/en/' ? response(PAGE, ['Content-Type: text/html']) : site(target.replace('/en', ''), head, connection);
  });
  await browser.act({ do: 'navigate', path: '/' });
  expect(server.targets().slice(0, 2)).toEqual(['/', '/en/']);
  expect(server.targets()).toContain('/en/style.css');
  expect(server.targets().join(' ')).not.toContain('wrong');
  await browser.act({ do: 'reload' });
  await browser.act({ do: 'navigate', path: '/' });
  expect(server.targets().filter((target) => target === '/')).toHaveLength(1);
  expect(server.targets().filter((target) => target === '/en/')).toHaveLength(3);
});

test('a page that moves in a circle, or to another origin, ends the visit', async () => {
  const { browser, server } = await open(chromium, () => response('', ['Location: /again', 'Cache-Control: no-store'], '302 Found'));
  await browser.act({ do: 'navigate', path: '/' });
  expect(server.targets().length).toBeGreaterThan(20);
  expect(server.targets().length).toBeLessThan(50);
  const away = await open(chromium, () => response('', ['Location: https://elsewhere.example/'], '302 Found'));
  await away.browser.act({ do: 'navigate', path: '/' });
  expect(away.server.targets().filter((target) => target === '/')).toHaveLength(1);
});
