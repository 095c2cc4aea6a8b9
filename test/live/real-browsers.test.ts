/** Installed browsers in the lanes, as their packets show them. Each is skipped with its reason where it is not installed. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import type { ClientDefinition } from '../../clients/client.ts';
import { realChromium, realFirefox } from '../../clients/real/index.ts';
import { defineScenario } from '../../clients/scenario.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { field } from '../../harness/http/fields.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import type { CellPlan } from '../../harness/lab/plan.ts';
import { runCells } from '../../harness/lab/run.ts';
import type { Evidence } from '../../harness/model.ts';
import { isAsked } from '../../harness/observe/step.ts';
import { openAssembly } from '../../harness/results/assemble.ts';
import { servers } from '../../servers/index.ts';

const WINDOW_MS = 2_000;
const SCENARIO = 'hard-reload';
const RESOURCES = ['/audio.wav', '/favicon.ico', '/logo.png', '/style.css'];

let folder = '';
const seen = new Map<string, Evidence>();
const why = new Map<string, string>();

/** Runs one cell with each browser that is there. */
beforeAll(async () => {
  const how = await isolation();
  const backend = await selectBackend('auto', how);
  const server = servers.find(({ id }) => id === 'node-http');
  const scenario = scenarios.find(({ id }) => id === SCENARIO);
  if (!server || !scenario) throw new Error('the registries have no node-http or no hard-reload');
  const cells: CellPlan[] = [];
  for (const client of [realChromium, realFirefox]) {
    const found = await client.version();
    if ('skipped' in found) why.set(client.id, found.skipped.reason);
    else if ('skipped' in backend) why.set(client.id, backend.skipped.reason);
    else if (how.kind !== 'network-namespace') why.set(client.id, how.why.reason);
    else
      cells.push({
        server: { definition: server, version: process.versions.node },
        client: { definition: client, version: found.version },
        scenario: defineScenario(scenario),
      });
  }
  if (cells.length === 0 || 'skipped' in backend) return;
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-browsers-'));
  const { signal } = new AbortController();
  const plan = {
    cells,
    windowMs: WINDOW_MS,
    out: folder,
    whyIncomplete: openAssembly(folder).whyIncomplete,
    backend: backend.id,
    isolation: how,
    signal,
  };
  const outcomes = await runCells(plan, { begins: () => {}, event: () => {}, ends: () => {} });
  for (const outcome of outcomes) {
    if (outcome.state !== 'observed') throw new Error(`${outcome.cell.client}: ${outcome.reason}`);
    seen.set(outcome.cell.client, await readEvidence(path.join(folder, outcome.capture)));
  }
}, 120_000);
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

function evidenceOf(context: TestContext, { id }: ClientDefinition): Evidence {
  const evidence = seen.get(id);
  if (!evidence) context.skip(why.get(id) ?? 'nothing was captured');
  return evidence as Evidence;
}

const asked = (evidence: Evidence, step: string) => evidence.exchanges.filter(isAsked).filter((exchange) => exchange.step === step);
const documentOf = (evidence: Evidence, step: string) => {
  const found = asked(evidence, step).find(({ request }) => request.target === '/');
  if (!found) throw new Error(`no request for the page in ${step}`);
  return found.request;
};

describe.each([realChromium, realFirefox])('$title', (client) => {
  test('asks for the page and everything on it, once each', (context) => {
    const requests = asked(evidenceOf(context, client), 'first-visit');
    expect(requests[0]?.request.target).toBe('/');
    expect(
      requests
        .slice(1)
        .map(({ request }) => request.target)
        .sort(),
    ).toEqual(RESOURCES);
    expect(requests.every(({ response }) => response?.complete)).toBe(true);
  });

  test('asks as a typed address does', (context) => {
    const request = documentOf(evidenceOf(context, client), 'first-visit');
    expect(field(request, 'referer')).toBeNull();
    expect(field(request, 'sec-fetch-site')).toBe('none');
    expect(field(request, 'sec-fetch-user')).toBe('?1');
    expect(field(request, 'cache-control')).toBeNull();
  });

  test('asks for the audio by range', (context) => {
    const audio = asked(evidenceOf(context, client), 'first-visit').find(({ request }) => request.target === '/audio.wav');
    expect(field(audio?.request ?? { headers: [] }, 'range')).toBe('bytes=0-');
    expect(field(audio?.request ?? { headers: [] }, 'accept-encoding')).toBe('identity');
  });

  test('bypasses the cache on a hard reload', (context) => {
    const request = documentOf(evidenceOf(context, client), SCENARIO);
    expect(field(request, 'cache-control')).toBe('no-cache');
    expect(field(request, 'pragma')).toBe('no-cache');
    expect(field(request, 'if-modified-since')).toBeNull();
  });

  test('reloads as the key does: with user activation', (context) => {
    const request = documentOf(evidenceOf(context, client), SCENARIO);
    expect(field(request, 'sec-fetch-user')).toBe('?1');
    expect(field(request, 'sec-fetch-site')).toBe('none');
  });

  test('has no packet in the capture that is not of its visit', (context) => {
    const { connections } = evidenceOf(context, client);
    expect(connections.every(({ server }) => server.port === 8080)).toBe(true);
    expect(
      connections
        .flatMap(({ exchanges }) => exchanges)
        .filter(isAsked)
        .map(({ request }) => field(request, 'host')),
    ).toEqual(expect.arrayContaining(['127.0.0.1:8080']));
  });
});

const openedIn = (evidence: Evidence) => {
  const next = evidence.steps[1]?.frame ?? 0;
  return evidence.connections.filter(({ firstFrame }) => firstFrame < next).map(({ firstFrame }) => firstFrame);
};

test('Chromium opens a second connection for every visit', (context) => {
  expect(openedIn(evidenceOf(context, realChromium)).length).toBeGreaterThanOrEqual(2);
});

test('Firefox opens no second connection before it has seen the page', (context) => {
  const evidence = evidenceOf(context, realFirefox);
  const answered = asked(evidence, 'first-visit')[0]?.response?.frames[0] ?? 0;
  expect(openedIn(evidence).filter((frame) => frame < answered)).toHaveLength(1);
});
