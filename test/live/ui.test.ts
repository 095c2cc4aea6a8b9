/**
 * The page that `compare --ui` serves, in a real browser: with a run of lanes in a terminal, and with one whose cells end when the test says so.
 * Skipped with its reason where Chromium is not installed.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cellId, type RunResult } from '../../harness/compare/run-result.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import type { RunListener } from '../../harness/lab/run.ts';
import { type ServedRun, serveRun } from '../../harness/ui/serve.ts';
import { startInTerminal, terminalLack } from '../commands/in-terminal.ts';
import { madeUnderWay, type UnderWay } from '../ui/made-under-way.ts';
import { CLI, MARK, marked, runIn, testFolder, wirematrix } from './command.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const AXE = new URL('../../node_modules/axe-core/axe.min.js', import.meta.url);
const there = existsSync(CHROMIUM);
const reason = there ? '' : ` (skipped: ${CHROMIUM} is not there; apt-get install -y chromium)`;
vi.setConfig({ testTimeout: 120_000 });

let browser: Browser;
let profile = '';

interface Opened {
  page: Page;
  /** Where requests went that left the address of the page. */
  left: string[];
  said: string[];
}

async function open(url: string, { width = 1280, height = 860 } = {}): Promise<Opened> {
  const page = await browser.newPage();
  const [left, said]: [string[], string[]] = [[], []];
  const base = url.split('#', 1).join('');
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !/^(?:data|blob):/.test(request.url())) left.push(request.url());
  });
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.setViewport({ width, height });
  await page.goto(url);
  await page.waitForSelector('main h1');
  // It is gone where the page is loaded again.
  await page.evaluate('globalThis.sameDocument = true');
  return { page, left, said };
}

const isSameDocument = (page: Page): Promise<unknown> => page.evaluate('globalThis.sameDocument');

const texts = (page: Page, selector: string): Promise<string[]> =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent ?? ''));

const waitFor = async (page: Page, expression: string): Promise<void> => {
  await page.waitForFunction(expression, { timeout: 90_000 });
};

const lineSays = (page: Page, words: string): Promise<void> =>
  waitFor(page, `document.getElementById('run-line').textContent.includes(${JSON.stringify(words)})`);

/** Resolves when the page has been given a block of its data. */
const asksFor = (page: Page, block: string): Promise<unknown> => page.waitForResponse((answer) => answer.url().endsWith(`data/${block}`));

beforeAll(async () => {
  if (!there) return;
  profile = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-ui-'));
  const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  browser = await puppeteer.launch({ executablePath: CHROMIUM, headless: true, args: flags, userDataDir: profile });
});
afterAll(async () => {
  await browser?.close();
  if (profile !== '') await rm(profile, { recursive: true, force: true });
});

