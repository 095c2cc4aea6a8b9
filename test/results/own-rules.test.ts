/** Definitions of the user's own that are wrong only when they run: they cost no cell, and what is wrong is said. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRunResult, type RunResult } from '../../harness/compare/run-result.ts';
import { wirematrix } from '../commands/cli.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/runs/idle');

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
const readRun = async (): Promise<RunResult> => parseRunResult(JSON.parse(await readFile(at('run/run.json'), 'utf8')), 'run.json');
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  await cp(FIXTURE, at('run'), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Makes the run again by this configuration. */
async function table(config: string) {
  await writeFile(at('own.config.mjs'), `export default {\n${config}\n};\n`);
  return wirematrix(['table', at('run'), '--config', at('own.config.mjs')]);
}

const observation = (observe: string) => `observations: [{ id: 'mine.x', title: 't', definition: 'd', observe: ${observe} }],`;
const finding = (look: string, seen = "() => 's'") =>
  `findings: [{ id: 'mine.f', severity: 'fault', look: ${look}, words: { title: 't', seen: ${seen}, consequence: 'c', remedy: 'r' } }],`;
const claim = (judge: string) =>
  `claims: [{ id: 'mine.c', statement: 's', cells: [{ server: 'express', client: 'probe', scenario: 'idle-used' }], judge: ${judge} }],`;
const reporter = (files: string) => `reporters: ['json', { id: 'mine', describe: 'd', files: ${files} }, 'csv'],`;
const EVIDENCE = "verdict: 'reproduced', because: 'b', evidence";

describe('what is wrong with a definition', () => {
  it.each([
    [
      observation('({ nope }) => nope.length'),
      /^wirematrix: the observation mine\.x failed 3 times, first on express\/probe\/idle-used: TypeError: .* \(\/.*own\.config\.mjs:2:\d+\)$/,
    ],
    [
      observation('async () => null'),
      /the observation mine\.x failed 3 times, .*: observe\(\) gave a promise \(it may not be async\); expected \{ value, frames \}, or null/,
    ],
    [observation('() => 7'), /observe\(\) gave 7; expected \{ value, frames \}, or null/],
    [
      observation('() => ({ value: 0 / 0, frames: [1] })'),
      /observe\(\) gave the value NaN; expected text, a finite number, true, false or null/,
    ],
    [observation('() => ({ value: 1 })'), /observe\(\) gave the frames undefined; expected a list of frame numbers/],
    [finding("() => { throw new Error('no'); }"), /the finding mine\.f failed 3 times, first on express\/probe\/idle-used: no \(/],
    [finding('() => true'), /look\(\) gave true; expected a list of \{ args, stream, frames \}/],
    [finding('() => [{ args: {}, stream: 0, frames: [0] }]'), /look\(\) gave the frames \[0\]; expected a list of frame numbers/],
    [finding('() => [{ args: {}, stream: 0, frames: [1] }]', '({ x }) => x.y'), /the finding mine\.f failed 3 times, .*: TypeError: /],
    [claim("() => { throw new Error('no'); }"), /the claim mine\.c failed on express\/probe\/idle-used: no \(/],
    [
      claim("() => ({ verdict: 'true', because: 'b' })"),
      /judge\(\) gave the verdict "true"; expected reproduced, reproduced-other-cause, contradicted, not-observable/,
    ],
    [
      claim(`() => ({ ${EVIDENCE}: [{ cell: 'express/probe/idle-used', observation: 'idle.usd', frames: [1] }] })`),
      /judge\(\) gave evidence of the observation "idle\.usd", of which express\/probe\/idle-used has no value/,
    ],
    [
      claim(`() => ({ ${EVIDENCE}: [{ cell: 'nginx/probe/range', observation: 'idle.used-s', frames: [1] }] })`),
      /judge\(\) gave evidence of the cell "nginx\/probe\/range"; expected one that was observed/,
    ],
  ])('%s', async (config, message) => {
    const { code, stderr } = await table(`${config}\nreporters: ['json'],`);
    expect([code, stderr.split('\n')]).toEqual([1, [expect.stringMatching(message), '']]);
    const run = await readRun();
    expect(run.cells.map(({ state }) => state)).toEqual(['observed', 'observed', 'observed']);
    expect(run.cells.every(({ values }) => !Object.hasOwn(values, 'mine.x'))).toBe(true);
    expect(run.findings.filter(({ id }) => id === 'mine.f')).toEqual([]);
    for (const { verdict, because } of run.claims)
      expect([verdict, because]).toEqual(['not-observable', expect.stringMatching(/^its judge failed: /)]);
  });

  it.each([
    ["() => { throw new Error('no'); }", /^wirematrix: the reporter mine failed: no \(\/.*own\.config\.mjs:2:\d+\)$/],
    ["() => 'x.txt'", /the reporter mine failed: files\(\) gave no list; expected a list of \{ path, content \}/],
    ["() => [{ path: 'x.txt', content: 7 }]", /files\(\) gave no text as the content of x\.txt; expected \{ path, content \}/],
    ["() => [{ content: '' }]", /files\(\) gave a file without a path; expected \{ path, content \}/],
    ["() => [{ path: '../x.txt', content: '' }]", /the reporter mine wants to write outside of/],
  ])('reporter %s', async (files, message) => {
    const { code, stderr } = await table(reporter(files));
    expect([code, stderr.split('\n')]).toEqual([2, [expect.stringMatching(message), '']]);
  });

  it('may be a reporter that is async', async () => {
    expect((await table(reporter("async () => [{ path: 'x.txt', content: 'x' }]"))).code).toBe(0);
    expect(await readFile(at('run/x.txt'), 'utf8')).toBe('x');
  });
});

describe('code of the user’s own that ends the process, or never comes to an end, is named', () => {
  it.each([
    [
      'a configuration that ends it',
      'x: process.exit(0),',
      /^wirematrix: \S*own\.config\.mjs ends the process, or waits for something that never comes: mend it$/,
    ],
    ['a configuration that waits', 'x: await new Promise(() => {}),', /own\.config\.mjs ends the process, or waits/],
    ['an observation that ends it', observation('() => process.exit(0)'), /the observation mine\.x ends the process, or waits/],
    ['a reporter that ends it', reporter('() => process.exit(0)'), /the reporter mine ends the process, or waits/],
    ['a reporter that waits', reporter('() => new Promise(() => {})'), /the reporter mine ends the process, or waits/],
  ])('%s', async (_what, config, message) => {
    const { code, stderr } = await table(config);
    expect([code, stderr.split('\n')]).toEqual([2, [expect.stringMatching(message), '']]);
  });

  it('with its place, where it throws after it was called', async () => {
    const said = /^wirematrix: nothing catches what your own code throws after it was called: late \(\/.*own\.config\.mjs:2:\d+\)$/m;
    const late = await table(reporter("() => new Promise(() => setTimeout(() => { throw new Error('late'); }))"));
    expect([late.code, late.stderr]).toEqual([2, expect.stringMatching(said)]);
    const rejected = await table("x: (Promise.reject(new Error('late')), 1),");
    expect([rejected.code, rejected.stderr]).toEqual([1, expect.stringMatching(said)]);
  });
});
