import type { Availability, Skipped } from '../harness/model.ts';
import { findProgram, runCommand } from '../harness/system/programs.ts';

/** Many are asked at one time. */
const VERSION_TIMEOUT_MS = 45_000;
/** Caddy makes a folder for certificates, `~/.step`, even when it is asked for its version. */
const NOTHING_LEFT = { STEPPATH: '/dev/null/step' };

/** The full path of a program; its bare name where it is not installed, so that starting it fails with that name. */
export const programPath = (name: string): string => findProgram(name) ?? name;

/** What was asked already: variants ask the same as their base, and a program does not change meanwhile. */
const asked = new Map<string, Promise<string | null>>();

/** What programs answered, by their commands. */
export type Answers = [command: string, output: string | null][];

/** All that programs have answered in this process. */
export const answers = (): Promise<Answers> =>
  Promise.all([...asked].map(async ([command, output]): Promise<Answers[number]> => [command, await output]));

/** Takes over what another process has asked, so that it is not asked again in this one. */
export function takeAnswers(known: Answers): void {
  for (const [command, output] of known) asked.set(command, Promise.resolve(output));
}

/** What a program wrote to stdout and stderr together; `null` where it is not installed, failed, or took longer than 45 s. Each command is run once. */
export function output(file: string, args: readonly string[]): Promise<string | null> {
  const command = JSON.stringify([file, ...args]);
  const known = asked.get(command) ?? run(file, args);
  asked.set(command, known);
  return known;
}

async function run(file: string, args: readonly string[]): Promise<string | null> {
  const { code, stdout, stderr } = await runCommand(programPath(file), args, VERSION_TIMEOUT_MS, NOTHING_LEFT);
  return code === 0 ? stdout + stderr : null;
}

/** Why a server from a Debian package can't run here, with the one command that installs `packages`. */
export const debianSkipped = (program: string, packages: string): Skipped => ({
  reason: `${program} is not installed`,
  remedy: `apt-get install -y --no-install-recommends ${packages}`,
});

/** Asks an installed program for its version: the first group of `pattern` in its output. `packages`: the Debian packages to install where it is missing. */
export async function askVersion(command: [file: string, ...args: string[]], pattern: RegExp, packages: string): Promise<Availability> {
  const [file, ...args] = command;
  const version = (await output(file, args))?.match(pattern)?.[1];
  return version ? { version } : { skipped: debianSkipped(file.split('/').at(-1)!, packages) };
}
