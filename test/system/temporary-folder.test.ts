/** What processes that are killed leave, and what is none of ours. Each is made by a real process. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { sweepTemporaryFolders, temporaryFolder } from '../../harness/system/temporary-folder.ts';

const OWNER = '.wirematrix-owner.json';
const linux = it.skipIf(process.platform !== 'linux');

let outer: string;
let before: string | undefined;
beforeEach(() => {
  before = process.env.TMPDIR;
  outer = mkdtempSync(path.join(os.tmpdir(), 'wirematrix-test-'));
  process.env.TMPDIR = outer;
});
afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(outer, { recursive: true, force: true });
});

const SCRIPT = `import(process.argv[1]).then(({ temporaryFolder }) => { console.log(temporaryFolder('wirematrix-').path); process.argv[2] === 'stay' ? setInterval(() => {}, 1000) : process.kill(process.pid, process.argv[2]); })`;

/** A process that makes a temporary folder, and then stays or ends by a signal. */
async function maker(then: string) {
  const child = spawn(process.execPath, ['-e', SCRIPT, compiledProgram('harness/system/temporary-folder.ts'), then], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  if (then !== 'stay') await once(child, 'close');
  return { child, folder: line.toString().trim() };
}

describe('temporaryFolder', () => {
  it('has a path that is the same from every working folder', () => {
    process.env.TMPDIR = path.relative('', outer);
    const made = temporaryFolder('wirematrix-');
    expect(path.dirname(made.path)).toBe(outer);
    made.removeNow();
  });

  linux('goes with folders in it that their owner may not write to, as Go makes them', () => {
    const script = `import(process.argv[1]).then(({ temporaryFolder }) => {
      const { mkdirSync, writeFileSync, chmodSync } = require('node:fs');
      const deep = temporaryFolder('wirematrix-').path + '/mod/deep';
      mkdirSync(deep, { recursive: true });
      writeFileSync(deep + '/file', '');
      for (const folder of [deep, deep + '/..']) chmodSync(folder, 0o555);
    })`;
    chmodSync(outer, 0o777);
    // Root may write everywhere.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    execFileSync(process.execPath, ['-e', script, compiledProgram('harness/system/temporary-folder.ts')], user);
    expect(readdirSync(outer)).toEqual([]);
  });
});

describe('sweepTemporaryFolders', () => {
  linux('removes what a killed process left, with all that is in it', async () => {
    const { folder } = await maker('SIGKILL');
    mkdirSync(path.join(folder, 'lane', 'deep'), { recursive: true });
    const outside = path.join(outer, 'outside');
    writeFileSync(outside, 'kept');
    symlinkSync(outside, path.join(folder, 'link'));
    expect(sweepTemporaryFolders()).toEqual([folder]);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync(outside, 'utf8')).toBe('kept');
  });

  linux('leaves the folder of a process that runs, this one included', async () => {
    const { child, folder } = await maker('stay');
    const own = temporaryFolder('wirematrix-');
    expect(sweepTemporaryFolders()).toEqual([]);
    expect([folder, own.path].every((made) => existsSync(made))).toBe(true);
    own.removeNow();
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(sweepTemporaryFolders()).toEqual([folder]);
  });

  linux('knows a process from a later one of the same number', async () => {
    const { child, folder } = await maker('stay');
    const file = path.join(folder, OWNER);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), started: '1' }));
    expect(sweepTemporaryFolders()).toEqual([folder]);
    child.kill('SIGKILL');
  });

  linux.each([
    ['another machine', { host: 'elsewhere' }],
    ['another PID namespace of this boot', { namespace: 'pid:[1]' }],
    ['an unknown time', { started: null }],
  ])('leaves the folder of a process of %s', async (_, change) => {
    const { folder } = await maker('SIGKILL');
    const file = path.join(folder, OWNER);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
    expect(sweepTemporaryFolders()).toEqual([]);
    expect(existsSync(folder)).toBe(true);
  });

  linux('leaves what has not our own file in it, or only has our name', async () => {
    const { folder } = await maker('SIGKILL');
    const names = ['wirematrix-mine', 'wirematrix-link', 'wirematrix-file', 'wirematrix-broken', 'wirematrix-marked'].map((name) =>
      path.join(outer, name),
    );
    const [mine, link, file, broken, marked] = names as [string, string, string, string, string];
    mkdirSync(mine);
    symlinkSync(folder, link);
    writeFileSync(file, '');
    mkdirSync(broken);
    writeFileSync(path.join(broken, OWNER), '{');
    mkdirSync(marked);
    symlinkSync(path.join(folder, OWNER), path.join(marked, OWNER));
    expect(sweepTemporaryFolders()).toEqual([folder]);
    for (const name of [mine, file, broken, marked]) expect(existsSync(name)).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')("leaves another user's", async () => {
    const { folder } = await maker('SIGKILL');
    execFileSync('chown', ['-R', '65534', folder]);
    expect(sweepTemporaryFolders()).toEqual([]);
    expect(existsSync(folder)).toBe(true);
  });
});
