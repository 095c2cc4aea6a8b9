/** Each threshold of the claims, at its boundary and just beyond. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { CellFacts, PrintedName } from '../../harness/claims/claim.ts';
import { judgeClaims } from '../../harness/claims/index.ts';
import { printedCells } from '../../harness/claims/printed/printed-evidence.ts';
import type { ConnectionInput } from '../observe/evidence-builder.ts';
import { cell, factsOfWorld, flaskVisit, idle, kept, world } from './world.ts';

let printed: ReadonlyMap<PrintedName, CellFacts>;
beforeAll(async () => {
  printed = await printedCells();
});

/** The verdict on a claim where these cells are as given, and all others as captured. */
function verdict(id: string, changed: readonly CellFacts[], rows = printed): string | undefined {
  const cells = world();
  for (const one of changed) cells.set(one.id, one);
  return judgeClaims(factsOfWorld(cells, rows)).find(({ claim }) => claim.id === id)?.judgement.verdict;
}

describe('S4.3', () => {
  /** One connection, on which the audio takes `tookMs` and the icon is asked for at `iconMs`; with six it is asked for at 40. */
  const one = (tookMs: number, iconMs: number) =>
    cell('express/chromium-one-connection/slow-link', {
      connections: [
        {
          syn: 5,
          requests: [
            { frame: 10, atMs: 10, target: '/', responseMs: 12 },
            { frame: 20, atMs: 20, target: '/style.css', responseMs: 22 },
            { frame: 30, atMs: 30, target: '/audio.wav', responseFrame: 500, responseMs: 30 + tookMs },
            { frame: 510, atMs: iconMs, target: '/favicon.ico', responseMs: iconMs + 1 },
          ],
        },
      ],
    });

  it.each([
    [2_000, 1_040, 'reproduced-other-cause'],
    [2_000, 1_041, 'reproduced'],
    [100, 140, 'reproduced'],
    [99.9, 140, 'not-observable'],
  ])('the slow file takes %s ms, a request is sent at %s ms: %s', (tookMs, iconMs, expected) => {
    expect(verdict('S4.3', [one(tookMs, iconMs)])).toBe(expected);
  });
});

describe('S4.4', () => {
  it.each([
    [78, true],
    [77.8, false],
  ])('a watch of %s s is long enough: %s', (windowS, enough) => {
    expect(verdict('S4.4', [idle('nginx/chromium/close', null, 8, [], windowS)]) !== 'not-observable').toBe(enough);
  });

  it.each([
    [92, 'reproduced-other-cause'],
    [91.8, 'reproduced'],
  ])('nothing closes in 95 s, with the header alone after %s s: %s', (afterS, expected) => {
    const changed = [
      idle('nginx/chromium/close', null, 95),
      idle('nginx-header-only/chromium/close', 'server', afterS, [['Keep-Alive', 'timeout=5']]),
    ];
    expect(verdict('S4.4', changed)).toBe(expected);
  });

  it.each([
    [6.5, true],
    [6.6, false],
    [3.5, true],
    [3.4, false],
  ])('a timer of 5 s that closes after %s s was varied: %s', (afterS, varied) => {
    expect(verdict('S4.4', [idle('nginx-timer-only/chromium/close', 'server', afterS)]) !== 'not-observable').toBe(varied);
  });
});

const probedAt = (seconds: number[], from: number): NonNullable<ConnectionInput['probes']> => ({
  side: 'client',
  frames: seconds.map((_, index) => from + index),
  timesMs: seconds.map((one) => one * 1000),
});

