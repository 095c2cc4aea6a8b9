import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { summarise } from '../../harness/analysis/analyze.ts';
import { type AnalyzedCapture, capturesOf, ManyCaptures } from '../../harness/analysis/many.ts';

const FIXTURES = path.join(import.meta.dirname, '../fixtures/captures');

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function list(...places: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const file of capturesOf(places)) found.push(path.relative(dir, file));
  return found;
}

function output(): { out: Writable; text: () => string } {
  const parts: Buffer[] = [];
  const out = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(Buffer.from(part));
      done();
    },
  });
  return { out, text: () => Buffer.concat(parts).toString('utf8') };
}

describe('the captures of a folder', () => {
  it('are found by their names, in order, without following links', async () => {
    await mkdir(at('b/inner'), { recursive: true });
    for (const name of ['b/x.pcapng', 'b/inner/y.PCAP.gz', 'a.pcap12', 'notes.txt', 'pcap', 'c.cap']) await writeFile(at(name), '');
    await symlink(dir, at('b/loop'));
    expect(await list(dir)).toEqual(['a.pcap12', 'b/inner/y.PCAP.gz', 'b/x.pcapng', 'c.cap']);
    // What is named is meant, whatever its name.
    expect(await list(at('notes.txt'), at('b'))).toEqual(['notes.txt', 'b/inner/y.PCAP.gz', 'b/x.pcapng']);
  });

  it('are missed in words', async () => {
    await writeFile(at('notes.txt'), '');
    await expect(list(dir)).rejects.toThrow(/holds no capture: files are known by their names \(\.pcap, /);
    await expect(list('-', dir)).rejects.toThrow('standard input is one capture: name it alone');
  });
});

describe('what many captures show', () => {
  const capture = async (name: string): Promise<AnalyzedCapture> => {
    const { summary, trouble } = await summarise(path.join(FIXTURES, name));
    return { file: name, bytes: 100, summary, trouble: trouble && 'damaged' };
  };
  const broken: AnalyzedCapture = { file: 'evil\x1b[2J.pcap', bytes: 3, summary: null, trouble: 'it is no capture' };

  it('is a line each, then what they add up to, the worst findings first', async () => {
    const { out, text } = output();
    const many = new ManyCaptures(out);
    for (const one of [await capture('node-http.pcap'), broken, await capture('refused.pcap')]) many.add(one);
    await many.end();
    const lines = text().split('\n');
    expect(lines[0]).toMatch(/^node-http\.pcap: 9 connections, 17 exchanges, 0\.852 s; 1 fault, 1 risk, 1 piece of advice, 2 notes$/);
    expect(lines[1]).toMatch(/^evil.*\.pcap: it is no capture$/);
    expect(text()).not.toContain('\x1b');
    expect(text()).toContain('3 captures (203 B), ');
    expect(text()).toContain('1 of them could not be read, or not to the end');
    const found = lines.filter((line) => /^ {2}\w/.test(line)).map((line) => line.trim().split(' ')[0]);
    expect(found).toEqual(['fault', 'risk', 'risk', 'advice', 'note', 'note']);
  });

  it('is one JSON document too, in which no text is lost', async () => {
    const { out, text } = output();
    const many = new ManyCaptures(out, { json: true });
    const node = await capture('node-http.pcap');
    for (const one of [node, { ...node, file: 'again.pcap' }, broken]) many.add(one);
    await many.end();
    const shown = JSON.parse(text());
    expect(shown.captures[0]).toEqual(node);
    expect(shown.captures[2].file).toBe(broken.file);
    expect(shown.totals).toMatchObject({ captures: 3, troubled: 1, connections: 18, exchanges: 34, bytes: 203 });
    const long = shown.findings.find(({ id }: { id: string }) => id === 'framing.content-length-long');
    expect(long).toMatchObject({ severity: 'fault', captures: 2, servers: 2 });
    expect(long.examples.map(({ file }: { file: string }) => file)).toEqual(['node-http.pcap', 'again.pcap']);
  });
});
