/**
 * The page in a real browser: a fresh run where lanes can run here, otherwise one made of packets that are written out; one of a hostile
 * server; and a full one of 522 cells for time and size. Skipped with its reason where Chromium is not installed.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellFacts, factsOf } from '../../harness/claims/facts.ts';
import { judgeClaims } from '../../harness/claims/index.ts';
import { parseRunResult, type RunResult, writtenRun } from '../../harness/compare/run-result.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { cellId, type Evidence } from '../../harness/model.ts';
import { renderHtml } from '../../harness/report/html.ts';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { HARM, madeRun } from '../report/made-run.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const AXE = new URL('../../node_modules/axe-core/axe.min.js', import.meta.url);
const SCREENSHOTS = path.join(import.meta.dirname, '../../results/screenshots');

const run = promisify(execFile);
const there = existsSync(CHROMIUM);
const reason = there ? '' : ` (skipped: ${CHROMIUM} is not there; apt-get install -y chromium)`;

let browser: Browser;
let folder = '';
let fresh = '';
let hostile = '';
/** The fresh run, which says what the page must show. */
let ran: RunResult;
let cell = '';

interface Opened {
  page: Page;
  requests: string[];
  said: string[];
}

async function open(file: string, hash = '', { width = 1280, height = 860, scheme = 'light' } = {}): Promise<Opened> {
  const page = await browser.newPage();
  const [requests, said]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('dialog', (dialog) => {
    said.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await go(page, file, hash);
  return { page, requests, said };
}

/** A cell of the fresh run to set `cell` beside. */
const beside = (): string => cell.replace(/^\w+/, cell.startsWith('express') ? 'koa' : 'other');

/** Opens a view. That of a cell is drawn when its details are unpacked. */
async function go(page: Page, file: string, hash: string): Promise<void> {
  await page.goto(`${pathToFileURL(file)}${hash}`);
  await page.waitForSelector('main h1');
  if (/^#\w/.test(hash)) await page.waitForSelector('main.view-cell h1');
  if (/^#\w.*\/\d+$/.test(hash)) await page.waitForSelector('#inspector .fields');
  if (hash.startsWith('#/beside/')) await page.waitForSelector('main.view-beside .lane');
}

/**
 * Sentences in English: three words in a row in what a reader sees, outside of code, of what came from the wire, and of what is marked as English.
 * @param selector of what is looked through
 */
const englishIn = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate(`(() => {
    const same = 'code, pre, [lang="en"], .heads, .exchange > summary, svg, select, .what, .label, .sha, .lane, .visually-hidden, a[href^="#/idle/"]';
    const found = [];
    for (const element of document.querySelectorAll(${JSON.stringify(selector)})) {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { parentElement, textContent } = walker.currentNode;
        const text = textContent.replace(/npm run [\\w-]+|\`[^\`]*\`|"[^"]*"|“[^”]*”/g, '·');
        if (!parentElement.closest(same) && /(?:\\b[A-Za-z][a-z']+[ ,;:]+){2,}[a-z][a-z']+/.test(text)) found.push(text.slice(0, 120));
      }
    }
    return found;
  })()`) as Promise<string[]>;

const texts = (page: Page, selector: string): Promise<string[]> =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent ?? ''));

/** Runs some cells in lanes. @returns the folder of the run */
async function freshRun(): Promise<string> {
  const dir = path.join(folder, 'fresh');
  const how = await isolation();
  const backend = await selectBackend('auto', how);
  if (how.kind !== 'network-namespace' || 'skipped' in backend) {
    const made = await madeRun();
    await cp(made.dir, dir, { recursive: true });
    await rm(made.dir, { recursive: true });
    await writeFile(path.join(dir, 'run.json'), JSON.stringify(writtenRun(made.run)));
    return dir;
  }
  const options = [
    '--servers',
    'node-http,express,koa,fastify,python-http',
    '--clients',
    'chromium,probe',
    '--quick',
    '--out',
    dir,
    '--reporter',
    'json,har',
  ];
  const scenarios = ['--scenarios', 'first-visit,revisit,idle-used,idle-unused,conditional'];
  await run(process.execPath, [compiledProgram('harness/cli.ts'), 'compare', ...options, ...scenarios]);
  return dir;
}

async function evidenceOfAll(dir: string, { cells }: RunResult): Promise<Map<string, Evidence>> {
  const found = new Map<string, Evidence>();
  for (const one of cells) if (one.state === 'observed') found.set(cellId(one), await readEvidence(path.join(dir, one.capture)));
  return found;
}

async function writeReport(dir: string, result: RunResult): Promise<string> {
  const file = path.join(dir, 'report.html');
  await writeFile(
    file,
    await renderHtml({
      run: result,
      found: [],
      judged: judgeClaims(factsOf(cellFacts(result, await evidenceOfAll(dir, result)), new Map())),
      language: 'en',
      linksOf: ({ capture }: { capture: string }) => ({ capture, har: null }),
      evidenceOf: (one, options) => readEvidence(path.join(dir, one.capture), options),
      captureOf: (one) => readFile(path.join(dir, one.capture)),
    }),
  );
  return file;
}

beforeAll(async () => {
  if (!there) return;
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-page-'));
  const dir = await freshRun();
  const file = path.join(dir, 'run.json');
  ran = parseRunResult(JSON.parse(await readFile(file, 'utf8')), file);
  fresh = await writeReport(dir, ran);
  cell = ran.cells.some(({ server }) => server === 'express') ? 'express/chromium/first-visit' : 'plain/chromium/first-visit';
  const made = await madeRun();
  hostile = await writeReport(made.dir, made.run);
  const flags = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  browser = await puppeteer.launch({ executablePath: CHROMIUM, headless: true, args: flags, userDataDir: path.join(folder, 'profile') });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  for (const dir of [folder, hostile && path.dirname(hostile)]) if (dir) await rm(dir, { recursive: true, force: true });
});

describe.skipIf(!there)(`the report in Chromium${reason}`, () => {
  it('opens without a request of its own and says nothing to the console', async () => {
    const { page, requests, said } = await open(fresh);
    const links = await page.$$eval('nav[aria-label] a', (all) => all.map((link) => link.getAttribute('href') ?? ''));
    for (const hash of [...links, `#${cell}`]) {
      await go(page, fresh, hash);
      expect((await texts(page, 'main h1')).length, hash).toBe(1);
    }
    expect(requests.filter((url) => !url.startsWith(String(pathToFileURL(fresh))) && !url.startsWith('data:'))).toEqual([]);
    expect(said).toEqual([]);
    await page.close();
  });

  it('shows the matrix, filters it, sorts it and compares with the row that is chosen', async () => {
    const { page } = await open(fresh);
    const servers = await texts(page, '.matrix tbody th a');
    expect(servers.length).toBeGreaterThanOrEqual(4);
    await page.type('#filter', servers[1] ?? '');
    expect((await texts(page, '.matrix tbody th a')).every((name) => name.includes(servers[1] ?? '?'))).toBe(true);
    expect(await page.evaluate('document.activeElement.id')).toBe('filter');
    await page.evaluate(
      "document.getElementById('filter').value = ''; document.getElementById('filter').dispatchEvent(new Event('input'))",
    );
    await page.click('.matrix thead .sort');
    expect(await page.$$eval('[aria-sort="ascending"]', (all) => all.length)).toBe(1);
    const baseline = String(await page.evaluate("document.getElementById('baseline').options[2].value"));
    await page.select('#baseline', baseline);
    expect(await page.$$eval('.is-baseline', (all) => all.length)).toBe(1);
    expect(await page.$$eval('.is-baseline td.differs', (all) => all.length)).toBe(0);
    expect(await page.$$eval('td.differs', (all) => all.length)).toBeGreaterThan(0);
    await page.close();
  });

  it('shows a difference in words with its frames, by keyboard alone', async () => {
    const { page } = await open(fresh);
    await page.focus('.matrix td.value[tabindex="0"]');
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowDown'] as const) await page.keyboard.press(key);
    expect(await page.evaluate('document.activeElement.className')).toContain('value');
    await page.keyboard.press('Enter');
    const [panel] = await texts(page, '#inspector');
    expect(panel).toMatch(/has|:/);
    expect(await page.$eval('#inspector .open-cell', (link) => link.getAttribute('href'))).toMatch(/^#[^/]+\/[^/]+\/[^/]+$/);
    await page.keyboard.press('Escape');
    expect(await page.evaluate("document.getElementById('inspector').hidden")).toBe(true);
    expect(await page.evaluate('document.activeElement.className')).toContain('value');
    await page.close();
  });

  it('follows a permalink to a cell: story, ladders, waterfall, heads, values', async () => {
    const { page } = await open(fresh, `#${cell}`);
    const row = ran.cells.find(({ server, client, scenario }) => `${server}/${client}/${scenario}` === cell);
    if (row?.state !== 'observed') throw new Error(`${cell} was not observed`);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    expect((await texts(page, '.story li')).length).toBeGreaterThan(3);
    expect((await texts(page, 'figure.ladder')).length).toBe(row.connections.length);
    const drawing = (await texts(page, 'figure.ladder svg')).join(' ');
    for (const word of ['SYN', 'ESTABLISHED', 'GET /', '200 OK']) expect(drawing).toContain(word);
    expect((await texts(page, '.waterfall tbody tr')).length).toBe(row.exchanges.length);
    expect((await texts(page, '.exchange')).length).toBe(row.exchanges.length);
    expect((await texts(page, '.line.differs, .line.added, .line.missing')).length).toBeGreaterThan(0);
    expect((await texts(page, '.values tbody tr')).length).toBe(Object.keys(row.values).length);
    const [first] = row.exchanges;
    expect((await texts(page, '.values')).join(' ')).toContain('frame.number');
    expect((await texts(page, '.ladder .frame')).join(' ')).toContain(String(first?.requestFrames?.[0]));
    for (const href of await page.$$eval('.files a', (links) => links.map((link) => link.getAttribute('href') ?? ''))) {
      expect(href).toMatch(/^(captures|har)\/[\w/.-]+$/);
    }
    await page.goto(`${pathToFileURL(fresh)}#no/such/cell`);
    await page.waitForFunction("document.querySelector('main h1').textContent.includes('no such cell')");
    await page.close();
  });

  it('is in Chinese where the reader wants it, and stays so', async () => {
    const { page } = await open(fresh, `#${cell}`);
    await page.select('#language', 'zh');
    expect(await page.$eval('html', (html) => html.lang)).toBe('zh-Hans');
    expect((await texts(page, 'h2')).join(' ')).toContain('瀑布图');
    expect((await texts(page, '.story')).join(' ')).toMatch(/建立 \d+ 条连接/);
    await page.reload();
    await page.waitForSelector('#cell-title');
    expect((await texts(page, 'h2')).join(' ')).toContain('瀑布图');
    await page.select('#language', 'en');
    await page.close();
  });

  it.each(['light', 'dark'])(
    'passes the accessibility checker in every view, %s',
    async (scheme) => {
      const { page } = await open(fresh, '', { scheme });
      const views = [
        '#/matrix',
        `#${cell}`,
        `#${cell}/5`,
        `#/beside/${cell}/${beside()}`,
        '#/observation/close.first',
        '#/idle',
        '#/segments',
        '#/claims',
      ];
      // The policy keeps foreign scripts out: the checker comes in over the debugger.
      const axe = await readFile(AXE, 'utf8');
      for (const hash of views) {
        await go(page, fresh, hash);
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
    const { page } = await open(fresh, '', { width: 375, height: 740 });
    for (const hash of [
      '#/matrix',
      `#${cell}`,
      `#${cell}/5`,
      `#/beside/${cell}/${beside()}`,
      '#/observation/close.first',
      '#/idle',
      '#/segments',
    ]) {
      await go(page, fresh, hash);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), hash).toBeLessThanOrEqual(0);
    }
    await page.close();
  });

  it('says everything in Chinese, but for names, code and what came from the wire', async () => {
    const { page } = await open(fresh, '?lang=zh');
    const observations = ran.observations.map(({ id }) => `#/observation/${id}?lang=zh`);
    const views = [
      '#/matrix',
      `#${cell}`,
      `#/beside/${cell}/${beside()}`,
      '#/idle',
      '#/segments',
      '#/claims',
      '#/findings',
      ...observations,
    ];
    for (const hash of views) {
      await go(page, fresh, hash.includes('?') ? hash : `${hash}?lang=zh`);
      for (const details of await page.$$('details')) await details.evaluate((element) => element.setAttribute('open', ''));
      expect(await englishIn(page, 'main'), hash).toEqual([]);
    }
    // The panel of a value, and what explains a model or an emulated browser.
    await go(page, fresh, `#${cell}?lang=zh`);
    await page.click('.badge.emulated, .badge.model');
    await page.waitForSelector('dialog[open]');
    expect(await englishIn(page, 'dialog[open]')).toEqual([]);
    await page.close();
  }, 120_000);

  it('runs nothing that a hostile server sent', async () => {
    const { page, requests, said } = await open(hostile, '#evil/chromium/first-visit');
    for (const details of await page.$$('details')) await details.evaluate((element) => element.setAttribute('open', ''));
    expect(await page.evaluate(() => (globalThis as { harmed?: number }).harmed)).toBeUndefined();
    expect(await page.$$('main script, main img')).toEqual([]);
    expect((await texts(page, '.exchange')).join(' ')).toContain(HARM.markup);
    expect((await texts(page, '.exchange')).join(' ')).toContain('\\x1b]0;owned');
    expect((await texts(page, 'h1')).join('')).toContain('evil\\u202egnp');
    await page.goto(`${pathToFileURL(hostile)}#/matrix`);
    expect(await page.evaluate(() => (globalThis as { harmed?: number }).harmed)).toBeUndefined();
    expect(said).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(String(pathToFileURL(hostile))) && !url.startsWith('data:'))).toEqual([]);
    await page.close();
  });

  it('opens a frame from its link: fields, bytes, its arrow; and saves the capture, which tshark reads', async () => {
    const { page, requests, said } = await open(fresh, `#${cell}`);
    const row = ran.cells.find(({ server, client, scenario }) => `${server}/${client}/${scenario}` === cell);
    if (row?.state !== 'observed') throw new Error(`${cell} was not observed`);
    const frame = row.exchanges[0]?.responseFrames?.[0] ?? 0;
    await page.click(`.waterfall .frame-link, .heads .frame-link[data-frame="${frame}"]`);
    await page.waitForSelector('#inspector .fields');
    await page.click(`.heads .frame-link[data-frame="${frame}"]`);
    await page.waitForFunction(`document.querySelector('#inspector-title').textContent.startsWith('frame ${frame} ')`);
    expect(await page.evaluate('location.hash')).toBe(`#${cell}/${frame}`);
    expect(await page.$eval('#inspector .payload', (text) => text.textContent)).toMatch(/^HTTP\/1\.[01] 200 OK\n/);
    expect((await texts(page, '#inspector .fields')).join(' ')).toMatch(/tcp\.seq1 /);
    expect((await texts(page, '#inspector .hex')).join(' ')).toContain('48 54 54 50 2f 31');
    expect((await texts(page, '#inspector code')).join(' ')).toContain(`-g ${frame}`);
    expect((await texts(page, '.arrow.sought')).join(' ')).toContain('200 OK');
    await page.focus('#inspector .fields tr[tabindex]');
    expect(await page.$$eval('#inspector mark', (all) => all.length)).toBeGreaterThan(0);

    const saved = path.join(folder, 'saved');
    const session = await page.createCDPSession();
    await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: saved, eventsEnabled: true });
    const done = new Promise<void>((resolve) => {
      session.on('Browser.downloadProgress', ({ state }) => state === 'completed' && resolve());
    });
    await page.click('#inspector .save');
    await done;
    const [file = ''] = await readdir(saved);
    const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'frame.len', '-e', 'frame.cap_len', '-e', 'tcp.seq'];
    const read = async (capture: string): Promise<string[][]> => {
      const { stdout } = await run('tshark', ['-r', capture, ...fields], { maxBuffer: 1e8 });
      return stdout.split('\n').map((line) => line.split('\t'));
    };
    const [mine, whole] = [await read(path.join(saved, file)), await read(path.join(path.dirname(fresh), row.capture))];
    const withoutCut = (lines: string[][]): string[][] => lines.map(([number = '', length = '', , seq = '']) => [number, length, seq]);
    expect(withoutCut(mine)).toEqual(withoutCut(whole));
    expect(mine.some(([, length, captured]) => Number(captured) < Number(length))).toBe(true);
    const again = await readEvidence(path.join(saved, file));
    const heads = ({ exchanges }: typeof again): unknown[] => exchanges.map((one) => [one.request?.headers, one.response?.headers]);
    expect(heads(again)).toEqual(heads(await readEvidence(path.join(path.dirname(fresh), row.capture))));
    const comments = again.capture.frameComments.map((one) => one.text).join('\n');
    expect(comments).toContain('connections.opened (');
    expect(comments).toContain('wirematrix step first-visit');

    await page.keyboard.press('Escape');
    expect(await page.evaluate('location.hash')).toBe(`#${cell}`);
    expect(said).toEqual([]);
    expect(requests.filter((url) => !/^(?:file|data|blob):/.test(url))).toEqual([]);
    await page.close();
  });

  it('shows idle times whole at every width, and who races the load balancer that is chosen', async () => {
    const { page } = await open(fresh, '#/idle', { width: 375, height: 740 });
    const clipped = "[...document.querySelectorAll('.idle .number')].filter((one) => one.scrollWidth > one.clientWidth).length";
    expect((await texts(page, '.idle .number')).length).toBeGreaterThan(3);
    expect(await page.evaluate(clipped)).toBe(0);
    await page.setViewport({ width: 1280, height: 860 });
    expect(await page.evaluate(clipped)).toBe(0);
    await page.select('#front', 'aws-alb');
    await page.waitForSelector('.prediction');
    expect(await page.evaluate('location.hash')).toBe('#/idle/aws-alb');
    // Each of these servers closes after 5 to 6 s, or is open when the watch of 8 s ends; the load balancer keeps a connection for 60 s.
    expect((await texts(page, '.prediction.races')).length).toBeGreaterThan(0);
    expect(await page.$$eval('.idle-bar .front.chosen', (all) => all.length)).toBe((await texts(page, '.idle-bar')).length);
    await page.close();
  });

  it('sets any two cells side by side: one time axis, what differs in words, the address keeps it', async () => {
    const { page, said } = await open(fresh, `#${cell}`);
    const other = ran.cells.find(({ server, client, scenario }) => `${server}/${client}/${scenario}` === beside());
    if (other?.state !== 'observed') throw new Error(`${beside()} was not observed`);
    await page.select('#cell-beside', `#/beside/${cell}/${beside()}`);
    await page.waitForSelector('main.view-beside .timeline .lane');
    const row = ran.cells.find(({ server, client, scenario }) => `${server}/${client}/${scenario}` === cell);
    const lanes = (row?.state === 'observed' ? row.connections.length : 0) + other.connections.length;
    expect(await page.$$eval('.lane', (all) => Number(all[0]?.getAttribute('aria-setsize')))).toBe(lanes);
    expect((await texts(page, '.lane-server')).length).toBe(2);
    expect((await texts(page, '.part.values tbody tr')).length).toBeGreaterThan(10);
    expect((await texts(page, '.part.requests tbody tr')).length).toBeGreaterThanOrEqual(other.exchanges.length);
    await page.focus('.timeline-lanes');
    for (const key of ['r', 'ArrowDown', 'ArrowRight', 'Enter'] as const) await page.keyboard.press(key);
    await page.waitForSelector('#cell-title');
    await page.goBack();
    await page.waitForSelector('main.view-beside');
    await page.click('.swap');
    await page.waitForFunction(`location.hash === '#/beside/${beside()}/${cell}'`);
    await page.reload();
    await page.waitForSelector('main.view-beside .lane');
    expect(said).toEqual([]);
    await page.close();
  });

  it('of a full run of 522 cells loads in under a second and has less than 8 MB', async () => {
    const dir = path.dirname(fresh);
    const full = fullRun(ran, 522);
    const file = path.join(dir, 'full.html');
    await writeFile(
      file,
      await renderHtml({
        run: full,
        found: [],
        language: 'en',
        linksOf: ({ capture }: { capture: string }) => ({ capture, har: null }),
        evidenceOf: (one, options) => readEvidence(path.join(dir, one.capture), options),
        captureOf: (one) => readFile(path.join(dir, one.capture)),
      }),
    );
    expect((await stat(file)).size).toBeLessThan(8e6);
    const { page } = await open(file);
    const session = await page.createCDPSession();
    // Processor time of the page's main thread: other work on the machine doesn't add to it.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.reload();
    const { metrics } = await session.send('Performance.getMetrics');
    expect((await texts(page, '.matrix tbody tr')).length).toBeGreaterThan(15);
    const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(1);
    await page.close();
  }, 120_000);

  // No test: asked for, it renews the pictures of the README.
  if (process.env.UPDATE_SCREENSHOTS === '1')
    it('makes the screenshots', async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      const { page } = await open(fresh, '', { width: 1280, height: 640 });
      await page.screenshot({ path: path.join(SCREENSHOTS, 'matrix.png') });
      await page.setViewport({ width: 1080, height: 800 });
      await page.goto(`${pathToFileURL(fresh)}#${cell}`);
      await (await page.$('figure.ladder'))?.screenshot({ path: path.join(SCREENSHOTS, 'ladder.png') });
      await page.setViewport({ width: 390, height: 780 });
      await page.goto(`${pathToFileURL(fresh)}#/matrix`);
      await page.screenshot({ path: path.join(SCREENSHOTS, 'phone.png') });
      await page.close();
    });
});

/** A run of that many cells, each a copy of an observed cell under another server's name. */
function fullRun(small: RunResult, wanted: number): RunResult {
  const observed = small.cells.filter((one) => one.state === 'observed');
  const places = new Set(observed.map(({ client, scenario }) => `${client}/${scenario}`)).size;
  const names = Array.from({ length: Math.ceil(wanted / places) }, (_, place) => `copy-${place}`);
  const originals = [...new Set(observed.map(({ server }) => server))];
  const servers = names.flatMap((id, place) => {
    const row = small.servers.find((one) => one.id === originals[place % originals.length]);
    return row ? [{ ...row, id, title: id, variantOf: null }] : [];
  });
  const cells = names.flatMap((server, place) =>
    observed.filter((one) => one.server === originals[place % originals.length]).map((one) => ({ ...one, server })),
  );
  return { ...small, servers, cells: cells.slice(0, wanted), differences: [] };
}
