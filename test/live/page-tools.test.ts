/**
 * What a reader does with the page, in a real browser: choices that the address keeps, search, keys, what can be taken away, print, phone. Its run
 * is made of packets that are written out. Skipped with its reason where Chromium is not installed.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf } from '../../harness/claims/facts.ts';
import { judgeClaims } from '../../harness/claims/index.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { renderHtml } from '../../harness/report/html.ts';
import { sourcesIn } from '../../harness/results/assemble.ts';
import { madeRun } from '../report/made-run.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const AXE = new URL('../../node_modules/axe-core/axe.min.js', import.meta.url);
const there = existsSync(CHROMIUM);
const reason = there ? '' : ` (skipped: ${CHROMIUM} is not there; apt-get install -y chromium)`;

let browser: Browser;
let dir = '';
let profile = '';
let file = '';
const said: string[] = [];

/** Opens the page; what it copies and saves is kept in `taken`. */
async function open(hash = '', width = 1280): Promise<Page> {
  const page = await browser.newPage();
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(String(pathToFileURL(file))) && !/^(?:data|blob):/.test(request.url())) said.push(request.url());
  });
  await page.evaluateOnNewDocument(`
    globalThis.taken = [];
    navigator.clipboard.writeText = async (text) => { taken.push(text); };
    URL.createObjectURL = (blob) => { taken.push(blob.type + ' ' + blob.size); return 'data:,'; };
    HTMLAnchorElement.prototype.click = function () { taken.push(this.download); };
    globalThis.print = () => { taken.push('print'); };
  `);
  await page.setViewport({ width, height: 860 });
  await page.goto(`${pathToFileURL(file)}${hash}`);
  // It is drawn when its data are unpacked.
  await page.waitForSelector('main h1');
  return page;
}

const texts = (page: Page, selector: string): Promise<string[]> =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent ?? ''));
const hashOf = (page: Page): Promise<string> => page.evaluate('location.hash') as Promise<string>;
const taken = (page: Page): Promise<string[]> => page.evaluate('taken') as Promise<string[]>;

/** Presses a button of the open box, and waits until it says that it is done. */
async function take(page: Page, text: string): Promise<void> {
  const buttons = "[...document.querySelectorAll('.take-list button')]";
  await page.evaluate(`${buttons}.find((one) => one.textContent === ${JSON.stringify(text)}).click()`);
  await page.waitForFunction(`${buttons}.some((one) => one.textContent === ${JSON.stringify(`${text} ✓`)})`);
}

beforeAll(async () => {
  if (!there) return;
  const made = await madeRun();
  dir = made.dir;
  const rows = made.run.servers.map((row) => {
    if (row.id === 'other') return { ...row, variantOf: 'plain' };
    return row.id === 'imitation' ? { ...row, modelOf: 'plain', ...sourcesIn('nginx-model') } : row;
  });
  const [first] = made.run.servers;
  if (!first) throw new Error('the run has no server');
  // A server that claims speak of, without a cell.
  const servers = [...rows, { ...first, id: 'nginx', title: 'nginx', skipped: { reason: 'not here', remedy: 'none' } }];
  file = path.join(dir, 'report.html');
  await writeFile(
    file,
    await renderHtml({
      run: { ...made.run, servers },
      found: [],
      judged: judgeClaims(factsOf([], new Map())),
      language: 'en',
      linksOf: ({ capture }: { capture: string }) => ({ capture, har: null }),
      evidenceOf: (one, options) => readEvidence(path.join(dir, one.capture), options),
    }),
  );
  profile = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-tools-'));
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];
  browser = await puppeteer.launch({ executablePath: CHROMIUM, headless: true, args, userDataDir: profile });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  for (const one of [dir, profile]) if (one) await rm(one, { recursive: true, force: true });
});

