/** `analyze` of many captures, as a user calls it: side by side, and a broken one costs itself alone. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CLI, type Ended, start, testFolder } from './command.ts';

vi.setConfig({ testTimeout: 60_000 });
const FIXTURES = path.join(import.meta.dirname, '../fixtures/captures');
const analyze = (...args: readonly string[]): Promise<Ended> => start([process.execPath, CLI, 'analyze', ...args]).ended;

let folder: Awaited<ReturnType<typeof testFolder>>;
const at = (...parts: string[]): string => path.join(folder.path, 'captures', ...parts);
beforeAll(async () => {
  folder = await testFolder();
  await mkdir(at('rotated'), { recursive: true });
  const whole = await readFile(path.join(FIXTURES, 'node-http.pcap'));
  for (let index = 0; index < 40; index++) await writeFile(at('rotated', `n.pcap${String(index).padStart(3, '0')}`), whole);
  await copyFile(path.join(FIXTURES, 'python-http.pcapng'), at('p.pcapng'));
  await writeFile(at('a-text.pcap'), 'no capture');
  await writeFile(at('cut.pcap'), whole.subarray(0, 500));
  await writeFile(at('empty.pcap'), '');
});
afterAll(() => folder.remove());

it('a folder gives a line for each capture in the order of their names, and their sum', async () => {
  const { code, stdout, stderr } = await analyze(at());
  expect([code, stderr]).toEqual([1, '']);
  const lines = stdout.split('\n');
  const names = lines.slice(0, 44).map((line) => path.relative(at(), line.slice(0, line.indexOf(': '))));
  expect(names).toEqual(names.toSorted());
  expect(names).toHaveLength(44);
  expect(lines.find((line) => line.includes('a-text.pcap'))).toMatch(/not a capture file: it begins with 6e6f2063/);
  expect(stdout).toMatch(/\n44 captures \([\d,]+ B\), [\d,]+ frames, 36\d connections, 68\d exchanges/);
  expect(stdout).toContain('fault framing.content-length-long: Content-Length larger than the body; in 40 captures');
});

it('is the same as JSON, whatever the order in which threads end', async () => {
  const [one, two] = await Promise.all([analyze(at(), '--json'), analyze(at(), '--json')]);
  expect(two.stdout).toBe(one.stdout);
  const { captures, totals } = JSON.parse(one.stdout);
  expect(captures).toHaveLength(44);
  expect(totals.troubled).toBe(captures.filter(({ trouble }: { trouble: string | null }) => trouble !== null).length);
  expect(
    captures.filter(({ summary }: { summary: object | null }) => summary === null).map(({ file }: { file: string }) => path.basename(file)),
  ).toEqual(['a-text.pcap', 'empty.pcap']);
});

it('refuses what shows one capture, and names a file that is not there', async () => {
  expect(await analyze(at(), '--all')).toMatchObject({ code: 2, stderr: expect.stringContaining('--all shows one capture') });
  const { code, stdout } = await analyze(at('p.pcapng'), at('nowhere.pcap'));
  expect(code).toBe(1);
  expect(stdout).toMatch(/nowhere\.pcap: can't be read: there is no such file/);
});
