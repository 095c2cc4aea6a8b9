/** A server that means harm, through every reporter: no byte of it steers a terminal, opens a tag, or becomes a formula. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../harness/compare/run-result.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { explained, renderExplanation } from '../../harness/report/explanation.ts';
import { reporters } from '../../harness/report/index.ts';
import { harSchema } from './har-schema.ts';
import { HARM, madeRun } from './made-run.ts';
import { packedDataOf } from './page-blocks.ts';

let made: { dir: string; run: RunResult };
const written = new Map<string, string>();

beforeAll(async () => {
  made = await madeRun();
  for (const reporter of reporters) {
    const input = {
      run: made.run,
      found: [],
      language: 'en' as const,
      terminal: { columns: 120, color: false },
      linksOf: ({ capture }: { capture: string }) => ({ capture, har: null }),
      evidenceOf: (cell: { capture: string }, options?: { frames: boolean }) => readEvidence(path.join(made.dir, cell.capture), options),
    };
    for await (const file of reporter.files(input)) written.set(`${reporter.id} ${file.path}`, String(file.content));
  }
});
afterAll(() => rmSync(made.dir, { recursive: true, force: true }));

/** What no text file may hold: controls but line ends, C1, bidirectional controls. */
const STEERING = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe('a hostile server', () => {
  it('is in the run with its own bytes', () => {
    const cell = made.run.cells.find((one) => one.server === 'evil' && one.client === 'chromium');
    expect(cell?.state).toBe('observed');
    const values = JSON.stringify(cell?.exchanges);
    for (const harm of ['<script>', '</script>', '=cmd|calc']) expect(values).toContain(harm);
  });

  it('steers nothing in any report', () => {
    expect([...written.keys()].some((name) => name.startsWith('html '))).toBe(true);
    for (const [name, content] of written) {
      // JSON has its own escapes; what it holds is data for programs.
      if (name.startsWith('json ') || name.startsWith('har ')) expect(() => JSON.parse(content), name).not.toThrow();
      else expect(STEERING.exec(content), name).toBeNull();
    }
    const page = written.get('html report.html') ?? '';
    for (const id of ['index', 'strings']) expect(STEERING.exec(JSON.stringify(packedDataOf(page, id))), id).toBeNull();
  });

  it('opens no element in the page: the only ones are its own', () => {
    const page = written.get('html report.html') ?? '';
    const tags = [...page.matchAll(/<(\/?[a-z!][\w-]*)/gi)].map((match) => match[1]?.toLowerCase());
    const script = tags.filter((tag) => tag === 'script').length;
    expect(script).toBe(tags.filter((tag) => tag === '/script').length);
    // The index, the string table and the page's script; and the details of all cells, packed into one block.
    expect(script).toBe(4);
    expect(tags).not.toContain('img');
    expect(page).not.toContain('<!--');
  });

  it('is text in Markdown and no formula in CSV', () => {
    const markdown = [...written].filter(([name]) => name.startsWith('markdown ')).map(([, content]) => content);
    for (const content of markdown) expect(content).not.toMatch(/<script|<img|\]\(javascript/i);
    const csv = [...written].filter(([name]) => name.startsWith('csv ')).map(([, content]) => content);
    expect(csv.join('')).toContain('cmd|calc');
    for (const content of csv) expect(content).not.toMatch(/(^|,)"?[=@]/m);
  });

  it('makes HAR files that are valid all the same', () => {
    const files = [...written].filter(([name]) => name.startsWith('har '));
    expect(files).toHaveLength(made.run.cells.length);
    for (const [name, content] of files) expect(harSchema.safeParse(JSON.parse(content)).error?.issues ?? [], name).toEqual([]);
    const evil = JSON.parse(written.get('har har/evil/chromium/first-visit.har') ?? '');
    expect(evil.log.entries[0].response.headers).toContainEqual({ name: 'Server', value: HARM.markup });
  });

  it('is told by explain as text', async () => {
    const evidence = await readEvidence(path.join(made.dir, 'captures/evil/chromium/first-visit.pcapng'), { frames: true });
    for (const ascii of [false, true]) {
      const text = renderExplanation({ ...explained(evidence, made.run, 'evil.pcapng'), language: 'en', ascii, columns: 100 });
      expect(STEERING.exec(text)).toBeNull();
      expect(text).toContain('RST');
    }
  });
});

describe('a HAR', () => {
  it('has the connections and times of the packets', () => {
    const { log } = JSON.parse(written.get('har har/plain/chromium/first-visit.har') ?? '');
    const [first, second] = log.entries;
    expect(first).toMatchObject({ connection: '40000', serverIPAddress: expect.any(String), response: { status: 200, bodySize: 900 } });
    expect(first.timings.connect).toBeGreaterThan(0.1);
    expect(first.timings.wait).toBeCloseTo(3.1, 1);
    expect(second.timings).toMatchObject({ connect: -1, blocked: -1, dns: -1 });
    expect(log.pages.map((page: { id: string }) => page.id)).toEqual(['first-visit']);
    expect(Date.parse(second.startedDateTime)).toBeGreaterThan(Date.parse(first.startedDateTime));
  });
});

describe('a run without its captures', () => {
  it('still has its page, and no HAR', async () => {
    const missing = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' }));
    const input = {
      run: made.run,
      found: [],
      language: 'en' as const,
      terminal: { columns: 80, color: false },
      linksOf: ({ capture }: { capture: string }) => ({ capture, har: null }),
      evidenceOf: missing,
    };
    const files: string[] = [];
    for (const reporter of reporters.filter(({ id }) => id === 'html' || id === 'har')) {
      for await (const file of reporter.files(input)) files.push(file.path);
    }
    expect(files).toEqual(['report.html']);
  });

  it('is not passed over where a capture is there and cannot be read', async () => {
    const denied = () => Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' }));
    const input = {
      run: made.run,
      found: [],
      language: 'en' as const,
      terminal: { columns: 80, color: false },
      linksOf: ({ capture }: { capture: string }) => ({ capture, har: null }),
      evidenceOf: denied,
    };
    const drain = async (id: string) => {
      for await (const file of reporters.find((one) => one.id === id)?.files(input) ?? []) expect(file).toBeNull();
    };
    await expect(drain('html')).rejects.toThrow('denied');
    await expect(drain('har')).rejects.toThrow('denied');
  });
});
