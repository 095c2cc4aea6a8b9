/** Messages to the user, and running other programs. */
import { spawn, spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { leaveClosedTerminals } from '../system/closed-terminals.mjs';
import { findProgram, systemPath } from '../system/search-path.mjs';

/** Exit code: the program can't run here, and the message says what to do about it. */
export const CANT_RUN_HERE = 3;

/** Ends the start with a message for the user and an exit code. */
export class Stop extends Error {
  /**
   * @param {string} message
   * @param {number} code
   */
  constructor(message, code = CANT_RUN_HERE) {
    super(message);
    this.code = code;
  }
}

/** Writes a line of progress to standard error: a command's standard output is its result. @param {string} line */
export const say = (line) => console.error(line);

/**
 * Runs a program to its end and keeps its output. The code is 1 where it could not be started; then `stderr` says why.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options] `env` is added to this process's
 */
export function run(file, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
    env: { ...process.env, PATH: systemPath(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { code: status ?? 1, stdout: stdout ?? '', stderr: stderr || (error ? error.message : '') };
}

/** The last lines of a program's output. @param {string} output */
export const tail = (output, lines = 20) => output.trimEnd().split('\n').slice(-lines).join('\n');

/** Signals closer together than this are one: npm passes on what the terminal has already sent, npm 10 after 500 ms. Milliseconds. */
const SAME_SIGNAL_MS = 800;
/** How often to look whether npm still runs. Milliseconds. */
const PARENT_POLL_MS = 500;
const PARENT = process.ppid;
leaveClosedTerminals();

/**
 * Runs a program in the foreground with this process's standard streams and gives its exit code: 128 plus the number of the
 * signal where a signal ended it, 1 where it could not be started.
 *
 * It gets a session of its own and each signal from here, once: else Ctrl-C would reach it from the terminal, from npm and
 * from here. Where this process is killed, the kernel asks it to end (setpriv is part of util-linux). Where npm is gone without having
 * passed on a signal, as after SIGKILL, it is asked to end too; not after `nohup`, since npm may have ended by the SIGHUP that is to be ignored.
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function foreground(file, args) {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : null;
  const [program, programArgs] = setpriv ? [setpriv, ['--pdeathsig', 'TERM', '--', file, ...args]] : [file, args];
  const child = spawn(program, programArgs, { stdio: 'inherit', detached: process.platform !== 'win32' });
  /** @type {Map<string, number>} */
  const lastSent = new Map();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - (lastSent.get(signal) ?? -SAME_SIGNAL_MS) < SAME_SIGNAL_MS) return;
      lastSent.set(signal, now);
      child.kill(signal);
    });
  }
  // Bash names the program that it started in `_`.
  if (process.env.npm_lifecycle_event !== undefined && path.basename(process.env._ ?? '') !== 'nohup') {
    const watch = setInterval(() => {
      if (process.ppid === PARENT) return;
      clearInterval(watch);
      if (lastSent.size === 0) child.kill('SIGTERM');
    }, PARENT_POLL_MS);
    watch.unref();
    child.once('exit', () => clearInterval(watch));
  }
  return new Promise((resolve) => {
    child.once('error', (error) => {
      say(`${file} can't be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + os.constants.signals[signal ?? 'SIGTERM']));
  });
}
