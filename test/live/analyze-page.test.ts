/**
 * The page of `analyze --html` in a real browser, on a desktop and on a phone. Skipped with its reason where Chromium is not installed.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../../harness/capture-file/read-capture.ts';
import type { PageIndex } from '../../harness/report/html/page-format.ts';
import { wirematrix } from '../commands/cli.ts';
import { EPOCH_NS, type Packet, pcap } from '../packets/captures.ts';
import { conversation, RESPONSE } from '../packets/conversation.ts';
import { ipv6Address } from '../packets/layers.ts';
import { HARM } from '../report/made-run.ts';
import { packedDataOf } from '../report/page-blocks.ts';
import { CLI, start } from './command.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const AXE = new URL('../../node_modules/axe-core/axe.min.js', import.meta.url);
const FIXTURE = new URL('../fixtures/captures/node-http.pcap', import.meta.url).pathname;
const there = existsSync(CHROMIUM);
const reason = there ? '' : ` (skipped: ${CHROMIUM} is not there; apt-get install -y chromium)`;
const [DESKTOP, PHONE] = [
  { width: 1280, height: 860 },
  { width: 360, height: 740 },
];

let browser: Browser;
let folder = '';
const file = (name: string): string => path.join(folder, name);

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`;
const failed = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n';

/** Visits that close in every way, half of them over IPv6 with another server. */
function traffic(count: number): Packet[] {
  const packets = Array.from({ length: count }, (_, at) => {
    const talk = conversation({
      clientPort: 10_000 + at,
      serverPort: 8080 + (at % 2),
      ipVersion: at % 2 ? 6 : 4,
      startNs: EPOCH_NS + BigInt(at) * 20_000_000n,
    });
    talk.handshake();
    for (let exchange = 0; exchange < 1 + (at % 6); exchange++) {
      talk
        .wait(5 + at)
        .data('client', get(`/${at}/${exchange}`))
        .wait(3);
      talk.data('server', exchange === 2 ? failed : RESPONSE).ack('client');
    }
    if (at % 5 === 1) talk.data('client', get('/never')).rst('server');
    else if (at % 5 === 2) talk.wait(5_000).close('server');
    else if (at % 5 === 3) talk.close('client');
    return talk.packets;
  });
  return packets.flat().sort((a, b) => Number(a.timeNs - b.timeNs));
}

/** Between addresses that are as long as they can be. */
const longAddresses = (packets: readonly Packet[]): Packet[] =>
  packets.flatMap((packet) => {
    const [source, destination] = [ETHERNET_BYTES + 8, ETHERNET_BYTES + 24];
    if (packet.bytes[ETHERNET_BYTES]! >>> 4 !== 6) return [];
    const bytes = Uint8Array.from(packet.bytes);
    for (const at of [source, destination]) bytes.set(ipv6Address('2001:1db8:1234:5678:9abc:def0:1234:5678'), at);
    return [{ ...packet, bytes }];
  });
const ETHERNET_BYTES = 14;

function hostile(): Packet[] {
  const answer = `HTTP/1.1 200 ${HARM.endOfScript}\r\nServer: ${HARM.markup}\r\nX-Terminal: ${HARM.terminal}\r\nContent-Length: 0\r\n\r\n`;
  return conversation()
    .handshake()
    .data('client', get(`/${HARM.markup.replaceAll(' ', '')}`))
    .data('server', Buffer.from(answer, 'utf8'))
    .rst('server').packets;
}

interface Opened {
  page: Page;
  requests: string[];
  said: string[];
}

async function open(name: string, hash = '', { width, height } = DESKTOP, scheme = 'light'): Promise<Opened> {
  const page = await browser.newPage();
  const [requests, said]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(`${pathToFileURL(file(name))}${hash}`);
  // Its data are unpacked first.
  await page.waitForSelector('main h1');
  return { page, requests, said };
}

