import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { FolderInUse, LOCK_FILE, lockFolder } from '../../harness/system/folder-lock.ts';

const CONTENDERS = 6;
const ROUNDS = 5;

let folder: string;
let lock: string;
const children = new Set<ChildProcess>();
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  lock = path.join(folder, LOCK_FILE);
});
afterEach(async () => {
  await Promise.all([...children].map(end));
  await rm(folder, { recursive: true, force: true });
});

interface Contender {
  child: ChildProcess;
  /** The next line that it says. */
  next(): Promise<string>;
}

async function contender(): Promise<Contender> {
  const child = spawn(process.execPath, [compiledProgram('test/system/lock-contender.ts'), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value as string;
  expect(await next()).toBe('ready');
  return { child, next };
}

async function end(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const tries = ({ child, next }: Contender): Promise<string> => {
  child.stdin?.end();
  return next();
};

describe('lockFolder', () => {
  it('makes the folder and names this process there; once more is no conflict', async () => {
    const inner = path.join(folder, 'a/b');
    const [first, second] = [await lockFolder(inner), await lockFolder(inner)];
    expect(await readFile(path.join(inner, LOCK_FILE), 'utf8')).toBe(String(process.pid));
    first.release();
    first.release();
    expect(existsSync(path.join(inner, LOCK_FILE))).toBe(true);
    second.release();
    expect(existsSync(path.join(inner, LOCK_FILE))).toBe(false);
  });

  it('refuses a folder that another process has, and says which one and what helps', async () => {
    const other = await contender();
    expect(await tries(other)).toBe('got');
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUse);
    await expect(lockFolder(folder)).rejects.toThrow(`${folder} is in use by another run (process ${other.child.pid}): wait for it`);
  });

  it('is the same lock by whatever path the folder is named', async () => {
    const other = await contender();
    await tries(other);
    await expect(lockFolder(path.join(folder, '..', path.basename(folder)))).rejects.toThrow(FolderInUse);
  });

  it.each(['', 'nonsense', '-1', '0', '1.5'])(
    'is not held up by what a killed or a starved process left in the file: %j',
    async (content) => {
      await writeFile(lock, content);
      (await lockFolder(folder)).release();
    },
  );

  it('has one holder at a time, however many want it at once and however the last one ended', { timeout: 60_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const contenders = await Promise.all(Array.from({ length: CONTENDERS }, contender));
      const said = await Promise.all(contenders.map(tries));
      expect(said.toSorted()).toEqual(['got', ...Array.from({ length: CONTENDERS - 1 }, () => 'refused')]);
      // Killed, it can't tidy up: what it leaves must not stand in the way of the next round.
      await Promise.all(contenders.map(({ child }) => end(child)));
    }
  });
});
