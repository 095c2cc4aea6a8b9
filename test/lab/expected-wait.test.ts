import { expect, it } from 'vitest';
import { clients } from '../../clients/index.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { expectedWaitMs, longestFirst, longWaits } from '../../harness/lab/expected-wait.ts';
import type { CellPlan } from '../../harness/lab/plan.ts';
import { servers } from '../../servers/index.ts';

const named = <T extends { id: string }>(list: readonly T[], id: string): T => list.find((entry) => entry.id === id) as T;
const cell = (server: string, scenario: string): CellPlan => ({
  server: { definition: named(servers, server), version: '1' },
  client: { definition: named(clients, 'chromium'), version: '1' },
  scenario: named(scenarios, scenario),
});
const wait = (server: string, scenario: string): number => expectedWaitMs(cell(server, scenario), 95_000);

it('is what the server documents, at most the window; a server that is stopped may keep one waiting that long', () => {
  expect(wait('express', 'first-visit')).toBe(5_000);
  expect(wait('nginx', 'first-visit')).toBe(75_000);
  expect(wait('caddy', 'first-visit')).toBe(95_000);
  expect(wait('express', 'idle-unused')).toBe(90_000);
  expect(wait('caddy', 'shutdown-idle')).toBe(95_000);
});

it("of the user's own server nothing is known", () => {
  const own = { server: { title: '', command: null }, host: '', port: 1, targets: {} } as unknown as NonNullable<CellPlan['own']>;
  expect(expectedWaitMs({ ...cell('express', 'first-visit'), own }, 9_000)).toBe(9_000);
});

it('puts the longest first, and lets the servers of equals take turns', () => {
  const cells = [cell('express', 'first-visit'), cell('nginx', 'first-visit'), cell('express', 'reload'), cell('caddy', 'reload')];
  const order = longestFirst(cells, 95_000).map(({ server, scenario }) => `${server.definition.id}/${scenario.id}`);
  expect(order).toEqual(['caddy/reload', 'nginx/first-visit', 'express/first-visit', 'express/reload']);
  const busy = longestFirst([cell('caddy', 'first-visit'), cell('django', 'max-requests')], 8_000);
  expect(busy.map(({ scenario }) => scenario.id)).toEqual(['max-requests', 'first-visit']);
  const equals = ['express', 'nginx'].flatMap((server) => ['reload', 'revisit', 'hard-reload'].map((scenario) => cell(server, scenario)));
  const inTurn = longestFirst(equals, 5_000).map(({ server, scenario }) => `${server.definition.id}/${scenario.id}`);
  expect(inTurn).toEqual([
    'express/reload',
    'nginx/reload',
    'express/revisit',
    'nginx/revisit',
    'express/hard-reload',
    'nginx/hard-reload',
  ]);
});

it('counts the cells that decide how long the run lasts', () => {
  const cells = [cell('express', 'first-visit'), cell('nginx', 'first-visit'), cell('express', 'idle-unused'), cell('caddy', 'reload')];
  expect(longWaits(cells, 95_000)).toBe(3);
  expect(longWaits(cells, 8_000)).toBe(0);
});
