/** A race whose captures are made of packets that are written out: a proxy loses a POST and repeats a GET; the same server with a longer timer is safe. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { attemptsOf } from '../../harness/race/judge/attempts.ts';
import type { Habits } from '../../harness/race/judge/habits.ts';
import { lostOf, type Pair, type RaceResult, verdictOf } from '../../harness/race/judge/pair.ts';
import { wilson } from '../../harness/race/judge/statistics.ts';
import { pcapng } from '../packets/captures.ts';
import type { Conversation } from '../packets/conversation.ts';
import { answer, ask, connectionsOf, hop } from '../race/race-capture.ts';

export const RACED = 'captures/pairs/nginx-proxy-keepalive/express.pcapng';

/** An idle connection to the server that meets its close with a request. */
const racing = (method: string, target: string): Conversation => {
  const up = hop(8081, 1).data('client', ask('GET', '/?warm')).ack('server').data('server', answer(200)).ack('client').wait(400);
  const late = up.next.client;
  up.data('client', ask(method, target, method === 'POST' ? 'aimed\n' : ''));
  return up.segment('server', { flags: 0x11, ack: late }).segment('server', { flags: 4, seq: up.next.server + 1 });
};

/** The client's connection, which carries some requests before. */
const asking = (method: string, target: string, status: number): Conversation => {
  const down = hop(8080);
  for (let round = 0; round < 4; round++)
    down
      .data('client', ask('GET', `/?warm-${round}`))
      .data('server', answer(200))
      .ack('client')
      .wait(90);
  return down
    .data('client', ask(method, target, method === 'POST' ? 'aimed\n' : ''))
    .ack('server')
    .wait(20)
    .data('server', answer(status));
};

const hops = (): Conversation[] => [
  asking('POST', '/?aimed-1-1', 502),
  racing('POST', '/?aimed-1-1'),
  asking('GET', '/?aimed-1-2', 200),
  racing('GET', '/?aimed-1-2'),
  hop(8081, 412).data('client', ask('GET', '/?aimed-1-2')).ack('server').data('server', answer(200)),
];

export const habits: Habits = {
  idleS: { value: null, frames: [1] },
  openAfterS: 95.1,
  declinesAfterS: { value: 5.5, frames: [1, 2] },
  obeysHint: { value: 'no', frames: [1] },
  hintMarginS: null,
  seesFin: { value: 'yes', frames: [1, 2] },
  pool: { value: 32, frames: [3] },
  poolOpened: 64,
  get: { value: 'yes', on: 'new', gives: [], frames: [4] },
  post: { value: 'no', on: null, gives: ['502'], frames: [5] },
  postBody: { value: '2 of 3', on: 'idle', gives: ['502', 'hang-up'], frames: [6] },
};

const row = (id: string, title: string, variantOf: string | null = null) => ({
  id,
  title,
  summary: `${title} as it is`,
  variantOf,
  version: '1.0',
  skipped: null,
  reason: null,
});

const timer = (shortestS: number) => ({
  shortestS,
  longestS: shortestS,
  medianS: shortestS,
  openAfterS: null,
  closesEach: false,
  hintS: 5,
  limit: { requests: 100, isAnnounced: true, frames: [2, 3] },
  answeredMost: 100,
  lifetime: null,
  busyS: 95,
  stop: { closedMs: 12, frames: [4] },
  connections: 8,
  frames: [1],
});

/** The folder is the caller's to remove. */
export async function madeRace(): Promise<{ dir: string; result: RaceResult }> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'wirematrix-race-'));
  const all = hops();
  const packets = all.flatMap((one) => one.packets).sort((a, b) => Number(a.timeNs - b.timeNs));
  mkdirSync(path.join(dir, path.dirname(RACED)), { recursive: true });
  writeFileSync(path.join(dir, RACED), pcapng(packets));
  const attempts = attemptsOf(await connectionsOf(...all), 8080, (target) => target.includes('aimed'));
  const pair = (server: string, method: 'GET' | 'POST'): Pair => {
    const { example, ...counts } = attempts[method];
    const isRacing = server === 'express';
    const shown = isRacing ? counts : { ...counts, raced: 0, unsent: 0, near: 0, answered: counts.tried, repeated: 0, failed: {} };
    const predicted = isRacing ? 'races' : 'safe';
    return {
      upstream: 'nginx-proxy-keepalive',
      server,
      ...shown,
      upstreamIdleS: 60,
      serverIdleS: isRacing ? 6 : 66,
      predicted,
      marginS: isRacing ? -54 : 6,
      because: 'timers',
      ends: { limit: 'announced', lifetime: 'none', stop: 'races' },
      lostShare: wilson(lostOf(shown), shown.tried),
      verdict: verdictOf(shown, predicted, shown.tried),
      example: isRacing && example ? { capture: RACED, frames: example.frames, detail: example } : null,
      state: 'tried',
      reason: null,
    };
  };
  return {
    dir,
    result: {
      schemaVersion: 1,
      startedAt: '2026-11-28T23:00:00.000Z',
      durationMs: 300_000,
      windowS: 95,
      pathDelayMs: 15,
      upstreams: [
        { ...row('nginx-proxy-keepalive', 'nginx, keepalive'), kind: 'proxy', habits, habitsCapture: null },
        { ...row('requests', 'requests'), kind: 'library', habits: null, habitsCapture: null, reason: 'it did not start' },
      ],
      servers: [
        { ...row('express', 'Express'), timer: timer(6), timerCapture: null, endsCapture: null, endsReason: null },
        {
          ...row('express-keepalive-65s', 'Express, 65 s', 'express'),
          timer: timer(66),
          timerCapture: null,
          endsCapture: null,
          endsReason: null,
        },
      ],
      pairs: ['express', 'express-keepalive-65s'].flatMap((server) => [pair(server, 'GET'), pair(server, 'POST')]),
    },
  };
}
