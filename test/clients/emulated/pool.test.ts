import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { ConnectionPool } from '../../../clients/emulated/pool.ts';
import { type ConnectionPolicies, policy } from '../../../clients/profile.ts';
import { chromium } from '../../../clients/profiles/chromium.ts';
import { firefox } from '../../../clients/profiles/firefox.ts';
import { type Answer, response, type ScriptedServer, scriptedServer } from '../scripted-server.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(connections: ConnectionPolicies, answer: Answer): Promise<{ pool: ConnectionPool; server: ScriptedServer }> {
  const server = await scriptedServer(answer);
  const pool = new ConnectionPool(new URL(server.origin), connections, chromium.closing);
  cleanups.push(server.close, () => pool.close());
  return { pool, server };
}

const order = (target: string, isDocument = false) => ({
  target,
  head: `GET ${target} HTTP/1.1\r\nHost: here\r\n\r\n`,
  priority: 0,
  isDocument,
  signal: new AbortController().signal,
});

async function get(pool: ConnectionPool, target: string): Promise<number> {
  const reply = await pool.request(order(target));
  for await (const _ of reply.body);
  await reply.connection.idle();
  return reply.status;
}

const OK = (): string => response('ok', ['Keep-Alive: timeout=1']);

test('no more than six connections to a host, and the seventh request waits for one', async () => {
  const held: (() => void)[] = [];
  const { pool, server } = await open(chromium.connections, (_, __, { socket }) => {
    held.push(() => socket.write(OK()));
    return null;
  });
  const all = Array.from({ length: 9 }, (_, n) => get(pool, `/${n}`));
  await server.until(() => server.heads.length === 6);
  expect(server.connections).toHaveLength(6);
  held.shift()?.();
  await server.until(() => server.heads.length === 7);
  expect(server.connections).toHaveLength(6);
  for (let n = 0; n < 8; n++) {
    await server.until(() => held.length > 0);
    held.shift()?.();
  }
  expect(await Promise.all(all)).toEqual(Array(9).fill(200));
});

test('in chromium the connection that is established first goes to the most urgent waiting request', async () => {
  const { pool, server } = await open(chromium.connections, () => OK());
  const asked = ['/script', '/picture'].map(async (target, index) => {
    const reply = await pool.request({ ...order(target), priority: 4 - index });
    for await (const _ of reply.body);
  });
  await Promise.all(asked);
  expect(server.connections.map(({ heads }) => heads[0]?.split(' ')[1])).toEqual(['/picture', '/script']);
});

test("undici's timers close nothing: neither after its default of 4 s nor at the server's hint", { timeout: 20_000 }, async () => {
  const { pool, server } = await open(chromium.connections, OK);
  await get(pool, '/a');
  await delay(5_500);
  expect(server.connections[0]?.ended).toBeNull();
  await get(pool, '/b');
  expect(server.connections).toHaveLength(1);
});

test("firefox obeys the server's Keep-Alive: timeout", async () => {
  const { pool, server } = await open(firefox.connections, OK);
  const before = performance.now();
  await get(pool, '/a');
  await server.until(() => server.connections[0]?.ended === 'FIN');
  expect(performance.now() - before).toBeGreaterThan(950);
  expect(performance.now() - before).toBeLessThan(4_000);
});

test('chromium leaves a FIN of the server unanswered until the next request, firefox answers at once', async () => {
  for (const [profile, atOnce] of [
    [chromium, false],
    [firefox, true],
  ] as const) {
    const { pool, server } = await open(profile.connections, () => response('ok'));
    await get(pool, '/a');
    server.connections[0]?.socket.end();
    if (atOnce) {
      await server.until(() => server.connections[0]?.ended === 'FIN');
      continue;
    }
    await delay(500);
    expect(server.connections[0]?.ended).toBeNull();
    await get(pool, '/b');
    await server.until(() => server.connections[0]?.ended === 'FIN');
    expect(server.connections).toHaveLength(2);
  }
});

