import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Skipped } from '../harness/model.ts';
import type { Availability } from './server.ts';

const run = promisify(execFile);

/** Debian keeps servers in /usr/sbin, which an ordinary user's PATH may lack. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Where a program is, or its bare name where it is nowhere. */
export function programPath(name: string): string {
  if (name.includes('/')) return name;
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Look further.
    }
  }
  return name;
}

/** What a program wrote to both outputs, or `null` where it is not installed or failed. */
export async function output(file: string, args: string[]): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(programPath(file), args, { timeout: 15_000 });
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
