/** The probe, the capture, the decoder and the observations together, against a server whose every byte is known. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observeAll } from '../../harness/compare/cell-result.ts';
import { readEvidence } from '../../harness/decode/cell-evidence.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { type Isolation, isolatedCommand, isolation } from '../../harness/lab/namespace.ts';
import type { Evidence, ObservedValue } from '../../harness/model.ts';
import { observations } from '../../harness/observe/index.ts';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { PARTIAL_HEAD_MS, REQUESTS, UNUSED_IDLE_MS, USED_IDLE_MS } from './scripted-server.ts';

const SCENARIOS = [
  'idle-used',
  'idle-unused',
  'idle-partial-head',
  'max-requests',
  'pipelining',
  'conditional',
  'range',
  'bodies',
  'limits',
  'starvation',
];

let folder = '';
let why: string | null = null;
const cells = new Map<string, { evidence: Evidence; values: Record<string, ObservedValue> }>();

async function capture(how: Isolation, backend: string): Promise<void> {
  const { file, args } = isolatedCommand(how, process.execPath, [
    compiledProgram('test/live/probe-lane.ts'),
    folder,
    backend,
    ...SCENARIOS,
  ]);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code]) => ({ error: `the lane ended with ${code}` }));
  const [message] = (await Promise.race([once(child, 'message'), ended.then((end) => [end])])) as { error?: string }[];
  child.kill('SIGKILL');
  if (message?.error) throw new Error(message.error);
}

beforeAll(async () => {
  const how = await isolation();
  const selected = await selectBackend('auto', how);
  if (how.kind !== 'network-namespace') why = how.why.reason;
  else if ('skipped' in selected) why = selected.skipped.reason;
  else {
    folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-probe-'));
    await chmod(folder, 0o777);
    await capture(how, selected.id);
    for (const id of SCENARIOS) {
      const evidence = await readEvidence(path.join(folder, `${id}.pcapng`));
      cells.set(id, { evidence, values: observeAll(evidence, observations) });
    }
  }
});
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

const seen = (skip: (note?: string) => void, scenario: string) => {
  const cell = cells.get(scenario);
  if (!cell) skip(why ?? 'nothing was captured');
  return cell as NonNullable<typeof cell>;
};

/** Seconds: never before the server's timer, and not long behind it on a busy machine. */
function expectTimer(value: unknown, ms: number): void {
  expect(value).toBeGreaterThan(ms / 1000 - 0.02);
  expect(value).toBeLessThan(ms / 1000 + 1);
}