test('a request that finds its kept-alive connection dead is sent again on another', async () => {
  let answered = 0;
  const { pool, server } = await open(chromium.connections, (_, __, { socket }) => {
    if (answered++ !== 1) return response('ok');
    socket.resetAndDestroy();
    return null;
  });
  await get(pool, '/a');
  expect(await get(pool, '/b')).toBe(200);
  expect(server.targets()).toEqual(['/a', '/b', '/b']);
  expect(server.connections).toHaveLength(2);
});

test('a first request that breaks is not sent again', async () => {
  const { pool, server } = await open(chromium.connections, (_, __, { socket }) => {
    socket.resetAndDestroy();
    return null;
  });
  await expect(get(pool, '/a')).rejects.toThrow();
  expect(server.targets()).toEqual(['/a']);
});

/** Uses two connections at once, the first for a document, and says which of them the next request gets. */
async function nextAfterTwo(connections: ConnectionPolicies): Promise<number> {
  const { pool, server } = await open(connections, (target) => (target === '/document' ? null : response('ok')));
  const asked = pool.request(order('/document', true));
  await server.until(() => server.targets().length === 1);
  const other = await pool.request(order('/other'));
  for await (const _ of other.body);
  await other.connection.idle();
  server.connections[0]?.socket.write(response('ok'));
  const document = await asked;
  for await (const _ of document.body);
  await document.connection.idle();
  await get(pool, '/next');
  return server.connections.findIndex(({ heads }) => heads.some((head) => head.startsWith('GET /next')));
}

test('chromium takes the connection that was used last; firefox spares the one that began with a document', async () => {
  expect(await nextAfterTwo(chromium.connections)).toBe(0);
  expect(await nextAfterTwo(firefox.connections)).toBe(1);
});

test('an unused connection is closed by the timer of firefox, and not by chromium', async () => {
  const quick = { ...firefox.connections, unusedIdleMs: policy(1_000, 'test') };
  const { pool, server } = await open(quick, OK);
  pool.preconnect(1);
  await server.until(() => server.connections[0]?.ended === 'FIN');
  const lazy = await open({ ...chromium.connections, unusedIdleMs: policy(100, 'test') }, OK);
  lazy.pool.preconnect(1);
  await lazy.server.until(() => lazy.server.connections.length === 1);
  await delay(600);
  expect(lazy.server.connections[0]?.ended).toBeNull();
  await get(lazy.pool, '/a');
  await lazy.server.until(() => lazy.server.connections[0]?.ended === 'FIN');
  expect(lazy.server.connections[1]?.heads).toHaveLength(1);
});

test('where nothing listens, the request fails', async () => {
  const { pool, server } = await open(chromium.connections, OK);
  await server.close();
  cleanups.splice(0, 1);
  await expect(get(pool, '/a')).rejects.toThrow(/ECONNREFUSED/);
});

/** A listener that has stopped: the kernel takes two connections for it, and lets the SYNs of others wait. */
async function stoppedListener(): Promise<{ origin: URL; resume(): void }> {
  const code =
    "require('net').createServer(() => {}).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })";
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 2 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
  await Promise.all(fillers.map((filler) => once(filler, 'connect')));
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
  });
  return { origin: new URL(`http://127.0.0.1:${Number(port)}`), resume: () => child.kill('SIGCONT') };
}

test('where a SYN is not answered firefox opens a second connection after 250 ms and uses the first that is established, chromium waits', async () => {
  const listener = await stoppedListener();
  const pools = [firefox, chromium].map(({ connections, closing }) => new ConnectionPool(listener.origin, connections, closing));
  onTestFinished(() => {
    for (const pool of pools) pool.close();
  });
  const [ofFirefox, ofChromium] = pools.map((pool) => {
    pool.request(order('/')).catch(() => {});
    return pool;
  });
  const opened = () => [ofFirefox?.connections.length, ofChromium?.connections.length];
  expect(opened()).toEqual([1, 1]);
  await vi.waitUntil(() => ofFirefox?.connections.length === 2, { timeout: 5_000, interval: 10 });
  await delay(500);
  expect(opened()).toEqual([2, 1]);
  listener.resume();
  const states = () => ofFirefox?.connections.map(({ state }) => state).sort();
  await vi.waitUntil(() => !states()?.includes('connecting'), { timeout: 10_000, interval: 10 });
  expect(states()).toEqual(['busy', 'idle']);
}, 20_000);
