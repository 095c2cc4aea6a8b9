/** A race as a user runs it, on the shortest pairs whose outcome is known; and a chain in one lane. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import { lostOf, type RaceResult } from '../../harness/race/judge/pair.ts';
import { findProgram } from '../../harness/system/programs.ts';
import { FLAG } from '../packets/layers.ts';
import { type Ended, raceLack, runIn, testFolder, wirematrix } from './command.ts';

const TIMEOUT_MS = 240_000;

let folder: Awaited<ReturnType<typeof testFolder>>;
/** Why nothing of this can run here. */
let why: string | null = null;
let ended: Ended;
let result: RaceResult;

beforeAll(async () => {
  folder = await testFolder();
  why = (await raceLack()) ?? (findProgram('nginx') === null ? 'nginx is not installed' : null);
  if (why !== null) return;
  const upstreams = 'nginx-proxy,nginx-proxy-keepalive,node-http-agent,undici-fetch';
  const args = ['race', '--quick', '--upstreams', upstreams, '--servers', 'planted', '--out', path.join(folder.path, 'race')];
  ended = await wirematrix(args, { TMPDIR: folder.temporary }).ended;
  result = JSON.parse(readFileSync(path.join(folder.path, 'race/race.json'), 'utf8'));
}, TIMEOUT_MS);

afterAll(() => folder.remove());

const pairOf = (upstream: string, server: string, method: string) =>
  result.pairs.find((pair) => pair.upstream === upstream && pair.server === server && pair.method === method)!;

it('ends well, and prints the matrix', (context) => {
  if (why) return context.skip(why);
  expect(ended.stderr).not.toContain('failed');
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout).toContain('nginx-proxy-keepalive');
  const files = Object.keys(JSON.parse(readFileSync(path.join(folder.path, 'race/.wirematrix.json'), 'utf8')).files);
  expect(files).toEqual(expect.arrayContaining(['race.html', 'race.json', 'race.md', 'race.zh.md']));
});

it('sees a limit of requests, and how idle connections end when the server stops', (context) => {
  if (why) return context.skip(why);
  const timer = result.servers.find(({ id }) => id === 'planted-limit-announced')?.timer;
  expect(timer?.limit).toMatchObject({ requests: 3, isAnnounced: true });
  expect(timer?.stop?.closedMs).toBeLessThan(1_500);
});

it('sees the age at which a server ends busy connections, and takes it for no limit of requests', (context) => {
  if (why) return context.skip(why);
  const timerOf = (id: string) => result.servers.find((server) => server.id === id)?.timer;
  const old = timerOf('planted-lifetime');
  expect(old).toMatchObject({ limit: null, lifetime: { isAnnounced: false } });
  expect(old?.lifetime?.shortestS).toBeGreaterThan(1.95);
  expect(old?.lifetime?.longestS).toBeLessThan(2.5);
  expect(timerOf('planted-lifetime-announced')).toMatchObject({ limit: null, lifetime: { isAnnounced: true } });
  const endsOf = (server: string) => pairOf('nginx-proxy-keepalive', server, 'POST').ends?.lifetime;
  expect([endsOf('planted-lifetime'), endsOf('planted-lifetime-announced'), endsOf('planted-400ms')]).toEqual([
    'races',
    'announced',
    'none',
  ]);
  for (const id of ['planted-400ms', 'planted-limit', 'planted-limit-announced']) expect(timerOf(id)?.lifetime).toBeNull();
});

it('finds the planted timer, and the hint', (context) => {
  if (why) return context.skip(why);
  const timerOf = (id: string) => result.servers.find((server) => server.id === id)?.timer;
  expect(timerOf('planted-400ms')?.shortestS).toBeGreaterThan(0.35);
  expect(timerOf('planted-400ms')?.shortestS).toBeLessThan(0.6);
  expect(timerOf('planted-3s-hint')?.hintS).toBe(3);
});

