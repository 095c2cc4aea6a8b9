/** Small programs of the system: finding them, and running one to its end. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** `PATH` with the folders of system programs, which an ordinary user's often lacks. */
export function systemPath(): string {
  const own = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const system = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'].filter((folder) => !own.includes(folder));
  return (process.platform === 'win32' ? own : [...own, ...system]).join(path.delimiter);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The full path of a program, by its name or by that path itself; `null` where it is not installed. */
export function findProgram(name: string): string | null {
  if (path.isAbsolute(name)) return isExecutable(name) ? name : null;
  const files = systemPath()
    .split(path.delimiter)
    .map((folder) => path.join(folder, name));
  return files.find(isExecutable) ?? null;
}

/** The environment for system programs: their messages in English, found in the system's folders too. */
export const systemEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C', PATH: systemPath() });

export interface CommandOutcome {
  /** `null` where it could not be started, was ended by a signal or took too long. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, at most `timeoutMs`, with `more` in its environment; never throws. */
export function runCommand(
  file: string,
  args: readonly string[],
  timeoutMs = 10_000,
  more: NodeJS.ProcessEnv = {},
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { env: { ...systemEnvironment(), ...more }, timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : null) : 0;
        resolve({ code, stdout, stderr: stderr || (error && code === null ? error.message : '') });
      },
    );
  });
}

/**
 * The command so that the kernel kills it when its parent is gone, however that ended (prctl PR_SET_PDEATHSIG); as it
 * stands where util-linux's setpriv is not there.
 */
export function endWithParent(file: string, args: readonly string[]): { file: string; args: string[] } {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : null;
  return setpriv ? { file: setpriv, args: ['--pdeathsig', 'KILL', '--', file, ...args] } : { file, args: [...args] };
}
