/** Runs the compiled command line on files, as a user does. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { compiledProgram } from '../../harness/system/compiled-program.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Folder of the tests' fixtures. */
export const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures');

/** Runs `wirematrix` with these arguments to its end. */
export function wirematrix(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const child = spawn(process.execPath, [compiledProgram('harness/cli.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', COLUMNS: '100', ...env },
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
