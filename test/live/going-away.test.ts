/** Runs whose reader, terminal or npm goes away: what was captured is reported, and nothing outlives the run. */
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { inTerminal, terminalLack } from '../commands/in-terminal.ts';
import { CLI, runIn, type Started, start, testFolder } from './command.ts';

vi.setConfig({ testTimeout: 150_000, hookTimeout: 60_000 });

/** On a busy machine everything that was told to end is gone by then. */
const GONE_MS = 15_000;
/** The used connection is closed by the server at once, the unused one never: from then on one cell is done and one waits. */
const WORDS = ['compare', '--servers', 'python-http', '--clients', 'probe', '--scenarios', 'idle-used,idle-unused'];
const UNDER_WAY = /1\/2 cells/;
const REPORTS = ['report.html', 'run.json', 'table.csv', 'table.md', 'values.csv'];
const INTERRUPTED = [
  { scenario: 'idle-used', state: 'observed' },
  { scenario: 'idle-unused', state: 'failed', reason: 'interrupted' },
];
const OBSERVED = [
  { scenario: 'idle-used', state: 'observed' },
  { scenario: 'idle-unused', state: 'observed' },
];
const ROOT = path.join(import.meta.dirname, '..', '..');

let folder: Awaited<ReturnType<typeof testFolder>>;
let noCapture: string | null = null;
beforeAll(async () => {
  folder = await testFolder();
  const selected = await selectBackend('auto', await isolation());
  if ('skipped' in selected) noCapture = selected.skipped.reason;
});
afterAll(() => folder.remove());

const out = (name: string): string => path.join(folder.path, name);
const words = (name: string, windowS: number): string[] => [...WORDS, '--window', String(windowS), '--out', out(name)];
const direct = (name: string, windowS: number): string[] => [process.execPath, CLI, ...words(name, windowS)];
const npm = (name: string, windowS: number): string[] => {
  const [command = '', ...args] = words(name, windowS);
  return ['npm', '--prefix', ROOT, 'run', '--silent', command, '--', ...args];
};
const quoted = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(' ');

async function temporaryOf(name: string): Promise<{ TMPDIR: string }> {
  await mkdir(out(`${name}-tmp`));
  return { TMPDIR: out(`${name}-tmp`) };
}

/** Resolves when the run's folder has its reports. */
async function hasReports(name: string): Promise<void> {
  expect(await readdir(out(name))).toEqual(expect.arrayContaining(REPORTS));
  expect(await readdir(out(name))).not.toContain('.lock');
  expect(await readdir(out(`${name}-tmp`))).toEqual([]);
}

/** The process of this command whose command line matches. */
async function pidOf(started: Started, pattern: RegExp): Promise<number> {
  const line = (await started.processes()).find((one) => pattern.test(one.replace(/^\d+ /, '')));
  expect(line, String(pattern)).toBeDefined();
  return Number(line?.split(' ')[0]);
}

describe('a reader that goes away', () => {
  it.concurrent.for(['| true', '2>&1 | true', '2>&1 | head -n 1'])('costs compare nothing: %s', async (reader, { expect, skip }) => {
    if (noCapture) return skip(noCapture);
    const name = `reader-${reader.replace(/\W+/g, '-')}`;
    // For longer than a line of progress takes to come.
    const script = `${quoted(direct(name, 12))} ${reader} >&2; echo "\${PIPESTATUS[0]}"`;
    const started = start(['bash', '-c', script], await temporaryOf(name));
    expect((await started.ended).stdout).toBe('0\n');
    await hasReports(name);
    expect(runIn(out(name)).cells).toMatchObject(OBSERVED);
  });
});

