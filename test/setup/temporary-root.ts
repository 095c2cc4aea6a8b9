/** A folder that stands for a clone of the project, and real processes of Node.js that work in it. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder, removed after the test. @param files by their paths */
export function temporaryRoot(files: Readonly<Record<string, string>> = {}): string {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'wirematrix-setup-')));
  made.push(root);
  for (const [name, text] of Object.entries(files)) write(root, name, text);
  return root;
}

/** Writes a file and the folders above it. */
export function write(root: string, name: string, text: string): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The address of a module of `harness/setup/`, for the code that `node` runs. */
export const moduleUrl = (name: string): string => new URL(`../../harness/setup/${name}`, import.meta.url).href;

export interface Ended {
  /** `null` where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  pid: number;
  /** Resolves once standard output contains the text. */
  writes(text: string): Promise<void>;
  ended: Promise<Ended>;
}

/** Starts Node.js with a module given as text. */
export function startNode(code: string, args: readonly string[] = []): Running {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code, '--', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  const waiting: { text: string; resolve: () => void }[] = [];
  const notice = (): void => {
    for (const one of waiting) if (output.stdout.includes(one.text)) one.resolve();
  };
  child.stdout.on('data', (data) => {
    output.stdout += data;
    notice();
  });
  child.stderr.on('data', (data) => (output.stderr += data));
  return {
    pid: child.pid ?? 0,
    writes: (text) =>
      new Promise((resolve) => {
        waiting.push({ text, resolve });
        notice();
      }),
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve({ code: exitCode, signal, ...output }));
    }),
  };
}
