import type { ErrorCode } from '../system/coded-error.ts';

/** Exit codes of the contract: 0 ok, 1 ran but a cell failed or a threshold did not hold, 2 bad arguments, 3 can't run here. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unable: 3, interrupted: 130 } as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const EXIT_OF: Record<ErrorCode, ExitCode> = { 'bad-argument': EXIT.usage, 'unable-here': EXIT.unable };

/** The exit code of a command that ended in this error. Goes by `code`, not by class, since a bundled command has classes of its own. */
export function exitCodeOf(error: unknown): ExitCode {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return Object.hasOwn(EXIT_OF, code) ? EXIT_OF[code as ErrorCode] : EXIT.failed;
}

/** The exit code of a finished run: whether it was interrupted, or a cell failed. */
export function exitCodeOfRun(run: { cells: readonly { state: string }[] }, interrupted = false): ExitCode {
  if (interrupted) return EXIT.interrupted;
  return run.cells.some(({ state }) => state === 'failed') ? EXIT.failed : EXIT.ok;
}
