import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Skipped } from '../harness/model.ts';
import type { Availability } from './server.ts';

const run = promisify(execFile);

/** What a program wrote to both outputs, or `null` where it is not installed or failed. */
export async function output(file: string, args: string[]): Promise<string | null> {
  try {
    // Debian keeps servers in /usr/sbin, which an ordinary user's PATH may lack.
    const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` };
    const { stdout, stderr } = await run(file, args, { env, timeout: 15_000 });
    return stdout + stderr;
  } catch {
    return null;
  }
}

/** A server that Debian packages: what is missing, and the one command that installs it. */
export const debianSkipped = (program: string, packages: string): Skipped => ({
  reason: `${program} is not installed`,
  remedy: `apt-get install -y --no-install-recommends ${packages}`,
});

/** Asks a program for its version: the first group of `pattern` in what it writes. */
export async function askVersion(command: [file: string, ...args: string[]], pattern: RegExp, packages: string): Promise<Availability> {
  const [file, ...args] = command;
  const version = (await output(file, args))?.match(pattern)?.[1];
  return version ? { version } : { skipped: debianSkipped(file.split('/').at(-1)!, packages) };
}
