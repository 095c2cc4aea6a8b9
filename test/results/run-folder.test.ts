import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reporters } from '../../harness/report/index.ts';
import { MANIFEST, openRunFolder, RUN_NAMES, writeInto } from '../../harness/results/run-folder.ts';
import { LOCK_FILE } from '../../harness/system/folder-lock.ts';
import { sampleRun } from '../report/sample-run.ts';

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Every file below a folder with its content; locks and manifests left out. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const found: Record<string, string> = {};
  for (const file of files.sort())
    if (![MANIFEST, LOCK_FILE].includes(path.basename(file))) found[file] = await readFile(path.join(folder, file), 'utf8');
  return found;
}

async function put(folder: string, files: Record<string, string>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), content);
  }
}

async function run(files: Record<string, string>, mode: 'replace' | 'add' = 'replace'): Promise<void> {
  const folder = await openRunFolder(at('out'), { mode });
  await writeInto(folder, async () => {
    for (const file of Object.keys(files)) await folder.checkFree(file);
    await put(folder.staging, files);
  });
}

const FIRST = { 'run.json': '1', 'captures/a/b/c.pcapng': 'one', 'har/a/b/c.har': 'one', 'table.md': 'one' };

describe('a run’s folder', () => {
  it('gets new results whole, in the place of the old ones, and leaves what is not a run’s', async () => {
    await put(at('out'), { 'notes.txt': 'mine', 'mine/captures/x.pcap': 'mine' });
    await run(FIRST);
    await run({ 'run.json': '2', 'captures/a/b/d.pcapng': 'two' });
    expect(await contents(at('out'))).toEqual({
      'notes.txt': 'mine',
      'mine/captures/x.pcap': 'mine',
      'run.json': '2',
      'captures/a/b/d.pcapng': 'two',
    });
    expect(await readdir(at('out'))).not.toContain('har');
  });

  it('keeps the old results until the new ones are whole', async () => {
    await run(FIRST);
    const folder = await openRunFolder(at('out'), { mode: 'replace' });
    await put(folder.staging, { 'run.json': '2' });
    expect((await contents(at('out')))['run.json']).toBe('1');
    await folder.discard();
    expect(await contents(at('out'))).toEqual(FIRST);
    expect((await readdir(at('out'))).filter((name) => name.startsWith('.wirematrix-new'))).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['captures of somebody’s own', { 'captures/mine.pcap': 'mine' }],
    ['a table', { 'table.md': 'mine' }],
    ['a report', { 'report.html': 'mine' }],
    ['archives', { 'har/mine.har': 'mine' }],
    ['a run.json', { 'run.json': 'mine' }],
  ])('with %s is refused and left alone', async (_what, files) => {
    await put(at('out'), files);
    const before = await contents(at('out'));
    await expect(run(FIRST)).rejects.toThrow(
      /is not as a run of wirematrix left it, and is not overwritten: move it away, or choose another folder/,
    );
    expect(await contents(at('out'))).toEqual(before);
  });

  it.each<[string, Record<string, string>]>([
    ['a file of the run was edited', { 'table.md': 'one, with my notes' }],
    ['a file was put among the captures', { 'captures/a/b/mine.pcapng': 'mine' }],
  ])('is refused and left alone where %s since', async (_what, files) => {
    await run(FIRST);
    await put(at('out'), files);
    await expect(run({ 'run.json': '2' })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining(Object.keys(files)[0] ?? ''),
    });
    expect(await contents(at('out'))).toEqual({ ...FIRST, ...files });
  });

  it('is refused where captures/ is a link: what it leads to is not touched', async () => {
    await put(at('elsewhere'), { 'a/b/c.pcapng': 'mine' });
    await mkdir(at('out'));
    await symlink(at('elsewhere'), at('out', 'captures'));
    await expect(run(FIRST)).rejects.toThrow(/captures is not as a run/);
    expect(await contents(at('elsewhere'))).toEqual({ 'a/b/c.pcapng': 'mine' });
  });

  it('may itself be a link', async () => {
    await mkdir(at('real'));
    await symlink(at('real'), at('out'));
    await run(FIRST);
    expect(await contents(at('real'))).toEqual(FIRST);
  });

  it('is put in order by the next run where a run was killed: before the swap, and in the middle of it', async () => {
    await run(FIRST);
    const killed = await openRunFolder(at('out'), { mode: 'replace' });
    await put(killed.staging, { 'run.json': '2', 'captures/a/b/c.pcapng': 'two' });
    await cp(killed.staging, at('killed'), { recursive: true });
    await killed.discard();
    // Never whole: the old results stand.
    await cp(at('killed'), at('out', '.wirematrix-new-1-dead'), { recursive: true });
    await (await openRunFolder(at('out'), { mode: 'add' })).discard();
    expect(await contents(at('out'))).toEqual(FIRST);
    // Whole, and half of it in place.
    const plan = { remove: Object.keys(FIRST), add: ['run.json', 'captures/a/b/c.pcapng'] };
    await put(at('killed'), { '.swap.json': JSON.stringify(plan) });
    await cp(at('killed'), at('out', '.wirematrix-new-1-dead'), { recursive: true });
    for (const file of Object.keys(FIRST)) {
      await mkdir(path.dirname(at('out/.wirematrix-new-1-dead/.old', file)), { recursive: true });
      await rename(at('out', file), at('out/.wirematrix-new-1-dead/.old', file));
    }
    await rename(at('out/.wirematrix-new-1-dead/run.json'), at('out/run.json'));
    await (await openRunFolder(at('out'), { mode: 'add' })).discard();
    expect(await contents(at('out'))).toEqual({ 'run.json': '2', 'captures/a/b/c.pcapng': 'two' });
  });

  it.each<[string, string]>([
    ['leads out of the folder', JSON.stringify({ wirematrix: 1, files: { '../victim': { bytes: 4, sha256: '' } } })],
    ['is none', 'mine'],
  ])('is refused where its manifest %s', async (_what, manifest) => {
    await put(dir, { victim: 'mine', [`out/${MANIFEST}`]: manifest });
    await expect(run(FIRST)).rejects.toThrow(/\.wirematrix\.json is not as a run/);
    expect(await readFile(at('victim'), 'utf8')).toBe('mine');
    expect(await readFile(at('out', MANIFEST), 'utf8')).toBe(manifest);
  });

  it('keeps a file that the manifest lists and the user changed, whatever its name', async () => {
    await run({ 'fidelity.md': 'one' }, 'add');
    await put(at('out'), { 'fidelity.md': 'one, with my notes' });
    await run(FIRST);
    expect(await contents(at('out'))).toEqual({ ...FIRST, 'fidelity.md': 'one, with my notes' });
  });

  it.each<[string, { remove: string[]; add: string[] }]>([
    ['by its path', { remove: ['../victim'], add: ['new.md'] }],
    ['by a link', { remove: ['link/victim'], add: ['new.md'] }],
  ])('is not led out of by a half-done swap: %s', async (_what, swap) => {
    await put(dir, {
      victim: 'mine',
      'out/.wirematrix-new-1-dead/.swap.json': JSON.stringify(swap),
      'out/.wirematrix-new-1-dead/new.md': 'new',
    });
    await symlink(dir, at('out', 'link'));
    await expect(run(FIRST)).rejects.toThrow(/was not written by a run|is not a folder/);
    expect(await readFile(at('victim'), 'utf8')).toBe('mine');
    expect(await contents(at('out'))).not.toHaveProperty('run.json');
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['wrote a file of the same name', { 'captures/a/b/d.pcapng': 'mine' }, {}],
    ['changed a file that the new run replaces', { 'run.json': 'mine' }, {}],
    ['wrote a file in the place of a folder', { 'captures/a/e': 'mine' }, { 'captures/a/e/f.pcapng': 'two' }],
  ])('keeps what is the user’s and what is new where the user %s in the middle of a run', async (_what, mine, more) => {
    await run(FIRST);
    const folder = await openRunFolder(at('out'), { mode: 'replace' });
    const files = { 'run.json': '2', 'captures/a/b/d.pcapng': 'two', ...more };
    await put(folder.staging, files);
    await put(at('out'), mine);
    await expect(folder.commit()).rejects.toMatchObject({ code: 'bad-argument', message: expect.stringContaining('is not as a run') });
    expect(path.basename(folder.place)).toMatch(/^wirematrix-kept-/);
    expect(await contents(folder.place)).toEqual(files);
    await (await openRunFolder(at('out'), { mode: 'add' })).discard();
    expect(await contents(folder.place)).toEqual(files);
    for (const [file, content] of Object.entries({ ...FIRST, ...mine })) expect(await readFile(at('out', file), 'utf8')).toBe(content);
  });

  it('keeps the old results where the new ones can’t be put in place', async () => {
    await run(FIRST);
    const folder = await openRunFolder(at('out'), { mode: 'replace' });
    await put(folder.staging, { 'run.json': '2', '.old': 'no folder can be made here' });
    await expect(folder.commit()).rejects.toMatchObject({ code: 'unable-here' });
    const { [path.relative(at('out'), path.join(folder.place, 'run.json'))]: kept, ...others } = await contents(at('out'));
    expect(kept).toBe('2');
    expect(others).toMatchObject(FIRST);
  });

  it('is left with what was captured, and in no one’s way, where the process ends before the results are in place', async () => {
    await run(FIRST);
    const empty = await openRunFolder(at('out'), { mode: 'replace' });
    expect(empty.keep(false)).toEqual({ place: null, isResumable: false });
    await empty.discard();
    const folder = await openRunFolder(at('out'), { mode: 'replace' });
    await put(folder.staging, { 'captures/a/b/d.pcapng': 'two' });
    const kept = folder.keep(true);
    expect(path.basename(kept?.place ?? '')).toMatch(/^wirematrix-kept-/);
    expect(folder.keep(true)).toBe(null);
    await folder.discard();
    await run({ 'run.json': '2' });
    expect(await contents(kept?.place ?? '')).toEqual({ 'captures/a/b/d.pcapng': 'two' });
    const done = await openRunFolder(at('out'), { mode: 'replace' });
    await done.commit();
    expect(done.keep(true)).toBe(null);
  });

  it('lets reports be added, over those of a run alone', async () => {
    await run(FIRST);
    await put(at('out'), { 'mine.md': 'mine' });
    await run({ 'table.md': 'again', 'section-four.md': 'new' }, 'add');
    expect(await contents(at('out'))).toEqual({ ...FIRST, 'table.md': 'again', 'section-four.md': 'new', 'mine.md': 'mine' });
    await expect(run({ 'mine.md': 'a reporter’s' }, 'add')).rejects.toThrow(/mine\.md is not as a run/);
    expect((await contents(at('out')))['mine.md']).toBe('mine');
  });

  it.runIf(process.getuid?.() === 0)('is the user’s who called sudo', async () => {
    vi.stubEnv('SUDO_UID', '54321').stubEnv('SUDO_GID', '54321');
    try {
      await mkdir(at('mine'));
      const folder = await openRunFolder(at('mine/a/out'), { mode: 'replace' });
      await writeInto(folder, () => put(folder.staging, FIRST));
    } finally {
      vi.unstubAllEnvs();
    }
    const entries = await readdir(at('mine/a'), { recursive: true });
    for (const entry of ['.', ...entries]) expect([entry, (await lstat(at('mine/a', entry))).uid]).toEqual([entry, 54_321]);
    expect((await lstat(at('mine'))).uid).toBe(0);
  });

  it('is named by every reporter alone', async () => {
    const run = sampleRun();
    for (const reporter of reporters) {
      const evidenceOf = () => Promise.reject(Object.assign(new Error('no captures here'), { code: 'ENOENT' }));
      for await (const { path: file } of reporter.files({
        run,
        found: [],
        language: 'en',
        terminal: { columns: 80, color: false },
        linksOf: ({ capture }) => ({ capture, har: null }),
        evidenceOf,
      }))
        expect(['-', ...RUN_NAMES]).toContain(file.split('/')[0]);
    }
  });
});
