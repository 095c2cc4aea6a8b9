import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, type TestContext, test, vi } from 'vitest';
import { type BackendState, backendStates } from '../../harness/lab/capture/select.ts';
import { type Isolation, isolatedCommand, isolation } from '../../harness/lab/namespace.ts';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { findProgram, runCommand } from '../../harness/system/programs.ts';
import type { Recorded } from './capture-lane.ts';

const LANE = 'test/live/capture-lane.ts';
const BACKENDS = ['tcpdump', 'cap'];
/** nobody: an ordinary user that every Linux has. */
const AS_USER = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];

// Each starts processes that start processes, beside every other live test.
vi.setConfig({ testTimeout: 90_000 });

let folder = '';
let how: Isolation;
let states: BackendState[];
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-capture-'));
  await chmod(folder, 0o777);
  how = await isolation();
  states = await backendStates(how);
});
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function needsNamespace(context: TestContext): void {
  if (how.kind !== 'network-namespace') context.skip(how.why.reason);
}

function needs(context: TestContext, ...ids: string[]): void {
  needsNamespace(context);
  for (const { id, state } of states) if (ids.includes(id) && 'skipped' in state) context.skip(state.skipped.reason);
}

function start(command: { file: string; args: string[] }): { child: ChildProcess; answer: Promise<unknown> } {
  const child = spawn(command.file, command.args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
  started.push(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const answer = Promise.race([
    once(child, 'message').then(([message]: { result?: unknown; error?: string }[]) => {
      if (message?.error) throw new Error(message.error);
      return message?.result;
    }),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the lane ended with ${code}: ${stderr}`);
    }),
  ]);
  answer.catch(() => {});
  return { child, answer };
}

async function lane<T>(...args: string[]): Promise<T> {
  const { child, answer } = start(isolatedCommand(how, process.execPath, [compiledProgram(LANE), ...args]));
  try {
    return (await answer) as T;
  } finally {
    child.kill('SIGKILL');
  }
}

/** The namespace of an ordinary user, made by root's `setpriv` or by the ordinary user who runs the tests. */
async function laneAsUser<T>(context: TestContext, ...args: string[]): Promise<T> {
  if (process.getuid?.() !== 0) return lane(...args);
  const program = compiledProgram(LANE);
  const [setpriv = '', ...words] = AS_USER;
  const readable = await runCommand(setpriv, [...words, 'test', '-r', program]);
  if (readable.code !== 0) context.skip(`an ordinary user can't read ${program}`);
  const probed = await runCommand(setpriv, [
    ...words,
    process.execPath,
    '--input-type=module',
    '-e',
    `const { isolation } = await import(${JSON.stringify(compiledProgram('harness/lab/namespace.ts'))}); process.stdout.write(JSON.stringify(await isolation()));`,
  ]);
  const userHow = JSON.parse(probed.stdout || '{}') as Isolation;
  if (userHow.kind !== 'network-namespace') context.skip(`an ordinary user has no namespaces here: ${probed.stdout}${probed.stderr}`);
  const command = isolatedCommand(userHow, process.execPath, [program, ...args]);
  const { child, answer } = start({ file: setpriv, args: [...words, command.file, ...command.args] });
  try {
    return (await answer) as T;
  } finally {
    child.kill('SIGKILL');
  }
}

function expectWhole(recorded: Recorded, payload: number): void {
  expect(recorded).toMatchObject({ payload, ports: [8080] });
  if (recorded.backend !== 'tcpdump') {
    expect(recorded.totals).toEqual({ received: null, dropped: null });
    expect(recorded.backwards).toBe(0);
    return;
  }
  // Each packet once, though `lo` shows it twice, and without the marks.
  expect(recorded.totals).toEqual({ received: recorded.packets, dropped: 0 });
}

async function expectReadable(context: TestContext, recorded: Recorded): Promise<void> {
  if (!findProgram('tshark') || !findProgram('capinfos')) context.skip('tshark is not installed');
  const tshark = await runCommand('tshark', [
    '-n',
    '-r',
    recorded.file,
    '-T',
    'fields',
    '-e',
    'frame.number',
    '-e',
    'frame.interface_name',
    '-e',
    'frame.comment',
  ]);
  expect(tshark.code).toBe(0);
  expect(tshark.stderr.replace(/^Running as user.*\n/m, '')).toBe('');
  const lines = tshark.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(recorded.packets);
  expect([lines[0], lines[1]]).toEqual(['1\tlo\tthe first', '2\tlo\t']);
  const capinfos = await runCommand('capinfos', [recorded.file]);
  expect(capinfos.code).toBe(0);
  expect(capinfos.stdout).toMatch(/File type: +Wireshark\/... - pcapng/);
  expect(capinfos.stdout).toMatch(/File timestamp precision: +nanoseconds \(9\)/);
  expect(capinfos.stdout).toMatch(/Capture comment: +a test\n/);
  expect(capinfos.stdout).toMatch(/Capture comment: +of two comments\n/);
  expect(capinfos.stdout).toMatch(/Number of stat entries = 1/);
}

describe('capturing the same lane with both backends at once', () => {
  // 600 rounds of 4 small messages, 1 ms apart: some 5,000 packets a second.
  const traffic = ['600', '4', '100'];
  const payload = 600 * 4 * 100 * 2;

  const check = async (context: TestContext, recorded: Recorded[]): Promise<void> => {
    expect(recorded.map(({ backend }) => backend)).toEqual(BACKENDS);
    for (const one of recorded) expectWhole(one, payload);
    expect(recorded[1]!.digests).toEqual(recorded[0]!.digests);
    for (const one of recorded) await expectReadable(context, one);
  };

  test('the same packets are in both, none is lost, and Wireshark reads them', async (context) => {
    needs(context, ...BACKENDS);
    await check(context, await lane<Recorded[]>('record', folder, ...traffic, ...BACKENDS));
  });

  test('as an ordinary user too', async (context) => {
    needs(context, ...BACKENDS);
    await check(context, await laneAsUser<Recorded[]>(context, 'record', path.join(folder, 'user'), ...traffic, ...BACKENDS));
  });
});

test.for(BACKENDS)('%s keeps the largest frames of the loopback whole', async (id, context) => {
  needs(context, id);
  const [recorded] = await lane<Recorded[]>('record', folder, '20', '1', '1000000', id);
  expectWhole(recorded!, 20 * 1_000_000 * 2);
  expect(recorded!.longest).toBeGreaterThan(32_000);
  expect(recorded!.longest).toBeLessThanOrEqual(65_534);
});

describe('a capture that breaks', () => {
  test.for(BACKENDS)('%s: says so where its process is killed', async (id, context) => {
    needs(context, id);
    expect(await lane<string>('killed', id)).toMatch(new RegExp(`^${id} ended before it was asked to \\(by SIGKILL\\)`));
  });

  test.for(BACKENDS)('%s: says so where the interface is not there', async (id, context) => {
    needs(context, id);
    expect(await lane<string>('refused', id)).toMatch(new RegExp(`^${id} ended before it was asked to .*(No such device|nowhere0)`, 's'));
  });

  test.for(BACKENDS)('%s: gives up the start when it is told to', async (id, context) => {
    needs(context, id);
    expect(await lane<string>('aborted', id)).toBe('TimeoutError');
  });

  test('tcpdump: ends well where the interface has gone down', async (context) => {
    needs(context, 'tcpdump');
    if (!findProgram('ip')) context.skip('iproute2 is not installed');
    expect(await lane<object>('deaf', 'tcpdump')).toMatchObject({ dropped: 0 });
  });

  test('cap: says so where the interface goes down', async (context) => {
    needs(context, 'cap');
    if (!findProgram('ip')) context.skip('iproute2 is not installed');
    expect(await lane<string>('broken', 'cap')).toMatch(/^cap ended before it was asked to/);
  });
});

test('a slow link takes its time', async (context) => {
  needsNamespace(context);
  if (!findProgram('tc')) context.skip('iproute2 is not installed');
  // 200 kB and their echo through 4 Mbit/s: 0.8 s, less the 70 kB that the bucket holds.
  expect(await lane<number>('shaped', '4000', '200000')).toBeGreaterThan(500);
});

/** Processes with `token` among their arguments. */
function processesWith(token: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(token) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

async function untilGone(token: string, timeoutMs: number): Promise<number[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const left = processesWith(token);
    if (left.length === 0 || performance.now() > deadline) return left;
    await delay(20);
  }
}

describe.skipIf(!existsSync('/proc/self/cmdline'))('when the parent of a lane is killed', () => {
  test('nothing that the lane started is left', async (context) => {
    needs(context, 'tcpdump');
    // A length of sleep that nobody else asks for, so that it can be found from outside.
    const token = `9${process.pid}.${Date.now()}`;
    const command = isolatedCommand(how, process.execPath, [compiledProgram(LANE), 'hold', token, 'tcpdump']);
    const parent = start({
      file: process.execPath,
      args: [
        '-e',
        `const { spawn } = require('node:child_process');
         const lane = spawn(${JSON.stringify(command.file)}, ${JSON.stringify(command.args)}, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
         lane.on('message', (message) => process.send(message));`,
      ],
    });
    expect(await parent.answer).toBe('holding');
    // unshare, the lane and its sleeper.
    expect(processesWith(token).length).toBeGreaterThanOrEqual(2);
    parent.child.kill('SIGKILL');
    expect(await untilGone(token, 10_000)).toEqual([]);
  });

  for (const id of BACKENDS) {
    test(`${id} ends with the process that started it, without a namespace's help`, async (context) => {
      needs(context, id);
      const token = `8${process.pid}.${Date.now()}`;
      // Two lanes' worth: the inner one is a plain child of a shell that stays in the namespace when it is killed.
      const script =
        '"$@" & pid=$!; while ! test -e "$0"; do sleep 0.05; done; kill -KILL $pid; wait; sleep 1; cat /proc/[0-9]*/comm > "$0.left"; mv "$0.left" "$0.done"; sleep 30';
      const flag = path.join(folder, token);
      const wrapped = isolatedCommand(how, 'sh', ['-c', script, flag, process.execPath, compiledProgram(LANE), 'hold', token, id]);
      const { child, answer } = start(wrapped);
      expect(await answer).toBe('holding');
      execFileSync('touch', [flag]);
      const deadline = performance.now() + 10_000;
      while (!existsSync(`${flag}.done`) && performance.now() < deadline) await delay(50);
      const left = readFileSync(`${flag}.done`, 'utf8').split('\n');
      expect(left).toContain('sleep');
      expect(left).not.toContain('tcpdump');
      expect(left).not.toContain('node');
      child.kill('SIGKILL');
    });
  }
});