const go = async (page: Page, name: string, hash: string): Promise<void> => {
  await page.goto(`${pathToFileURL(file(name))}${hash}`);
};
const texts = (page: Page, selector: string): Promise<string[]> =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent ?? ''));
/** What is typed goes to the time axis. */
const press = async (page: Page, ...keys: readonly Parameters<Page['keyboard']['press']>[0][]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
  await settled(page);
};
/** The time axis draws itself in the next frame. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');

beforeAll(async () => {
  if (!there) return;
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-capture-page-'));
  for (const [name, packets] of Object.entries({
    small: traffic(12),
    many: traffic(1_100),
    long: longAddresses(traffic(12)),
    hostile: hostile(),
    empty: [],
  })) {
    await writeFile(file(`${name}.pcap`), pcap(packets));
    const { code, stderr } = await wirematrix(['analyze', file(`${name}.pcap`), '--html', file(`${name}.html`)]);
    const read = name === 'empty' ? 1 : 0;
    expect([code, stderr]).toEqual([read, expect.stringContaining(`the page is in ${file(`${name}.html`)}`)]);
  }
  const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  browser = await puppeteer.launch({ executablePath: CHROMIUM, headless: true, args: flags, userDataDir: file('profile') });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!there)(`the page of a capture in Chromium${reason}`, () => {
  it('opens without a request of its own, says nothing to the console, and has no view of a run', async () => {
    for (const name of ['small.html', 'many.html', 'empty.html']) {
      const { page, requests, said } = await open(name);
      expect(await texts(page, 'header nav a')).toEqual(['Overview', 'Timeline']);
      for (const hash of ['#/timeline', '#/connection/1', '#/connection/1/9', '#/connection/99999', '#/matrix', '#a/b/c', '#/overview']) {
        await go(page, name, hash);
        expect((await texts(page, 'main h1')).length, hash).toBe(1);
      }
      expect(requests.filter((url) => !url.startsWith(String(pathToFileURL(file(name)))) && !url.startsWith('data:'))).toEqual([]);
      expect(said).toEqual([]);
      await page.close();
    }
  }, 60_000);

  it('shows the facts, a lane for each connection by server, and the values of each server', async () => {
    const { page } = await open('small.html');
    await settled(page);
    expect((await texts(page, 'h1')).join('')).toBe('small.pcap');
    expect((await texts(page, '.facts dd')).slice(2)).toEqual(['180', 'Ethernet', '12', '45']);
    expect(await texts(page, '.lane-server b')).toEqual(['127.0.0.1:8080', '[::1]:8081']);
    expect((await texts(page, '.lane')).length).toBeGreaterThan(8);
    expect((await texts(page, '.lane-label'))[0]).toBe('#0 127.0.0.1:10000 → 127.0.0.1:8080 1 request, still open');
    await page.click('.server summary');
    await page.click('.server .values .link');
    expect((await texts(page, '#inspector h2')).join('')).toMatch(/: \d/);
    await page.close();
  });

  it('leads from a point of a lane to its frame in the ladder, by mouse and by keys alone', async () => {
    const { page } = await open('small.html', '#/timeline');
    await settled(page);
    await page.focus('.timeline-lanes');
    // The third lane of the first server is connection 4; its third event is its first response.
    await press(page, 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight');
    expect((await texts(page, '.timeline-said')).join('')).toMatch(/^#4 · .*200 for GET \/4\/0: 3\.1 ms waiting.*frame \d+/);
    expect((await texts(page, '#live')).join('')).toContain('GET /4/0');
    const frame = /frame (\d+)/.exec((await texts(page, '.timeline-said')).join(''))?.[1];
    await press(page, 'Enter');
    expect(await page.evaluate('location.hash')).toBe(`#/connection/4/${frame}`);
    expect((await texts(page, 'svg .arrow.sought .label')).join('')).toContain('200 OK');
    expect(await page.$eval('svg .arrow.sought', (arrow) => arrow.getBoundingClientRect().top)).toBeGreaterThan(0);
    // Back to where the reader was.
    await page.goBack();
    await settled(page);
    expect((await texts(page, '.chosen-lane')).join('')).toContain('#4 ');
    const box = await (await page.$('.chosen-lane .track-drawing'))?.boundingBox();
    await page.mouse.click((box?.x ?? 0) + 1, (box?.y ?? 0) + 8);
    await settled(page);
    expect(await page.evaluate('location.hash')).toMatch(/^#\/connection\/4\/\d+$/);
    expect((await texts(page, 'svg .arrow.sought .label')).join('')).toBe('SYN');
    expect((await texts(page, '.waterfall tbody tr')).length).toBe(5);
    expect((await texts(page, '.exchange')).length).toBe(5);
    await page.close();
  });

  it('shows the fields and bytes of a frame, of what the page holds, and saves the connection as a capture of its own', async () => {
    const { page } = await open('small.html', '#/connection/4');
    await page.evaluate(
      'globalThis.saved = []; URL.createObjectURL = (blob) => { globalThis.saved.push(blob); return "#"; }; HTMLAnchorElement.prototype.click = () => {};',
    );
    const frame = Number(await page.$eval('.ladder-steps .request', (step) => step.getAttribute('data-first')));
    await page.evaluate(`location.hash = '#/connection/4/${frame}'`);
    await page.waitForSelector('#inspector .fields');
    expect((await texts(page, '#inspector h2')).join('')).toContain(`frame ${frame}`);
    expect((await texts(page, '#inspector .payload')).join('')).toContain('GET /4/0 HTTP/1.1');
    expect((await texts(page, '#inspector')).join('')).toContain(`wireshark -r small.pcap -g ${frame}`);
    expect((await texts(page, 'svg .arrow.sought .label')).join('')).toContain('GET /4/0');
    const [before, after] = await page.$$eval('.frame-ways a', (links) => links.map((link) => Number(link.textContent?.match(/\d+/)?.[0])));
    expect(before).toBeLessThan(frame);
    expect(after).toBeGreaterThan(frame);
    await page.click('#inspector .save');
    await page.waitForFunction('globalThis.saved.length === 1');
    const bytes = await page.evaluate('globalThis.saved[0].arrayBuffer().then((buffer) => [...new Uint8Array(buffer)])');
    const facts = await readCapture(Uint8Array.from(bytes as number[]), () => {});
    // Others are of findings.
    const numbers = facts.frameComments.flatMap(({ text }) => /^frame (\d+) of small\.pcap$/.exec(text)?.slice(1).map(Number) ?? []);
    expect(numbers).toHaveLength(facts.frames);
    expect(numbers).toContain(frame);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('location.hash')).toBe('#/connection/4');
    await page.close();
  });

  it('shows a ladder on a phone as steps that need no sideways scrolling', async () => {
    for (const name of ['small.html', 'long.html']) {
      const { page } = await open(name, '#/connection/1/20', PHONE);
      expect(await page.$eval('figure.ladder svg', (drawing) => drawing.getClientRects().length)).toBe(0);
      expect(await page.$eval('.ladder-steps', (list) => list.scrollWidth - list.clientWidth)).toBeLessThanOrEqual(0);
      const cut = await page.$$eval(
        '.ladder-steps *, .ladder-ends *',
        (all, width) =>
          all
            .filter((one) => !one.classList.contains('visually-hidden'))
            .filter((one) => one.getBoundingClientRect().right > width || one.getBoundingClientRect().left < 0)
            .map((one) => one.textContent),
        PHONE.width,
      );
      expect(cut).toEqual([]);
      // Turned, it is drawn.
      await page.setViewport({ width: 740, height: 360 });
      await page.waitForFunction('document.querySelector("figure.ladder svg").getClientRects().length > 0');
      await page.waitForFunction('!document.querySelector(".ladder .as-text").open');
      await page.close();
    }
  });

  it('zooms by keys, buttons and the wheel, and shows the whole again', async () => {
    const { page } = await open('small.html', '#/timeline');
    await settled(page);
    const range = async (): Promise<string> => (await texts(page, '.timeline-range')).join('');
    const whole = await range();
    await page.focus('.timeline-lanes');
    await press(page, '+');
    const closer = await range();
    expect(closer).not.toBe(whole);
    await page.click('.timeline-tools button[aria-label="Zoom in"]');
    expect(await range()).not.toBe(closer);
    await page.focus('.timeline-lanes');
    await press(page, '0');
    expect(await range()).toBe(whole);
    await press(page, 'End', 'f');
    expect(await range()).not.toBe(whole);
    await press(page, '0');
    const axis = await (await page.$('.timeline-axis'))?.boundingBox();
    await page.mouse.move((axis?.x ?? 0) + 700, (axis?.y ?? 0) + 10);
    await page.mouse.wheel({ deltaY: -400 });
    await settled(page);
    expect(await range()).not.toBe(whole);
    await page.close();
  });

  it('of a thousand connections draws in under a second, scrolls, and stays small', async () => {
    expect((await stat(file('many.html'))).size).toBeLessThan(8e6);
    const { page } = await open('many.html', '#/timeline');
    const session = await page.createCDPSession();
    // Processor time of the page's main thread: other work on the machine doesn't add to it.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.reload();
    await settled(page);
    const seconds = async (): Promise<number> =>
      (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
    const loaded = await seconds();
    expect(loaded).toBeLessThan(1);
    expect((await texts(page, '.note.bound'))[0]).toBe('This page shows the first 1,000 of 1,100 connections.');
    expect((await texts(page, '.lane')).length).toBeLessThan(60);
    await page.focus('.timeline-lanes');
    await press(page, 'End');
    expect((await texts(page, '.lane-client')).join(' ')).toContain('#999 ');
    expect(
      await page.$eval('.timeline-lanes', (box) => box.querySelector('.chosen-lane')?.id === box.getAttribute('aria-activedescendant')),
    ).toBe(true);
    await press(page, ...Array.from({ length: 20 }, () => 'PageUp' as const));
    expect((await seconds()) - loaded).toBeLessThan(1);
    await page.close();
  }, 60_000);

  it.each(['light', 'dark'])(
    'passes the accessibility checker in every view, %s',
    async (scheme) => {
      const axe = await readFile(AXE, 'utf8');
      for (const size of [DESKTOP, PHONE]) {
        const { page } = await open('small.html', '', size, scheme);
        for (const hash of ['#/overview', '#/timeline', '#/connection/1/20']) {
          await go(page, 'small.html', hash);
          await settled(page);
          await page.evaluate(axe);
          const found = await page.evaluate(async () => {
            const checker = (
              globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
            ).axe;
            const { violations } = await checker.run();
            return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
          });
          expect(found, `${hash} ${size.width}`).toEqual([]);
        }
        await page.close();
      }
    },
    120_000,
  );

  it.each(['en', 'zh'])('fits in %s, also with long addresses: nothing but tables scrolls sideways, no text is cut', async (language) => {
    for (const [name, size] of [
      ['small.html', PHONE],
      ['long.html', PHONE],
      ['long.html', DESKTOP],
    ] as const) {
      const { page } = await open(name, '', size);
      await page.select('#language', language);
      for (const hash of ['#/overview', '#/timeline', '#/connection/1/20']) {
        await go(page, name, hash);
        await settled(page);
        const where = `${name}${hash} ${size.width}`;
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), where).toBeLessThanOrEqual(0);
        const parts = '.lane, .lane-server, .lane-label, .lane-label > span, .timeline-said, .facts dd, .timeline-tools button';
        const cut = await page.$$eval(parts, (all) =>
          all
            .filter(
              ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
                scrollWidth > clientWidth + 2 || scrollHeight > clientHeight + 2,
            )
            .map((one) => one.textContent),
        );
        expect(cut, where).toEqual([]);
        const beyond = await page.$$eval(
          '.track-drawing text',
          (all, width) =>
            all
              .filter((one) => one.getBoundingClientRect().right > width || one.getBoundingClientRect().left < 0)
              .map((one) => one.textContent),
          size.width,
        );
        expect(beyond, where).toEqual([]);
      }
      expect(await page.$eval('html', (html) => html.lang)).toBe(language === 'zh' ? 'zh-Hans' : 'en');
      await page.close();
    }
  });

  it('runs nothing that a hostile server sent', async () => {
    const { page, requests, said } = await open('hostile.html');
    for (const hash of ['#/overview', '#/timeline', '#/connection/0/5']) {
      await go(page, 'hostile.html', hash);
      await settled(page);
      for (const details of await page.$$('details')) await details.evaluate((element) => element.setAttribute('open', ''));
      expect(await page.evaluate(() => (globalThis as { harmed?: number }).harmed)).toBeUndefined();
      expect(await page.$$('main script, main img')).toEqual([]);
    }
    expect((await texts(page, '.exchange')).join(' ')).toContain(HARM.markup);
    expect((await texts(page, '.exchange')).join(' ')).toContain('\\x1b]0;owned');
    expect(said).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(String(pathToFileURL(file('hostile.html')))) && !url.startsWith('data:'))).toEqual([]);
    await page.close();
  });
});

describe('analyze --html', () => {
  const shell = (script: string, ...args: readonly string[]) => start(['sh', '-c', script, 'sh', process.execPath, CLI, ...args]).ended;

  it('leaves the text and the JSON as they are, and reads standard input', async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-capture-page-'));
    try {
      const out = path.join(dir, 'new', 'page.html');
      const page: string[] = [];
      for (const flag of ['', '--json']) {
        const plain = await shell('"$1" "$2" analyze "$3" $4', FIXTURE, flag);
        const ended = await shell('"$1" "$2" analyze - $4 --html "$5" < "$3"', FIXTURE, flag, out);
        expect(ended).toEqual({ ...plain, stderr: `wirematrix: the page is in ${out}\n` });
        page.push(await readFile(out, 'utf8'));
      }
      expect(page[0]).toBe(page[1]);
      expect(packedDataOf<PageIndex>(page[0] ?? '', 'index').capture?.frames).toBe(121);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('refuses to replace what is no such page before it reads anything', async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-capture-page-'));
    try {
      const out = path.join(dir, 'mine.html');
      await writeFile(out, 'mine');
      const ended = await shell('"$1" "$2" analyze "$3" --html "$4"', FIXTURE, out);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain(`${out} exists and is not a page of analyze: remove it, or name another file with --html`);
      expect(await readFile(out, 'utf8')).toBe('mine');
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('writes what stands before the damage', async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-capture-page-'));
    try {
      const out = path.join(dir, 'page.html');
      const ended = await shell('head -c 9000 "$3" | "$1" "$2" analyze - --html "$4"', FIXTURE, out);
      expect(ended.stderr).toContain(`the page is in ${out}`);
      expect(packedDataOf<PageIndex>(await readFile(out, 'utf8'), 'index').capture?.undecoded).not.toEqual({});
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
