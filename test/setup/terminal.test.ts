/** Messages and exit codes, of real processes. */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { run, tail } from '../../harness/setup/terminal.mjs';
import { findProgram, systemPath } from '../../harness/system/search-path.mjs';
import { moduleUrl, startNode, temporaryRoot } from './temporary-root.ts';

const START = fileURLToPath(new URL('../../harness/setup/start.mjs', import.meta.url));
const pathBefore = process.env.PATH;

afterEach(() => {
  process.env.PATH = pathBefore;
});

describe('running a program to its end', () => {
  it('keeps its output and its exit code', () => {
    const code = "console.log('out'); console.error('err'); process.exitCode = 5";
    expect(run(process.execPath, ['-e', code])).toEqual({ code: 5, stdout: 'out\n', stderr: 'err\n' });
  });

  it('adds to the environment', () => {
    const { stdout } = run(process.execPath, ['-p', '[process.env.ADDED, process.env.HOME !== undefined].join()'], {
      env: { ADDED: 'yes' },
    });
    expect(stdout).toBe('yes,true\n');
  });

  it('says why where it could not be started', () => {
    const { code, stderr } = run('no-such-program', []);
    expect(code).toBe(1);
    expect(stderr).toContain('no-such-program');
  });
});

describe('finding a program', () => {
  it('looks in PATH first, and takes what can be run', () => {
    const folder = temporaryRoot({ 'first/tool': '', 'second/tool': '#!/bin/sh\n' });
    chmodSync(path.join(folder, 'second/tool'), 0o755);
    process.env.PATH = [path.join(folder, 'first'), path.join(folder, 'second')].join(path.delimiter);
    expect(findProgram('tool')).toBe(path.join(folder, 'second/tool'));
    expect(findProgram('no-such-program')).toBeNull();
  });

  it.skipIf(process.platform === 'win32')("finds the system's programs where PATH lacks their folders", () => {
    process.env.PATH = '';
    expect(systemPath().split(path.delimiter)).toEqual(['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']);
    expect(findProgram('sh')).toMatch(/\/bin\/sh$/);
    process.env.PATH = '/bin';
    expect(
      systemPath()
        .split(path.delimiter)
        .filter((one) => one === '/bin'),
    ).toHaveLength(1);
  });
});

describe('a program in the foreground', () => {
  const foreground = (code: string) =>
    startNode(
      `import { foreground } from '${moduleUrl('terminal.mjs')}'; process.exitCode = await foreground(process.argv[1], process.argv.slice(2));`,
      [process.execPath, '-e', code],
    );

  it('gives its output and its exit code', async () => {
    const { code, stdout } = await foreground("console.log('out'); process.exitCode = 7").ended;
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'out\n' });
  });

  it.skipIf(process.platform === 'win32')('gets a signal once where it comes twice, and its end by a signal is 128 and more', async () => {
    const node = foreground(`
      let signals = 0;
      process.on('SIGINT', () => { signals += 1; setTimeout(() => { console.log('signals: ' + signals); process.kill(process.pid, 'SIGKILL'); }, 300); });
      setInterval(() => {}, 1000);
      console.log('ready');`);
    await node.writes('ready');
    process.kill(node.pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(node.pid, 'SIGINT');
    const { code, stdout } = await node.ended;
    expect(stdout).toBe('ready\nsignals: 1\n');
    expect(code).toBe(128 + 9);
  });
});

describe('the start', () => {
  const start = (...args: string[]) => spawnSync(process.execPath, [START, ...args], { encoding: 'utf8' });

  it.each([[[]], [['launch']]])('without a task that it knows shows the tasks (%j)', (args) => {
    const { status, stdout, stderr } = start(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^usage: node harness\/setup\/start\.mjs run COMMAND .*\n$/);
  });
});

describe('the tail of an output', () => {
  it('is its last lines, without empty ones at the end', () => {
    expect(tail('a\nb\nc\n\n', 2)).toBe('b\nc');
    expect(tail('a')).toBe('a');
  });
});