describe.skipIf(!there)(`compare --ui${reason}`, () => {
  const SELECTION = ['--servers', 'express,koa', '--clients', 'chromium,probe', '--scenarios', 'first-visit,idle-used', '--quick'];
  const hashesOf = ({ cells }: RunResult): Record<string, string | null> =>
    Object.fromEntries(cells.map((cell) => [cellId(cell), cell.captureSha256]));

  let folder: Awaited<ReturnType<typeof testFolder>>;
  let lack: string | null = null;
  beforeAll(async () => {
    folder = await testFolder();
    const selected = await selectBackend('auto', await isolation());
    lack = 'skipped' in selected ? selected.skipped.reason : terminalLack();
  });
  afterAll(() => folder.remove());

  it('fills the page while the run goes on, runs a cell again, and is gone with Ctrl-C', async ({ skip }) => {
    if (lack) return skip(lack);
    const out = path.join(folder.path, 'out');
    const mark = randomUUID();
    const env = { [MARK]: mark, CI: '' };
    const command = startInTerminal([process.execPath, CLI, 'compare', '--ui', ...SELECTION, '--out', out], env);
    const [url = ''] = await command.says(/http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/(?= while)/);
    const { page, left, said } = await open(`${url}#/matrix/probe/idle-used`);
    expect(await texts(page, 'h1')).toEqual([expect.stringContaining('Idle after one response')]);
    expect(await texts(page, '.matrix .outcome.pending')).toEqual(['pending', 'pending']);
    await lineSays(page, 'of 4 cells done');
    await waitFor(page, "document.querySelectorAll('.matrix td.value').length > 0");
    await lineSays(page, 'The run has ended: 4 cells, 0 failed.');
    await waitFor(page, "document.querySelectorAll('.matrix .outcome.pending').length === 0");
    await command.says(/the report stays at/);
    const before = runIn(out);
    expect(before.cells.map(({ state }) => state)).toEqual(Array(4).fill('observed'));

    // Everything that a file of the report has is there, and the address of a cell is the same.
    await page.evaluate("location.hash = 'express/chromium/first-visit'");
    await page.waitForSelector('figure.ladder');
    await page.focus('.heads .frame-link');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#inspector .fields');
    await page.keyboard.press('Escape');

    const shownHash = "(document.querySelector('.sha code')?.textContent ?? '')";
    const id = 'express/chromium/first-visit';
    expect(await page.evaluate(shownHash)).toBe(hashesOf(before)[id]);
    await page.focus('button.again');
    await page.keyboard.press('Enter');
    await lineSays(page, `Asked to run again: ${id}.`);
    await waitFor(page, `!['', '${hashesOf(before)[id]}'].includes(${shownHash})`);
    await lineSays(page, 'The run has ended: 4 cells, 0 failed.');
    await command.says(/the report stays at [\s\S]*the report stays at/);
    const after = runIn(out);
    expect(await page.evaluate(shownHash)).toBe(hashesOf(after)[id]);
    expect(Object.entries(hashesOf(after)).filter(([cell, hash]) => hash !== hashesOf(before)[cell])).toHaveLength(1);
    expect(await readFile(path.join(out, 'report.html'), 'utf8')).toContain('<!doctype html>');
    expect(await isSameDocument(page)).toBe(true);
    expect([left, said]).toEqual([[], []]);

    command.type('\x03');
    expect((await command.ended).code).toBe(0);
    await lineSays(page, 'The command that served this page has ended.');
    expect(await marked(mark)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();
    await page.close();
  });

  it('serves a probe too, and runs one of its cells again', async ({ skip }) => {
    if (lack) return skip(lack);
    const out = path.join(folder.path, 'probe');
    const script = "require('http').createServer((q, r) => r.end('x')).listen(3000, '127.0.0.1')";
    const server = ['--command', `exec ${JSON.stringify(process.execPath)} -e ${JSON.stringify(script)}`, '--port', '3000'];
    const words = [process.execPath, CLI, 'probe', '--ui', ...server, '--only', 'range', '--window', '1', '--out', out];
    const command = startInTerminal(words, { CI: '' });
    const [url = ''] = await command.says(/(?<=stays at )http\S+/);
    const before = runIn(out);
    const [id = ''] = before.cells.map(cellId);
    const { page, said } = await open(`${url}#${id}`);
    await page.waitForSelector('button.again');
    await page.click('button.again');
    await waitFor(page, `!['', '${hashesOf(before)[id]}'].includes(document.querySelector('.sha code')?.textContent ?? '')`);
    await command.says(/stays at [\s\S]*stays at/);
    expect(hashesOf(runIn(out))[id]).not.toBe(hashesOf(before)[id]);
    expect(said).toEqual([]);
    command.type('\x03');
    expect((await command.ended).code).toBe(0);
    await page.close();
  });

  it('ends with the run where there is no terminal', async ({ skip }) => {
    if (lack) return skip(lack);
    const out = path.join(folder.path, 'no-terminal');
    const selection = ['--servers', 'express', '--clients', 'probe', '--scenarios', 'range', '--window', '1'];
    const ended = await wirematrix(['compare', '--ui', ...selection, '--out', out, '--reporter', 'json']).ended;
    expect(ended.stderr).toContain('there is no terminal to end it from');
    expect([ended.code, runIn(out).cells.length]).toEqual([0, 1]);
  });
});

describe.skipIf(!there)(`the page of a run that goes on${reason}`, () => {
  let served: ServedRun;
  let run: UnderWay;
  let shown: RunListener;

  const started = async (): Promise<void> => {
    served = await serveRun();
    run = await madeUnderWay();
    shown = run.begin(served);
  };
  const stopped = async (): Promise<void> => {
    await served.close();
    await run.remove();
  };
  /** The page shows as many values as the test has let cells end. */
  const rows = (page: Page, count: number): Promise<void> =>
    waitFor(page, `document.querySelectorAll('.matrix tbody tr:has(td.value)').length === ${count}`);

  it('loses nothing of the reader’s place when cells end', async () => {
    await started();
    run.end(6, shown);
    const { page, left, said } = await open(`${served.url}#/matrix/chromium/first-visit?columns=all&baseline=lasting`);
    await rows(page, 2);
    await page.setViewport({ width: 700, height: 400 });
    await page.evaluate("document.querySelector('.in-words').open = true");
    await page.focus('.matrix tbody td.value[tabindex="0"]');
    await page.keyboard.press('ArrowRight');
    await page.evaluate("scrollTo(0, 150); document.querySelector('main .scroll').scrollLeft = 80");
    const place = `({ focus: document.activeElement.id, x: scrollX, y: scrollY, left: document.querySelector('main .scroll').scrollLeft,
      open: document.querySelector('.in-words').open, hash: location.hash })`;
    const before = await page.evaluate(place);
    expect(before).toMatchObject({ y: 150, left: 80, open: true, focus: expect.stringMatching(/^value-/) });
    run.end(2, shown);
    await rows(page, 3);
    await waitFor(page, `JSON.stringify(${place}) === ${JSON.stringify(JSON.stringify(before))}`);
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.id')).toMatch(/^value-/);
    expect(await isSameDocument(page)).toBe(true);
    expect([left, said]).toEqual([[], []]);
    await page.close();
    await stopped();
  });

  it('leaves what is open alone, and draws what is new when it is closed', async () => {
    await started();
    run.end(6, shown);
    const { page, said } = await open(`${served.url}#/matrix/chromium/first-visit?columns=all`);
    await rows(page, 3);
    await page.focus('.matrix tbody td.value[tabindex="0"]');
    await page.keyboard.press('Enter');
    const title = await texts(page, '#inspector-title');
    const read = asksFor(page, 'index');
    run.end(4, shown);
    await lineSays(page, '10 of 10 cells done');
    await read;
    expect(await texts(page, '#inspector-title')).toEqual(title);
    expect((await texts(page, '.matrix .outcome.pending')).length).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await rows(page, 5);
    expect(await page.evaluate('document.activeElement.className')).toContain('value');
    expect(said).toEqual([]);
    await page.close();
    await stopped();
  });

  it('shows a cell as soon as it has ended, and leaves one alone that did not change', async () => {
    await started();
    const ids = run.cells.map(cellId);
    const { page } = await open(`${served.url}#${ids[0]}`);
    expect(await texts(page, 'main .outcome.pending')).toHaveLength(1);
    expect(await page.$$('button.again')).toHaveLength(0);
    run.end(1, shown);
    await page.waitForSelector('figure.ladder');
    await page.evaluate("document.querySelector('figure.ladder').kept = true");
    // The texts are asked for after the index, and then it is decided whether to draw.
    const read = asksFor(page, 'strings');
    run.end(1, shown);
    await read;
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    expect(await page.evaluate("document.querySelector('figure.ladder').kept")).toBe(true);
    await page.evaluate(`location.hash = ${JSON.stringify(ids[1])}`);
    await waitFor(page, `document.querySelector('.files code')?.textContent === ${JSON.stringify(ids[1])}`);
    await page.waitForSelector('figure.ladder');
    await page.close();
    await stopped();
  });

  it('opens a cell whole while the run goes on under it', async () => {
    await started();
    const { page } = await open(served.url);
    for (const [place, cell] of run.cells.entries()) {
      run.end(1, shown);
      // Neither waits for the other: the index may be read anew while the details are.
      served.run.end(await run.soFar(), run.dir);
      await page.evaluate(`location.hash = ${JSON.stringify(cellId(cell))}`);
      await waitFor(page, `document.querySelector('.files code')?.textContent === ${JSON.stringify(cellId(cell))}`);
      await page.waitForSelector('figure.ladder');
      expect((await texts(page, 'main')).join(' '), String(place)).not.toContain('DecompressionStream');
    }
    await page.close();
    await stopped();
  });

  it('is in Chinese, fits a phone, and passes the accessibility checker', async () => {
    await started();
    run.end(5, shown);
    const { page, said } = await open(`${served.url}#/matrix/chromium/first-visit?lang=zh`, { width: 375, height: 740 });
    await lineSays(page, '已完成 5/10 个单元格');
    const axe = await readFile(AXE, 'utf8');
    for (const hash of ['#/matrix/chromium/first-visit', `#${run.cells.map(cellId).at(-1)}`, '#lasting/chromium/first-visit']) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.waitForSelector('main h1');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), hash).toBeLessThanOrEqual(0);
      await page.evaluate(axe);
      const violations = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))');
      expect(violations, hash).toEqual([]);
    }
    expect(said).toEqual([]);
    await page.close();
    await stopped();
  });
});
