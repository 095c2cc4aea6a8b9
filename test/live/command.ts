/** Runs the compiled command line as a user does, and finds every process that it left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseRunResult, type RunResult } from '../../harness/compare/run-result.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { findProgram } from '../../harness/system/programs.ts';

/** Every process that a command starts inherits it. */
export const MARK = 'WIREMATRIX_TEST_MARK';

export const CLI = compiledProgram('harness/cli.ts');
export const isRoot = process.getuid?.() === 0;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves when `stderr` matches; rejects where the command ends before. */
  says(pattern: RegExp): Promise<void>;
  /** Command lines of all processes that come from this command and run now. */
  processes(): Promise<string[]>;
  /** Resolves to the processes that are left: none, or those that still run after `ms`. */
  left(ms: number): Promise<string[]>;
}

/** Starts `words` in a session of its own, as a terminal would; a shell script is `['sh', '-c', script]`. */
export function start(words: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const mark = randomUUID();
  const [file = '', ...args] = words;
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, NO_COLOR: '1', ...env, [MARK]: mark },
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const processes = () => marked(mark);
  return {
    child,
    ended,
    processes,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const listener = () => {
          if (pattern.test(stderr)) resolve();
        };
        listeners.add(listener);
        listener();
        const early = () => reject(new Error(`it ended without saying ${pattern}: ${stderr}`));
        ended.then(early, reject);
      }),
    async left(ms) {
      const deadline = performance.now() + ms;
      for (;;) {
        const found = await processes();
        if (found.length === 0 || performance.now() > deadline) return found;
        await delay(100);
      }
    },
  };
}

export const wirematrix = (args: readonly string[], env?: NodeJS.ProcessEnv): Started => start([process.execPath, CLI, ...args], env);

/** Command lines of the processes that have this mark. */
export async function marked(mark: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`${MARK}=${mark}`)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    found.push(`${pid} ${command.replaceAll('\0', ' ').trim()}`);
  }
  return found;
}

/** A folder for a test's results, open to every user; with an empty folder for temporary files in it. */
export async function testFolder(): Promise<{ path: string; temporary: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-live-'));
  const temporary = await mkdtemp(path.join(folder, 'tmp-'));
  for (const made of [folder, temporary]) await chmod(made, 0o777);
  return { path: folder, temporary, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The run.json of a folder, valid against the schema. */
export function runIn(dir: string): RunResult {
  const file = path.join(dir, 'run.json');
  return parseRunResult(JSON.parse(readFileSync(file, 'utf8')), file);
}

/** Words that run a command as a user without rights. Only root can. */
export const asNobody = (words: readonly string[]): string[] => [
  ...['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'],
  ...words,
];

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Words that run `words` after `script`, a shell script, with mounts and a network of its own. Processes are not taken along when it
 * ends.
 */
export function inSandbox(script: string, words: readonly string[]): string[] {
  const user = isRoot ? [] : ['--user', '--map-current-user', '--keep-caps'];
  return ['unshare', ...user, '--mount', '--net', '--', 'sh', '-ec', `${script}\nexec ${words.map(quote).join(' ')}`];
}

/** Shell commands for a sandbox. */
export const without = (program: string): string => `mount --bind /dev/null ${quote(findProgram(program) ?? '/nowhere')}`;
export const WITHOUT_NAMESPACES = `ip link set lo up; ${without('unshare')}`;

/** Why there can be no sandbox here; `null` where there can. */
export async function sandboxLack(): Promise<string | null> {
  const tried = await start(inSandbox(WITHOUT_NAMESPACES, ['true'])).ended.catch((error: Error) => ({ code: null, stderr: error.message }));
  return tried.code === 0 ? null : `no mounts of its own can be had here: ${tried.stderr.trim()}`;
}

/** Why no race can run here; `null` where one can. */
export async function raceLack(): Promise<string | null> {
  const how = await isolation();
  const backend = await selectBackend('auto', how);
  if ('skipped' in backend) return backend.skipped.reason;
  return how.kind === 'shared-loopback' ? how.why.reason : null;
}

/** Why nothing of this project can be run as a user without rights; `null` where it can. */
export async function nobodyLack(): Promise<string | null> {
  if (!isRoot) return 'only root can become another user';
  const tried = await start(asNobody([process.execPath, CLI, '--version'])).ended;
  return tried.code === 0 ? null : 'a user without rights can not read this folder';
}
