/** What other systems take another way for, as far as a Linux can play one: the name of the platform is replaced before anything is loaded. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { FIXTURES } from './cli.ts';

const CLI = compiledProgram('harness/cli.ts');
const CAPTURE = path.join(FIXTURES, 'captures', 'node-http.pcap');
const { platform } = process;

const play = (name: string): void => {
  Object.defineProperty(process, 'platform', { value: name });
  vi.resetModules();
};
afterEach(() => play(platform));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a command says on that platform. */
function said(name: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const as = `data:text/javascript,Object.defineProperty(process,'platform',{value:'${name}'})`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', as, CLI, ...args],
      { env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' } },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

describe.each(['darwin', 'win32'])('on %s', (name) => {
  it('analyze says the same of a capture as on Linux, as text and as JSON', async () => {
    for (const more of [[], ['--json']]) {
      const here = await said('linux', 'analyze', CAPTURE, ...more);
      expect(here.code).toBe(0);
      expect(here.stdout.length).toBeGreaterThan(500);
      expect(await said(name, 'analyze', CAPTURE, ...more)).toEqual(here);
    }
  });

  it('lanes share the loopback interface, and the reason is said', async () => {
    play(name);
    const { isolation } = await import('../../harness/lab/namespace.ts');
    expect(await isolation()).toEqual({
      kind: 'shared-loopback',
      why: { reason: `network namespaces are Linux's, this is ${name}`, remedy: 'run it on Linux, or in a Linux container' },
    });
  });

  it('no program of Linux stands before a command', async () => {
    play(name);
    const { endWithParent } = await import('../../harness/system/programs.ts');
    expect(endWithParent('node', ['a.js'])).toEqual({ file: 'node', args: ['a.js'] });
  });

  it('the loopback interface has its name there', async () => {
    play(name);
    const { LOOPBACK } = await import('../../harness/lab/capture/filter.ts');
    expect(LOOPBACK).toBe(name === 'darwin' ? 'lo0' : 'lo');
  });

  it('compare says what can be done where no packets can be captured', async () => {
    const { code, stderr } = await said(
      name,
      'compare',
      '--servers',
      'node-http',
      '--capture',
      'nowhere',
      '--out',
      path.join(folder, name),
    );
    expect(stderr).toMatch(/there is no capture backend "nowhere"; there are: auto, tcpdump, cap/);
    expect(code).toBe(2);
  });
});