describe('a terminal that is closed', () => {
  it.concurrent('ends a run as the first Ctrl-C does', async ({ expect, skip }) => {
    const lack = noCapture ?? terminalLack();
    if (lack) return skip(lack);
    const { code, closed } = await inTerminal(direct('closed', 100), UNDER_WAY, await temporaryOf('closed'));
    expect([closed, code]).toEqual([true, 130]);
    await hasReports('closed');
    expect(runIn(out('closed')).cells).toMatchObject(INTERRUPTED);
  });

  it.concurrent('ends a run of start.mjs as the first Ctrl-C does', async ({ expect, skip }) => {
    const lack = noCapture ?? terminalLack();
    if (lack) return skip(lack);
    const command = [process.execPath, path.join(ROOT, 'harness/setup/start.mjs'), 'run', ...words('closed-start', 100)];
    const { code, closed } = await inTerminal(command, UNDER_WAY, await temporaryOf('closed-start'));
    expect([closed, code]).toEqual([true, 130]);
    await hasReports('closed-start');
    expect(runIn(out('closed-start')).cells).toMatchObject(INTERRUPTED);
  });

  it.concurrent("leaves a run alone whose shell ignores SIGHUP: trap '' HUP", async ({ expect, skip }) => {
    const lack = noCapture ?? terminalLack();
    if (lack) return skip(lack);
    const script = `trap '' HUP; ${quoted(direct('trapped', 12))}; echo "ended with $?" > '${out('trapped-code')}'; true`;
    const { closed } = await inTerminal(['sh', '-c', script], UNDER_WAY, await temporaryOf('trapped'));
    expect(closed).toBe(true);
    await hasReports('trapped');
    expect(runIn(out('trapped')).cells).toMatchObject(OBSERVED);
  });

  it.concurrent('leaves a run alone that was started by nohup', async ({ expect, skip }) => {
    if (noCapture) return skip(noCapture);
    const started = start(['nohup', ...direct('nohup', 12)], await temporaryOf('nohup'));
    await started.says(UNDER_WAY);
    started.child.kill('SIGHUP');
    const { code, stderr } = await started.ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain('finishing the captures');
    expect(runIn(out('nohup')).cells).toMatchObject(OBSERVED);
  });

  it.concurrent('leaves a run of npm alone that was started by nohup, also where npm itself is gone', async ({ expect, skip }) => {
    if (noCapture) return skip(noCapture);
    const started = start(['nohup', ...npm('nohup-npm', 12)], await temporaryOf('nohup-npm'));
    await started.says(UNDER_WAY);
    process.kill(-(started.child.pid as number), 'SIGHUP');
    await started.ended;
    expect(await started.left(60_000)).toEqual([]);
    expect(runIn(out('nohup-npm')).cells).toMatchObject(OBSERVED);
  });
});

describe('npm that is told to end', () => {
  async function ended(name: string, tell: (started: Started) => Promise<void>): Promise<string> {
    const started = start(npm(name, 100), await temporaryOf(name));
    await started.says(UNDER_WAY);
    await tell(started);
    const { stderr } = await started.ended;
    expect(await started.left(GONE_MS)).toEqual([]);
    await hasReports(name);
    expect(runIn(out(name)).cells).toMatchObject(INTERRUPTED);
    return stderr;
  }

  it.concurrent.for<[string, (started: Started) => Promise<void>]>([
    ['npm alone', async ({ child }) => void child.kill('SIGTERM')],
    ['start.mjs alone', async (started) => void process.kill(await pidOf(started, /start\.mjs run /), 'SIGTERM')],
    ['npm alone, by SIGKILL', async ({ child }) => void child.kill('SIGKILL')],
    ['all of them, as timeout does', async ({ child }) => void process.kill(-(child.pid as number), 'SIGTERM')],
    ['all of them by Ctrl-C', async ({ child }) => void process.kill(-(child.pid as number), 'SIGINT')],
  ])('ends the run with it, and keeps what is done: %s', async ([name, tell], { expect, skip }) => {
    if (noCapture) return skip(noCapture);
    expect(await ended(name.replace(/\W/g, '-'), tell)).toContain('finishing the captures under way');
  });
});