describe('keep-alive probes', () => {
  const probed = (seconds: number) =>
    cell('django/chromium/idle', {
      connections: [{ syn: 1, synMs: 0, requests: [{ frame: 4, atMs: 0, responseMs: 0 }], probes: probedAt([seconds], 700) }],
    });

  it.each([
    [42.4, 'contradicted'],
    [42.5, 'reproduced'],
    [47.5, 'reproduced'],
    [47.6, 'contradicted'],
  ])('R0.3: every %s s: %s', (seconds, expected) => {
    expect(verdict('R0.3', [probed(seconds)])).toBe(expected);
  });

  it.each([
    [44, 'reproduced'],
    [43.9, 'contradicted'],
  ])('R0.4: open for %s s: %s', (seconds, expected) => {
    const lastMs = 95_000 - seconds * 1000;
    const open = cell('django/chromium/idle', { connections: [{ syn: 1, requests: [{ frame: 4, atMs: lastMs, responseMs: lastMs }] }] });
    expect(verdict('R0.4', [open])).toBe(expected);
  });

  it.each([
    [[45, 90], 'reproduced'],
    [[45], 'contradicted'],
  ])('R2.2: on an unused connection after %j s: %s', (seconds, expected) => {
    const spare = cell('python-http/chromium/reload', {
      connections: [kept([{ target: '/' }]), { syn: 50, synMs: 0, handshakeMs: 0, probes: probedAt(seconds, 700) }],
    });
    expect(verdict('R2.2', [spare])).toBe(expected);
  });

  it.each([
    ['R0.3', 'django/chromium/idle', 47.5],
    ['R0.4', 'django/chromium/idle', 45],
    ['R2.2', 'python-http/chromium/reload', 92.5],
    ['R3.1', 'express/chromium/idle', 7],
  ])('%s: %s can be judged from a watch of %s s on', (id, cellId, leastS) => {
    const watched = (windowS: number) => verdict(id, [cell(cellId, { connections: [kept([{ target: '/' }])] }, windowS)]);
    expect(watched(leastS)).not.toBe('not-observable');
    expect(watched(leastS - 0.1)).toBe('not-observable');
  });
});

it.each([
  [49.9, 'reproduced'],
  [50, 'contradicted'],
])('R1.1: two connections %s ms apart: %s', (apartMs, expected) => {
  const visit = cell('flask/chromium/first-visit', {
    connections: [
      { syn: 1, synMs: 1, requests: [{ frame: 10, atMs: 100, target: '/', responseMs: 101 }] },
      { syn: 4, synMs: 1 + apartMs },
    ],
  });
  expect(verdict('R1.1', [visit])).toBe(expected);
});

it.each([
  [5.1, 'reproduced'],
  [5.2, 'contradicted'],
  [4.9, 'reproduced'],
  [4.8, 'contradicted'],
])('R1.5: a poll every %s s: %s', (seconds, expected) => {
  const rows = printed.get('flask-edge-capture-2')!;
  const visit = structuredClone(rows);
  const polls = visit.evidence.exchanges.filter(({ request }) => request?.target.startsWith('/ECAgent'));
  expect(polls.length).toBeGreaterThan(1);
  polls.forEach(({ request }, index) => {
    request!.startNs = index * seconds * 1e9;
  });
  expect(verdict('R1.5', [], new Map([...printed, ['flask-edge-capture-2', visit]]))).toBe(expected);
});

it('S4.1: one request shows no short connections, two do', () => {
  const visit = (files: number) => {
    const whole = flaskVisit('flask/chromium/first-visit');
    whole.evidence.connections = whole.evidence.connections.filter(({ exchanges }) => exchanges.length > 0).slice(0, files);
    whole.evidence.exchanges = whole.evidence.connections.flatMap(({ exchanges }) => exchanges);
    return whole;
  };
  expect(verdict('S4.1', [visit(2)])).toBe('reproduced-other-cause');
  expect(verdict('S4.1', [visit(1)])).toBe('contradicted');
});

it.each([
  [1, 'contradicted'],
  [2, 'reproduced'],
])('R0.2: the head of a 304 in %s segments: %s', (headSegments, expected) => {
  const headers: [string, string][] = [['Content-Length', '0']];
  const files = [{ target: '/', status: 304, headers, response: { headSegments } }];
  const changed = ['django/ie11/reload', 'django/probe/conditional'].map((id) => cell(id, { connections: [kept(files)] }));
  expect(verdict('R0.2', changed)).toBe(expected);
});

it.each([
  [1, 'contradicted'],
  [2, 'reproduced'],
])('R0.1: the head of the page in %s segments, the body after it: %s', (headSegments, expected) => {
  const response = { headSegments, headEndsWithBody: false };
  const files = [{ target: '/', headers: [['Content-Type', 'text/html']] as [string, string][], response }];
  expect(verdict('R0.1', [cell('django/chromium/first-visit', { connections: [kept(files)] })])).toBe(expected);
});
