import { mkdtemp, readdir, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { warmUp } from '../../../clients/emulated/warm-up.ts';
import { chromium } from '../../../clients/profiles/chromium.ts';
import { firefox } from '../../../clients/profiles/firefox.ts';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-warm-up-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(work, { recursive: true, force: true });
});

test.each([chromium, firefox])('the warm-up of $id opens nothing but its own socket, and leaves no file', async (profile) => {
  const connect = vi.spyOn(net.Socket.prototype, 'connect');
  await warmUp(profile, { work, signal: new AbortController().signal });
  const addresses = connect.mock.calls.map((call) => JSON.stringify(call));
  expect(addresses.length).toBeGreaterThan(1);
  for (const address of addresses) expect(address).toContain('warm-up');
  expect(await readdir(work)).toEqual([]);
});

test('where such a socket is impossible, the visit begins without it', async () => {
  const nowhere = path.join(work, 'x'.repeat(200));
  await expect(warmUp(chromium, { work: nowhere, signal: new AbortController().signal })).resolves.toBeUndefined();
});