describe.skipIf(!there)(`the page in a reader's hands${reason}`, () => {
  it('keeps sort, baseline, columns, filter, folding and language in the address', async () => {
    const page = await open('#/matrix');
    await page.select('#columns', 'all');
    await page.select('#baseline', String(await page.evaluate("document.getElementById('baseline').options[1].value")));
    await page.click('[id="sort-close.idle-ms"]');
    await page.click('.fold');
    await page.select('#language', 'zh');
    const hash = await hashOf(page);
    for (const part of ['columns=all', 'baseline=', 'sort=close.idle-ms', 'open=', 'lang=zh']) expect(hash).toContain(part);
    const before = await texts(page, '.matrix tr');
    await page.close();
    const again = await open(hash);
    expect(await texts(again, '.matrix tr')).toEqual(before);
    expect(await again.$eval('html', (html) => html.lang)).toBe('zh-Hans');
    await again.select('#language', 'en');
    expect(await hashOf(again)).not.toContain('lang=');
    await again.close();
  });

  it('folds variants under their server, counts only what it shows, and keeps the baseline in sight', async () => {
    const page = await open('#/matrix');
    const servers = await texts(page, '.matrix tbody .row-head > a');
    expect(servers).not.toContain('other');
    expect((await texts(page, '.count')).join('')).toContain(`${servers.length} of `);
    await page.focus('.fold');
    await page.keyboard.press('Enter');
    expect(await texts(page, '.matrix tbody .row-head > a')).toContain('other');
    expect(await page.evaluate('document.activeElement.className')).toBe('fold');
    const place = (): Promise<number> => page.$eval('.matrix thead .row', (row) => row.getBoundingClientRect().top);
    const before = await place();
    await page.$eval('.matrix-scroll', (box) => {
      box.style.maxHeight = '9rem';
      box.scrollTop = 60;
    });
    expect(await page.$eval('.matrix-scroll', (box) => box.scrollTop)).toBeGreaterThan(0);
    expect(await place()).toBe(before);
    await page.close();
  });

  it('answers a question with the columns that belong to it', async () => {
    const page = await open('#/matrix');
    await page.click('#choose-columns');
    await page.evaluate("[...document.querySelectorAll('.asked button')].find((one) => one.textContent.includes('closes first')).click()");
    await page.click('.column-box .primary');
    const columns = await page.$$eval('.matrix .sort', (all) => all.map((one) => one.id));
    expect(columns.length).toBeGreaterThan(1);
    expect(columns.every((id) => id.startsWith('sort-close.'))).toBe(true);
    await page.close();
  });

  it('opens a matrix from its link, that of every client and scenario', async () => {
    const page = await open();
    const choices = await page.evaluate("[...document.getElementById('client').options].map((one) => one.value)");
    expect((choices as string[]).length).toBeGreaterThan(1);
    await page.select('#client', (choices as string[]).at(-1) as string);
    const link = await hashOf(page);
    expect(link).toMatch(/^#\/matrix\/(?!chromium\/)/);
    const again = await open(link);
    expect(await hashOf(again)).toBe(link);
    expect(await texts(again, 'h1')).toEqual(await texts(page, 'h1'));
    await page.close();
    await again.close();
  });

  it('reaches a value in a few keys, and says which keys there are', async () => {
    const page = await open();
    await page.keyboard.press('/');
    await page.keyboard.type('plain idle before');
    expect((await texts(page, '.hit')).join(' ')).toContain('plain, idle time before the close: 6');
    await page.keyboard.press('Enter');
    expect(await hashOf(page)).toMatch(/^#plain\//);
    expect((await texts(page, '#inspector')).join('')).toContain('frame');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect((await texts(page, '.keys kbd')).length).toBeGreaterThan(5);
    const close = async (): Promise<void> => {
      await page.keyboard.press('Escape');
      await page.waitForFunction("document.querySelector('dialog') === null");
    };
    await close();
    for (const [sought, kind] of [
      ['x-markdown', 'header'],
      ['short connections', 'claim'],
    ] as const) {
      await page.keyboard.press('/');
      await page.keyboard.type(sought);
      expect((await texts(page, '.hit')).length, kind).toBeGreaterThan(0);
      await close();
    }
    await page.close();
  });

  it('groups one observation by value', async () => {
    const page = await open('#/observation/close.first/first-visit');
    const groups = await texts(page, '.value-groups > div');
    expect(groups.find((text) => text.startsWith('server'))).toContain('plain');
    await page.close();
  });

  it('says of a claim that it was not tested, and which command tests it', async () => {
    const page = await open('#/claims/S4.4');
    expect((await texts(page, 'main')).join('')).toContain('npm run section-four');
    expect(await page.evaluate("document.getElementById('claim-S4.4').open")).toBe(true);
    await page.close();
  });

  it('explains a model where it stands, and gives the focus back', async () => {
    const page = await open('#/matrix');
    await page.focus('button.badge.model');
    await page.keyboard.press('Enter');
    expect((await texts(page, '.about-box')).join('')).toMatch(/100\.0 % of \d+ values/);
    expect(await page.$$eval('.sources a', (all) => all.length)).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await page.waitForFunction("document.activeElement.classList.contains('badge')");
    await page.close();
  });

  it('opens the matrix that the address names, also from another one', async () => {
    const page = await open('#/matrix/probe/idle-used');
    const title = "document.querySelector('main h1').textContent";
    expect(await page.evaluate(title)).toContain('Direct questions');
    await page.evaluate("location.hash = '/matrix/chromium/first-visit'");
    await page.waitForFunction(`${title}.includes('Chromium')`);
    await page.goBack();
    await page.waitForFunction(`${title}.includes('Direct questions')`);
    expect(await hashOf(page)).toBe('#/matrix/probe/idle-used');
    await page.close();
  });

  it('lets a view, a row and a cell be taken away', async () => {
    const page = await open('#/matrix');
    await page.click('.take-row');
    expect((await taken(page)).at(-1)).toMatch(/^\*\*.*\n\n\| Observation \| Value \| Frames \|\n/);
    await page.keyboard.press('t');
    for (const text of ['Copy the link', 'Copy as Markdown', 'Save as CSV', 'Save as PNG']) await take(page, text);
    const got = (await taken(page)).join('\n');
    expect(got).toContain('#/matrix/chromium/first-visit');
    expect(got).toContain('| most servers |');
    expect(got).toMatch(/text\/csv \d+/);
    expect(got).toMatch(/image\/png \d{4,}/);
    await page.goto(`${pathToFileURL(file)}#plain/chromium/first-visit`);
    // A cell is drawn when its details are unpacked.
    await page.waitForSelector('#cell-title');
    await page.evaluate('taken.length = 0');
    await page.click('#take-away');
    expect((await texts(page, '.curl-list code'))[0]).toMatch(/^curl -i --path-as-is --http1\.1 .*'http:\/\/127\.0\.0\.1:8080\/'$/);
    for (const text of ['Save as HAR', 'Save as PNG']) await take(page, text);
    expect((await taken(page)).filter((one) => /^(?:application\/json|image\/png) \d{3,}/.test(one)).length).toBe(2);
    await page.close();
  });

  it('prints every row and column', async () => {
    const page = await open('#/matrix/chromium/first-visit?columns=all');
    const columns = await page.$$eval('.matrix .sort', (all) => all.length);
    await page.emulateMediaType('print');
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect((await texts(page, '.print-parts .sort')).length).toBe(columns);
    expect((await texts(page, '.print-parts table:first-child tbody th')).join(' ')).toContain('other');
    expect((await texts(page, 'main h1')).join('')).toContain('Chromium');
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.$('.print-parts')).toBeNull();
    await page.close();
  });

  it.each([320, 390, 640])('stacks at a width of %i', async (width) => {
    const page = await open('#/matrix', width);
    expect((await texts(page, '.matrix-cards > li')).length).toBeGreaterThan(3);
    expect(await page.$('.matrix')).toBeNull();
    for (const hash of ['#/matrix', '#/observation/close.first', '#/claims/S4.4', '#plain/chromium/first-visit']) {
      await page.goto(`${pathToFileURL(file)}${hash}`);
      if (!hash.startsWith('#/')) await page.waitForSelector('#cell-title');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), hash).toBeLessThanOrEqual(0);
    }
    await page.close();
  });

  it('passes the accessibility checker in its boxes', async () => {
    const page = await open('#/matrix');
    const axe = await readFile(AXE, 'utf8');
    const opened = ["'open-search'", "'open-help'", "'take-away'", "'choose-columns'"].map(
      (id) => `document.getElementById(${id}).click()`,
    );
    for (const step of [...opened, "document.querySelector('button.badge.model').click()", "location.hash = '/claims/S4.1'"]) {
      await page.evaluate(step);
      if (step.includes('open-search')) await page.keyboard.type('plain');
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const { violations } = await checker.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
      });
      expect(found, step).toEqual([]);
    }
    await page.close();
  }, 60_000);

  it('said nothing to the console, and asked for nothing', () => {
    expect(said).toEqual([]);
  });
});
