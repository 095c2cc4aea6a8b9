import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Connection } from '../../../clients/emulated/connection.ts';
import { ConnectionPool } from '../../../clients/emulated/pool.ts';
import type { ClientProfile } from '../../../clients/profile.ts';
import { chromium } from '../../../clients/profiles/chromium.ts';
import { firefox } from '../../../clients/profiles/firefox.ts';
import { response, scriptedServer } from '../scripted-server.ts';

/** The clock of the pool stands still, so that a time-out ends at an exact millisecond. */
const CLOCK = { toFake: ['performance', 'setTimeout', 'clearTimeout'] as ('performance' | 'setTimeout' | 'clearTimeout')[] };
/** Firefox sets its clean-up timer this much after a connection became idle. */
const ARM_AFTER_MS = 25;
const RECLAIMED_MS = 10;

afterEach(() => void vi.useRealTimers());

async function open({ connections, closing }: ClientProfile) {
  const server = await scriptedServer(() => response('ok'));
  vi.useFakeTimers(CLOCK);
  const pool = new ConnectionPool(new URL(server.origin), connections, closing);
  onTestFinished(async () => {
    pool.close();
    await server.close();
  });
  return { pool, server };
}

/** Waits by turns of the event loop: `vi.waitUntil` would advance the clock. @throws after 3 s */
async function until(condition: () => boolean): Promise<void> {
  for (const began = Date.now(); !condition(); await new Promise((resolve) => setImmediate(resolve)))
    if (Date.now() - began > 3_000) throw new Error('it did not happen within 3 s');
}

async function unused(pool: ConnectionPool): Promise<Connection> {
  pool.preconnect(1);
  await until(() => pool.connections[0]?.state === 'idle');
  return pool.connections[0]!;
}

async function used(pool: ConnectionPool): Promise<Connection> {
  const signal = new AbortController().signal;
  const asked = pool.request({ target: '/', head: 'GET / HTTP/1.1\r\nHost: here\r\n\r\n', priority: 0, isDocument: true, signal });
  const { body, connection } = await asked;
  for await (const _ of body);
  await until(() => vi.getTimerCount() > 0);
  // More than either browser takes to count the connection as idle (`reclaimMs`).
  vi.advanceTimersByTime(RECLAIMED_MS);
  await until(() => connection.state === 'idle');
  return connection;
}

test('firefox closes an unused connection 5 s after it was opened, at the tick of its timer', async () => {
  const { pool } = await open(firefox);
  const connection = await unused(pool);
  vi.advanceTimersByTime(5_000 + ARM_AFTER_MS - 1);
  expect(connection.state).toBe('idle');
  vi.advanceTimersByTime(1);
  expect(connection.state).toBe('closed');
});

test.each([
  ['unused', unused, 60_000],
  ['used', used, 300_000],
] as const)('chromium closes an %s connection at the first request after its time-out, not before', async (_, idle, timeoutMs) => {
  const { pool } = await open(chromium);
  const connection = await idle(pool);
  vi.advanceTimersByTime(connection.quietSince + timeoutMs - performance.now() - 1);
  // What a request does first: it closes what is overdue.
  pool.preconnect(0);
  expect(connection.state).toBe('idle');
  vi.advanceTimersByTime(1);
  expect(connection.state).toBe('idle');
  pool.preconnect(0);
  expect(connection.state).toBe('closed');
});

test('firefox closes a used connection 115 s after its last byte', async () => {
  const { pool } = await open(firefox);
  const connection = await used(pool);
  vi.advanceTimersByTime(connection.quietSince + 115_000 - performance.now() - 1);
  expect(connection.state).toBe('idle');
  // Its timer works in whole seconds.
  vi.advanceTimersByTime(1_000 + ARM_AFTER_MS + 1);
  expect(connection.state).toBe('closed');
});
