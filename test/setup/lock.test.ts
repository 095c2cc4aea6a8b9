import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { locked } from '../../harness/setup/lock.mjs';
import { moduleUrl, type Running, startNode, temporaryRoot } from './temporary-root.ts';

/** Adds one to a number in a file, slowly: two at the same time would lose one, and the folder would be there already. */
const CONTENDER = `
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { locked } from '${moduleUrl('lock.mjs')}';
const root = process.argv[1];
await locked(root, async () => {
  mkdirSync(root + '/inside');
  const count = Number(readFileSync(root + '/count', 'utf8'));
  await delay(30);
  writeFileSync(root + '/count', String(count + 1));
  rmdirSync(root + '/inside');
});
`;

const contender = (root: string): Running => startNode(CONTENDER, [root]);

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const node = startNode('');
  await node.ended;
  return node.pid;
}

describe('the lock of a folder', () => {
  it('lets one contender in at a time', async () => {
    const root = temporaryRoot({ count: '0' });
    const all = await Promise.all(Array.from({ length: 5 }, () => contender(root).ended));
    expect(all.map(({ code, stderr }) => `${code} ${stderr.replace(/^waiting for .*\n/, '')}`)).toEqual(Array(5).fill('0 '));
    expect(readFileSync(path.join(root, 'count'), 'utf8')).toBe('5');
    expect(readdirSync(path.join(root, 'dist'))).toEqual([]);
  });

  it('of a process that has ended is taken over, by one contender', async () => {
    const root = temporaryRoot({ count: '0', 'dist/.lock': String(await endedPid()) });
    const all = await Promise.all(Array.from({ length: 4 }, () => contender(root).ended));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(readFileSync(path.join(root, 'count'), 'utf8')).toBe('4');
    expect(readdirSync(path.join(root, 'dist'))).toEqual([]);
  });

  it('names the process that it waits for, once', async () => {
    const root = temporaryRoot({ count: '0', 'dist/.lock': String(process.pid) });
    const waiting = contender(root);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(readFileSync(path.join(root, 'count'), 'utf8')).toBe('0');
    rmSync(path.join(root, 'dist/.lock'));
    const { code, stderr } = await waiting.ended;
    expect(code).toBe(0);
    expect(stderr).toBe(
      `waiting for another start in this folder (process ${process.pid}; if there is none: rm ${path.join(root, 'dist/.lock')})\n`,
    );
  });

  it('is given back where the work fails', async () => {
    const root = temporaryRoot();
    const work = (): never => {
      throw new Error('the disk is full');
    };
    await expect(locked(root, work)).rejects.toThrow('the disk is full');
    expect(existsSync(path.join(root, 'dist/.lock'))).toBe(false);
    expect(await locked(root, () => 'done')).toBe('done');
  });

  it('stops with a remedy where the folder can not be written to', async () => {
    // A file where the folder should be, which stops root too.
    const root = temporaryRoot({ dist: '' });
    await expect(locked(root, () => {})).rejects.toThrow(/^can't write to .*dist: .*\nRun it as the owner/);
  });
});