it('shows that nginx loses POSTs and no GET, which it repeats', (context) => {
  if (why) return context.skip(why);
  const get = pairOf('nginx-proxy-keepalive', 'planted-400ms', 'GET');
  const post = pairOf('nginx-proxy-keepalive', 'planted-400ms', 'POST');
  expect(lostOf(get)).toBe(0);
  expect(get.repeated).toBeGreaterThan(0);
  expect(post.failed['502']).toBeGreaterThan(0);
  expect(post.repeated).toBe(0);
  expect([get.verdict, post.verdict]).toEqual(['races', 'races']);
  expect(post.tried).toBe(post.answered + lostOf(post) + Object.values(post.otherwise).reduce((sum, count) => sum + count, 0));
});

it('shows the frames of an example: the request, the close, the RST', async (context) => {
  if (why) return context.skip(why);
  const { example } = pairOf('nginx-proxy-keepalive', 'planted-400ms', 'POST');
  const { frames = [] } = await decodeFile(path.join(folder.path, 'race', example!.capture), { frames: true });
  const { request, close, reset, stream } = example!.detail;
  const frame = (number: number | null) => frames.find((one) => one.frame === number);
  expect(frame(request)).toMatchObject({ stream, from: 'client' });
  expect(frame(request)?.payload).toBeGreaterThan(0);
  expect(frame(close)).toMatchObject({ stream, from: 'server' });
  // Where the request came just before the close, the close itself is a RST (RFC 9293 §3.10.4).
  expect((frame(close)?.flags ?? 0) & (FLAG.fin | FLAG.rst)).not.toBe(0);
  expect((frame(reset)?.flags ?? 0) & FLAG.rst).toBe(FLAG.rst);
});

it('never loses a request of a safe pair', (context) => {
  if (why) return context.skip(why);
  const safe = result.pairs.filter(({ predicted, tried }) => predicted === 'safe' && tried > 0);
  expect(safe.length).toBeGreaterThan(6);
  for (const pair of safe) expect(pair, `${pair.upstream} > ${pair.server}`).toMatchObject({ raced: 0, failed: {}, verdict: 'safe' });
});

it('shows the cure of a limit: the last response says Connection: close', (context) => {
  if (why) return context.skip(why);
  expect(lostOf(pairOf('nginx-proxy-keepalive', 'planted-limit', 'POST'))).toBeGreaterThan(0);
  expect(pairOf('nginx-proxy-keepalive', 'planted-limit-announced', 'POST')).toMatchObject({ raced: 0, failed: {}, verdict: 'safe' });
});

it('shows which client library obeys the hint', (context) => {
  if (why) return context.skip(why);
  const obeys = (id: string) => result.upstreams.find((upstream) => upstream.id === id)?.habits?.obeysHint?.value;
  expect(obeys('undici-fetch')).toBe('yes');
  expect(obeys('node-http-agent')).toBe('no');
});

it(
  'runs a chain in one lane, and tells its hops apart',
  async (context) => {
    if (why) return context.skip(why);
    const out = path.join(folder.path, 'chain');
    const args = ['compare', '--quick', '--servers', 'nginx-proxy>express,express', '--clients', 'chromium,probe'];
    const { code, stderr } = await wirematrix(
      [...args, '--scenarios', 'first-visit,range,conditional', '--reporter', 'markdown', '--out', out],
      {
        TMPDIR: folder.temporary,
      },
    ).ended;
    expect(code, stderr).toBe(0);
    const { cells } = runIn(out);
    const chain = cells.filter(({ server }) => server === 'nginx-proxy>express');
    expect(chain.map(({ state }) => state)).toEqual(['observed', 'observed', 'observed']);
    const valueOfProxy = (scenario: string, name: string) =>
      chain.find((cell) => cell.scenario === scenario)?.values[`proxy.${name}`]?.value;
    expect(valueOfProxy('first-visit', 'request-version')).toBe('1.0');
    expect(valueOfProxy('first-visit', 'upstream-reuse')).toBe(1);
    expect(valueOfProxy('range', 'ranges')).toBe('passed on');
    expect(valueOfProxy('conditional', 'conditions')).toBe('passed on');
    expect(valueOfProxy('first-visit', 'answered-itself')).toBe(0);
    const alone = cells.filter(({ server }) => server === 'express');
    expect(alone.flatMap(({ values }) => Object.keys(values)).filter((id) => id.startsWith('proxy.'))).toEqual([]);
  },
  TIMEOUT_MS,
);
