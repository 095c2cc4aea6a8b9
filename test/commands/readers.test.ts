/** Readers of the output that go away, terminals that are closed, disks that are full: no command ends early for one of them. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { FIXTURES, type Ran } from './cli.ts';
import { inTerminal, terminalLack } from './in-terminal.ts';

const CLI = compiledProgram('harness/cli.ts');
const CAPTURE = path.join(FIXTURES, 'captures', 'node-http.pcap');

let dir: string;
const at = (...parts: string[]): string => path.join(dir, ...parts);
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  await mkdir(at('tmp'));
  await mkdir(at('own'));
  await cp(CAPTURE, at('own', 'express__chrome.pcap'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs a line of bash, in which `$cli` is the command. */
function bash(script: string): Promise<Ran> {
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100', TMPDIR: at('tmp') };
  const child = spawn('bash', ['-c', `cli() { exec '${process.execPath}' '${CLI}' "$@"; }\n${script}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const out = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      out[stream] += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...out }));
  });
}

const COMMANDS = [
  'list',
  'list --json',
  'doctor',
  '--help',
  `explain express/probe/idle-used --dir '${path.join(FIXTURES, 'runs', 'idle')}'`,
  `analyze '${CAPTURE}'`,
  `analyze --json '${CAPTURE}'`,
];

describe('a reader that goes away', () => {
  it.each(COMMANDS)('leaves %s its exit code, and no stack', async (command) => {
    for (const reader of ['true', 'head -n 1']) {
      const { stdout, stderr } = await bash(`cli ${command} | ${reader} >&2; echo "\${PIPESTATUS[0]}"`);
      expect(stdout, reader).toBe('0\n');
      expect(stderr.split('\n').length, reader).toBeLessThan(3);
    }
    expect(await readdir(at('tmp'))).toEqual([]);
  });

  it.each(['| true', '| head -n 1', '2>&1 | true'])('costs table no report: %s', async (reader) => {
    await rm(at('run'), { recursive: true, force: true });
    await cp(path.join(FIXTURES, 'runs', 'idle'), at('run'), { recursive: true });
    const { stdout, stderr } = await bash(`cli table '${at('run')}' ${reader} >&2; echo "\${PIPESTATUS[0]}"`);
    expect(stdout).toBe('0\n');
    expect(stderr.split('\n').length).toBeLessThan(3);
    expect(await readdir(at('run'))).toEqual(
      expect.arrayContaining(['har', 'report.html', 'run.json', 'table.csv', 'table.md', 'values.csv']),
    );
  });

  it('costs section-four no report', async () => {
    const { stdout } = await bash(`cli section-four --captures '${at('own')}' --out '${at('four')}' 2>&1 | true; echo "\${PIPESTATUS[0]}"`);
    expect(stdout).toBe('0\n');
    expect(await readFile(at('four', 'section-four.md'), 'utf8')).toContain('S4.1');
  });

  it('changes no exit code of a refusal', async () => {
    expect((await bash(`cli list nothing 2>&1 | true; echo "\${PIPESTATUS[0]}"`)).stdout).toBe('2\n');
    expect((await bash(`cli nonsense 2>&1 | true; echo "\${PIPESTATUS[0]}"`)).stdout).toBe('2\n');
  });
});

describe('standard output on a full disk', () => {
  it.each(['list', `analyze '${CAPTURE}'`, `analyze --json '${CAPTURE}'`])('%s: exit code 3, with the remedy', async (command) => {
    const { code, stderr } = await bash(`cli ${command} > /dev/full`);
    expect([code, stderr]).toEqual([
      3,
      "wirematrix: standard output can't be written: ENOSPC: no space left on device, write; free some space there, or send it somewhere else\n",
    ]);
  });

  it('costs table no report', async () => {
    await cp(path.join(FIXTURES, 'runs', 'idle'), at('full'), { recursive: true });
    expect((await bash(`cli table '${at('full')}' > /dev/full`)).code).toBe(3);
    expect(await readdir(at('full'))).toEqual(expect.arrayContaining(['report.html', 'run.json', 'table.md']));
  });
});

describe('a terminal that is closed', () => {
  it('ends no command that ignores SIGHUP, and in no signal', async ({ skip }) => {
    const lack = terminalLack();
    if (lack) return skip(lack);
    // What it says after the terminal is closed goes into a file.
    const script = `trap '' HUP; echo begun; '${process.execPath}' '${CLI}' doctor; echo "ended with $?" > '${at('ended')}'`;
    expect((await inTerminal(['sh', '-c', script], /begun/)).closed).toBe(true);
    expect(await readFile(at('ended'), 'utf8')).toMatch(/^ended with [03]\n$/);
  });

  it('shows no control sequences where TERM is dumb', async ({ skip }) => {
    const lack = terminalLack();
    if (lack) return skip(lack);
    await cp(path.join(FIXTURES, 'runs', 'idle'), at('dumb'), { recursive: true });
    const table = (TERM: string) => inTerminal([process.execPath, CLI, 'table', at('dumb')], null, { TERM, NO_COLOR: '', FORCE_COLOR: '' });
    expect((await table('dumb')).output).not.toContain('\x1b');
    expect((await table('xterm')).output).toContain('\x1b[1m');
  });
});
