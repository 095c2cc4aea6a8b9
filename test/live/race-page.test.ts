/** The page of a race in a real browser, from a race that is made of packets. Skipped with its reason where Chromium is not installed. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capturesIn, raceReports } from '../../harness/report/race/race-files.ts';
import { madeRace } from '../report/made-race.ts';
import { HARM } from '../report/made-run.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const AXE = new URL('../../node_modules/axe-core/axe.min.js', import.meta.url);
const there = existsSync(CHROMIUM);
const reason = there ? '' : ` (skipped: ${CHROMIUM} is not there; apt-get install -y chromium)`;
const PAIR = '#/pair/nginx-proxy-keepalive/express';
const VIEWS = ['#/race', '#/habits', '#/documents', PAIR, '#/pair/nginx-proxy-keepalive/express-keepalive-65s'];

let browser: Browser;
let folder: string;
let file: string;

interface Opened {
  page: Page;
  requests: string[];
  said: string[];
}

async function open(hash = '', { width = 1280, height = 860, scheme = 'light' } = {}): Promise<Opened> {
  const page = await browser.newPage();
  const [requests, said]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await go(page, hash);
  return { page, requests, said };
}

/** Opens a view, which is drawn when the page has unpacked its data. */
const go = async (page: Page, hash: string): Promise<void> => {
  await page.goto(`${pathToFileURL(file)}${hash}`);
  await page.waitForSelector('main h1');
};
const texts = (page: Page, selector: string): Promise<string[]> =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent ?? ''));

beforeAll(async () => {
  if (!there) return;
  const { dir, result } = await madeRace();
  folder = dir;
  file = path.join(dir, 'race.html');
  result.servers[0]!.summary = HARM.markup;
  for await (const one of raceReports(result, capturesIn(dir), 'en')) await writeFile(path.join(dir, one.path), one.content);
  const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  browser = await puppeteer.launch({ executablePath: CHROMIUM, headless: true, args: flags, userDataDir: path.join(dir, 'profile') });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!there)(`the page of a race in Chromium${reason}`, () => {
  it('asks for nothing, says nothing to the console, and runs nothing that a server is called', async () => {
    const { page, requests, said } = await open();
    expect(await texts(page, 'header nav a')).toEqual(['Race', 'Habits', 'Documents']);
    for (const hash of [...VIEWS, '#/pair/no/such']) {
      await go(page, hash);
      expect((await texts(page, 'main h1')).length, hash).toBe(1);
    }
    expect(requests.filter((url) => !url.startsWith(String(pathToFileURL(file))) && !url.startsWith('data:'))).toEqual([]);
    expect(said).toEqual([]);
    expect(await page.evaluate(() => (globalThis as { harmed?: number }).harmed)).toBeUndefined();
    await page.close();
  });

  it('leads from the matrix to the ladders of a pair, by keyboard alone', async () => {
    const { page } = await open();
    expect(await texts(page, '.matrix tbody th')).toEqual([expect.stringContaining('nginx, keepalive')]);
    expect(await texts(page, 'td.race-lost a')).toEqual(['✕GET repeated, POST lost 1/1']);
    expect(await texts(page, 'td.race-safe a')).toEqual(['✓safe']);
    await page.focus('.matrix td.value[tabindex="0"]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForSelector('main.view-pair');
    expect(await page.evaluate('location.hash')).toBe(PAIR);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await page.close();
  });

  it('shows in which frame the request crossed the close, and what the client got', async () => {
    const { page } = await open(PAIR);
    const post = (await texts(page, '.part.example-post')).join(' ');
    const [, request, close, reset] = /frame (\d+) is the request, frame (\d+) the server's close.*frame (\d+) the RST/.exec(post) ?? [];
    expect(Number(close)).toBeGreaterThan(Number(request));
    expect(post).toContain(`frame.number in {${request}, ${close}, ${reset}}`);
    expect((await texts(page, '#example-post-race .sought')).join(' ')).toContain('POST /?aimed-1-1');
    expect((await texts(page, '#example-post-race svg')).join(' ')).toContain('RST');
    expect((await texts(page, '#example-post-client svg')).join(' ')).toContain('502');
    expect((await texts(page, '#example-get-repeat svg')).join(' ')).toContain('GET /?aimed-1-2');
    expect((await texts(page, '.remedy')).join(' ')).toContain('keepAliveTimeout');
    await page.close();
  });

  it('keeps what the reader chose to see, and speaks Chinese', async () => {
    const { page } = await open();
    await page.select('#race-show', 'library');
    expect(await texts(page, '.matrix tbody th')).toEqual([]);
    await page.select('#race-show', 'racing');
    expect((await texts(page, '.matrix tbody th')).length).toBe(1);
    await page.select('#language', 'zh');
    expect((await texts(page, 'h1')).join('')).toBe('空闲连接关闭竞态');
    expect((await texts(page, '.matrix tbody th')).length).toBe(1);
    await page.select('#language', 'en');
    await page.close();
  });

  it.each(['light', 'dark'])(
    'passes the accessibility checker in every view, %s',
    async (scheme) => {
      const { page } = await open('', { scheme });
      const axe = await readFile(AXE, 'utf8');
      for (const hash of VIEWS) {
        await go(page, hash);
        await page.evaluate(axe);
        const found = await page.evaluate(async () => {
          const checker = (
            globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
          ).axe;
          const { violations } = await checker.run();
          return violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .slice(0, 3)
                .map((node) => node.html.slice(0, 160))
                .join(' | ')}`,
          );
        });
        expect(found, hash).toEqual([]);
      }
      await page.close();
    },
    120_000,
  );

  it('fits a phone: nothing but the tables scrolls sideways', async () => {
    const { page } = await open('', { width: 375, height: 740 });
    for (const hash of VIEWS) {
      await go(page, hash);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), hash).toBeLessThanOrEqual(0);
    }
    await page.close();
  });
});
