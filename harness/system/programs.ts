/** Small programs of the system: finding them, and running one to its end. */
import { execFile } from 'node:child_process';
import { findProgram, systemPath } from './search-path.mjs';

export { findProgram, systemPath };

/** The environment for system programs: messages in English, and a `PATH` that includes the system's folders. */
export const systemEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C', PATH: systemPath() });

/** How a program ended and what it wrote. */
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
 * Changes a command so that the kernel kills the program when its parent ends, however it ends (prctl PR_SET_PDEATHSIG). Without
 * util-linux's setpriv the command stays as it is.
 */
export function endWithParent(file: string, args: readonly string[]): { file: string; args: string[] } {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : null;
  return setpriv ? { file: setpriv, args: ['--pdeathsig', 'KILL', '--', file, ...args] } : { file, args: [...args] };
}
