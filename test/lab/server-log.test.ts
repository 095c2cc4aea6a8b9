import { writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openServerLog } from '../../harness/lab/server-log.ts';

it('has the last words of a server, however busy this process is when they come', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  try {
    const log = await openServerLog(path.join(folder, 'log'));
    writeSync(log.fd, 'that was all\n');
    log.started();
    const drained = log.drained();
    const until = performance.now() + 400;
    // Nothing is read until the wait for the end of the output is over.
    while (performance.now() < until);
    await drained;
    expect(log.tail()).toBe('that was all');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
