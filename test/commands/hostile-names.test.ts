/** Names that mean harm (of folders, capture files, titles in run.json, arguments) through every command: none steers a terminal or a page. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packedDataOf } from '../report/page-blocks.ts';
import { FIXTURES, wirematrix } from './cli.ts';

const RUN = path.join(FIXTURES, 'runs', 'idle');
const CAPTURE = path.join(FIXTURES, 'captures', 'node-http.pcap');

/** What a file name can hold: all but a slash and NUL. */
const NAME =
  'a\x1b]0;owned\x07\u009b31m\u202eb\r\nwirematrix: all is well <img src=x onerror=alert(1)> `|` ](javascript:alert(1)) *b* \x7f';
const TITLE = `${NAME} </script><script>alert(1)</script> =cmd|calc`;

/** Controls but line ends, C1, bidirectional controls. */
const STEERING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** A line that only a name could have made. */
const FORGED = /^wirematrix: all is well/m;

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  await cp(RUN, at(NAME), { recursive: true });
  await mkdir(at('own', NAME), { recursive: true });
  for (const name of [`express__chrome.pcap`, `${NAME}__chrome.pcap`]) await cp(CAPTURE, at('own', NAME, name));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function expectHarmless(args: readonly string[], code: number | null = null): Promise<void> {
  const ran = await wirematrix(args);
  if (code !== null) expect(ran.code, ran.stderr).toBe(code);
  for (const stream of ['stdout', 'stderr'] as const) {
    expect(STEERING.exec(ran[stream]), `${stream} of ${args[0]}`).toBeNull();
    expect(ran[stream], `${stream} of ${args[0]}`).not.toMatch(FORGED);
  }
}

/** Markdown with its code taken out, which shows tags as text. */
const outsideCode = (markdown: string): string =>
  markdown.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replace(/(?<!\\)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');

async function expectHarmlessFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const content = await readFile(path.join(folder, name), 'utf8');
    expect(STEERING.exec(content.replaceAll('\r\n', '\n')), name).toBeNull();
    if (name.endsWith('.md'))
      expect(outsideCode(content), name).not.toMatch(/<img|<script|(?<!\\)\]\(javascript|^wirematrix: all is well/im);
    if (name.endsWith('.csv')) expect(content, name).not.toMatch(/(^|,)"?[=@+]/m);
    if (name.endsWith('.html')) expect(content, name).not.toMatch(/<img src=x|<script>alert/);
  }
}

describe('names that mean harm', () => {
  it('are text where they are wrong arguments', async () => {
    for (const args of [
      [NAME],
      ['compare', `--${NAME}`],
      ['compare', '--servers', NAME],
      ['compare', '--servers', `express,${NAME},koa`],
      ['compare', '--window', NAME],
      ['compare', '--reporter', NAME],
      ['compare', '--servers', 'express', '--baseline', NAME],
      ['compare', '--servers', 'express', '--capture', NAME],
      ['probe', NAME],
      ['probe', `http://${NAME}/`],
      ['table', NAME],
      ['merge', NAME, '--out', at('merged')],
      ['list', NAME],
      ['doctor', NAME],
      ['explain', NAME, '--dir', NAME],
      ['analyze', NAME],
      ['fidelity', '--clients', NAME],
      ['section-four', '--captures', NAME],
      ['section-four', '--language', NAME],
    ])
      await expectHarmless(args, 2);
  }, 150_000);

  it('are text where they are folders and titles of a run', async () => {
    await expectHarmless(['table', at(NAME)], 0);
    await expectHarmless(['analyze', at(NAME)], 0);
    const file = at(NAME, 'run.json');
    const run = JSON.parse(await readFile(file, 'utf8'));
    for (const row of [...run.servers, ...run.clients, ...run.scenarios]) row.title = TITLE;
    for (const row of [...run.servers, ...run.clients]) row.version = TITLE;
    await writeFile(file, JSON.stringify(run));
    await expectHarmless(['explain', 'express/probe/idle-used', '--dir', at(NAME)], 0);
    await expectHarmless(['explain', at(NAME, 'captures/express/probe/idle-used.pcapng'), '--dir', at('nowhere')], 0);
    await expectHarmless(['explain', 'express/probe/none', '--dir', at(NAME)], 2);
    await expectHarmless(['table', at(NAME)], 0);
    await expectHarmless(['section-four', '--captures', at(NAME), '--out', at(NAME)], 0);
    await expectHarmless(['merge', at(NAME), '--out', at(`merged ${NAME}`)], 0);
    // Else nothing was tried.
    expect(await readFile(at(NAME, 'table.md'), 'utf8')).toContain('onerror');
    expect(JSON.stringify(packedDataOf(await readFile(at(NAME, 'report.html'), 'utf8'), 'index'))).toContain('onerror');
    for (const folder of [at(NAME), at(`merged ${NAME}`)])
      await expectHarmlessFiles(
        folder,
        (await readdir(folder)).filter((name) => /\.(md|csv|html)$/.test(name)),
      );
  }, 150_000);

  it('are text where they are capture files', async () => {
    await expectHarmless(['analyze', at('own', NAME, `${NAME}__chrome.pcap`)], 0);
    await expectHarmless(['section-four', '--captures', at('own', NAME), '--out', at('four', NAME)]);
    await rm(at('own', NAME, `${NAME}__chrome.pcap`));
    await expectHarmless(['section-four', '--captures', at('own', NAME), '--out', at('four', NAME)], 0);
    await expectHarmlessFiles(at('four', NAME), ['section-four.md']);
    await writeFile(at(NAME, 'captures', 'express', 'probe', 'idle-used.pcapng'), NAME);
    await expectHarmless(['table', at(NAME)]);
    await expectHarmless(['analyze', at(NAME, 'captures', 'express', 'probe', 'idle-used.pcapng')], 2);
  }, 150_000);
});
