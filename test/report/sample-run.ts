/** A run made by hand: real servers, a variant, a model, a skipped server, a failed cell. */
import { differencesOf } from '../../harness/compare/matrix.ts';
import type { CellResult, ObservedCell, RunResult, ServerRow } from '../../harness/compare/run-result.ts';
import type { ObservedValue, ValueJson } from '../../harness/model.ts';
import { observations } from '../../harness/observe/index.ts';
import { observationRow } from '../../harness/results/assemble.ts';

const server = (id: string, more: Partial<ServerRow> = {}): ServerRow => ({
  id,
  title: id,
  provenance: 'real',
  version: '1.0',
  variantOf: null,
  modelOf: null,
  summary: null,
  skipped: null,
  ...more,
});

type Values = Record<string, ValueJson | ObservedValue>;

export const cell = (name: string, values: Values): ObservedCell => {
  const [serverId = '', client = '', scenario = ''] = name.split('/');
  return {
    server: serverId,
    client,
    scenario,
    state: 'observed',
    reason: null,
    capture: `captures/${name}.pcapng`,
    captureSha256: '0'.repeat(64),
    windowS: 95,
    notes: [],
    connections: [],
    exchanges: [],
    exchangeCount: 0,
    values: Object.fromEntries(
      Object.entries(values).map(([id, value], index): [string, ObservedValue] => [
        id,
        typeof value === 'object' && value !== null ? value : { value, frames: [index + 4, index + 9] },
      ]),
    ),
  };
};

const nothing = { capture: null, captureSha256: null, windowS: null, notes: [], connections: [], exchanges: [], values: {} };
const open = (windowS: number): ObservedValue => ({ value: null, frames: [7], windowS });

const visit = (more: Values = {}): Values => ({
  'connections.opened': 2,
  'connections.used': 2,
  'close.first': 'server',
  'close.how': 'FIN',
  'close.idle-ms': 6_003.2,
  'http.version': '1.1',
  'cache.etag': 'weak',
  'cache.control': 'public, max-age=0',
  'framing.head-and-body': true,
  'framing.body': 'content-length',
  'load.range-status': 206,
  ...more,
});

export function sampleRun(): RunResult {
  const rows = {
    servers: [
      server('node-http', { version: '20.20.2' }),
      server('express', { version: '5.3.0' }),
      server('fastify', { version: '5.12.8' }),
      server('python-http', { version: '3.11.2' }),
      server('express-no-etag', { version: '5.3.0', variantOf: 'express', summary: 'etag disabled' }),
      server('iis', { version: '10.0', provenance: 'model' }),
      server('caddy', { version: null, skipped: { reason: 'caddy is not installed', remedy: 'apt-get install -y caddy' } }),
    ],
    clients: [
      { id: 'chromium', title: 'Chromium 156', provenance: 'emulated' as const, version: '156.0.1', skipped: null },
      { id: 'probe', title: 'The probe', provenance: 'emulated' as const, version: '0.1.0', skipped: null },
    ],
    scenarios: [
      { id: 'first-visit', title: 'A first visit' },
      { id: 'revisit', title: 'A second visit' },
      { id: 'idle-used', title: 'Idle after one response' },
    ],
    observations: observations.map(observationRow),
    cells: [
      cell('node-http/chromium/first-visit', visit({ 'framing.body': 'chunked', 'cache.etag': 'none', 'cache.control': 'none' })),
      cell('express/chromium/first-visit', visit()),
      cell(
        'fastify/chromium/first-visit',
        visit({ 'close.first': { ...open(95), value: 'none' }, 'close.how': { ...open(95), value: 'none' }, 'close.idle-ms': open(95.4) }),
      ),
      cell(
        'python-http/chromium/first-visit',
        visit({ 'http.version': '1.0', 'connections.opened': 5, 'connections.used': 5, 'close.idle-ms': 0.1, 'cache.etag': 'none' }),
      ),
      cell('express-no-etag/chromium/first-visit', visit({ 'cache.etag': 'none' })),
      cell('iis/chromium/first-visit', visit({ 'close.idle-ms': 120_000, 'cache.etag': 'strong' })),
      cell('node-http/chromium/revisit', { 'revisit.requests': 4, 'revisit.not-modified': 0 }),
      cell('express/chromium/revisit', { 'revisit.requests': 4, 'revisit.not-modified': 4 }),
      {
        server: 'fastify',
        client: 'chromium',
        scenario: 'revisit',
        state: 'failed',
        reason: 'the capture is incomplete: 12 acknowledged bytes of the server of connection 1 are missing',
        ...nothing,
      },
      cell('python-http/chromium/revisit', { 'revisit.requests': 4, 'revisit.not-modified': 4 }),
      cell('node-http/probe/idle-used', { 'idle.used-s': 6.0, 'keepalive.advertised-s': 5 }),
      cell('express/probe/idle-used', { 'idle.used-s': 6.01, 'keepalive.advertised-s': 5 }),
      cell('fastify/probe/idle-used', { 'idle.used-s': open(95), 'keepalive.advertised-s': 72 }),
      cell('python-http/probe/idle-used', { 'idle.used-s': 0, 'keepalive.advertised-s': null }),
      {
        server: 'caddy',
        client: 'chromium',
        scenario: 'first-visit',
        state: 'skipped',
        reason: 'caddy is not installed',
        remedy: 'apt-get install -y caddy',
        ...nothing,
      },
    ] as CellResult[],
  };
  return {
    schemaVersion: 1,
    run: {
      id: 'sample',
      startedAt: '2026-01-02T03:04:05.000Z',
      durationMs: 97_000,
      longestWaitMs: 95_000,
      host: { os: 'Linux', kernel: '6.1', cpus: 2, node: '20.20.2' },
      capture: { backend: 'tcpdump', clock: 'kernel', framesCaptured: 1_234, framesDropped: 0 },
      isolation: 'network-namespace',
    },
    ...rows,
    differences: differencesOf(rows),
    claims: [],
    findings: [],
  };
}