describe('the probe against a scripted server, as its packets show it', () => {
  it('measures the idle time after a response', ({ skip }) => {
    const { values } = seen(skip, 'idle-used');
    expectTimer(values['idle.used-s']?.value, USED_IDLE_MS);
    expect(values['keepalive.advertised-s']?.value).toBe(1);
    expect(values['close.cause']?.value).toBe('advertised-timer');
  });

  it('measures the idle time with no byte sent, and the 408 that nobody asked for', ({ skip }) => {
    const { values } = seen(skip, 'idle-unused');
    expectTimer(values['idle.unused-s']?.value, UNUSED_IDLE_MS);
    expect(values['idle.unused-s']?.note).toMatch(/^408 sent 0\.\d+ s in$/);
    expect(values['trap.unsolicited-response']?.value).toBe('408');
    expect(values['close.cause']?.value).toBe('request-timeout');
  });

  it('measures the wait for the rest of a head', ({ skip }) => {
    const { values } = seen(skip, 'idle-partial-head');
    expectTimer(values['idle.partial-head-s']?.value, PARTIAL_HEAD_MS);
    expect(values['idle.partial-head-answer']?.value).toBe('408');
  });

  it('asks for larger and larger heads, and finds that this server has no limit', ({ skip }) => {
    const { values } = seen(skip, 'limits');
    expect(values['limits.head']).toMatchObject({ value: null, note: 'none refused up to 2048000' });
  });

  it('times a request beside silent connections', ({ skip }) => {
    const { values } = seen(skip, 'starvation');
    for (const beside of ['one', 'many']) expect(values[`starvation.beside-${beside}-ms`]?.value).toBeLessThan(2_000);
  });

  it('counts the requests of one connection', ({ skip }) => {
    const { values } = seen(skip, 'max-requests');
    expect(values['keepalive.max-requests']?.value).toBe(REQUESTS);
    expect(values['close.cause']?.value).toBe('request-limit');
  });

  it('puts three requests into one segment and sees three answers', ({ skip }) => {
    const { evidence, values } = seen(skip, 'pipelining');
    const [first] = evidence.exchanges;
    expect(first?.step).toBe('pipelining.answered');
    expect(evidence.connections.find(({ stream }) => stream === first?.stream)?.sides.client.segments).toBe(1);
    expect(values['pipelining.answered']?.value).toBe(3);
    expect(values['pipelining.order']?.value).toBe('kept');
  });

  it.each<[string, string, string | number]>([
    ['conditional', 'conditional.if-none-match', 304],
    ['conditional', 'conditional.weak-compare', 418],
    ['conditional', 'conditional.list', 421],
    ['conditional', 'conditional.star', 412],
    ['conditional', 'conditional.precedence', 409],
    ['conditional', 'conditional.if-modified-since', 410],
    ['conditional', 'conditional.if-modified-since-later', 411],
    ['conditional', 'conditional.with-no-cache', 422],
    ['conditional', 'conditional.304-fields', 'content-type'],
    ['range', 'range.from-zero', '206 bytes 0-99/100'],
    ['range', 'range.first-ten', '206 bytes 0-9/100'],
    ['range', 'range.suffix', '206 bytes 90-99/100'],
    ['range', 'range.beyond', '416 bytes */100'],
    ['range', 'range.multi', '206 multipart'],
    ['range', 'range.malformed', '400'],
    ['range', 'range.reversed', '416'],
    ['range', 'range.unknown-unit', '203'],
    ['range', 'range.if-range-stale', '200'],
    ['range', 'range.if-range-match', '206 bytes 0-9/101'],
    ['range', 'range.if-range-weak', '206 bytes 0-9/102'],
    ['range', 'range.if-none-match', '304'],
    // It reads no bodies.
    ['bodies', 'bodies.length', 'answered as a request'],
    ['bodies', 'bodies.get', 'answered as a request'],
    ['bodies', 'bodies.early', 'early'],
    ['bodies', 'bodies.expect', '200'],
    ['bodies', 'bodies.expect-too-large', '200, next answered'],
    ['bodies', 'bodies.expect-http10', 'final'],
    ['bodies', 'bodies.close', 'whole'],
  ])('%s: %s is %s', (scenario, id, value) => {
    const cell = cells.get(scenario);
    // Skipped with its reason by the tests above.
    if (cell || !why) expect(cell?.values[id]?.value).toBe(value);
  });

  it('asks each question on a connection of its own, closed before the next step begins', ({ skip }) => {
    const { evidence } = seen(skip, 'conditional');
    const asked = evidence.exchanges.map((exchange) => exchange.step);
    expect(new Set(asked).size).toBe(asked.length);
    expect(evidence.connections).toHaveLength(asked.length);
    for (const connection of evidence.connections) {
      const next = evidence.steps.find((step) => step.frame > connection.firstFrame);
      if (next) expect(connection.lastFrame).toBeLessThan(next.frame);
    }
  });

  it('names frames that exist for every value', ({ skip }) => {
    for (const scenario of SCENARIOS) {
      const { evidence, values } = seen(skip, scenario);
      for (const [id, { frames }] of Object.entries(values)) {
        for (const frame of frames) expect(frame, `${scenario} ${id}`).toBeLessThanOrEqual(evidence.capture.frames);
      }
    }
  });
});
