import path from 'node:path';
import { printable } from '../report/escape.ts';
import type { RemadeRun } from '../results/remake.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { say } from './say.ts';

/** Says on standard error which captures of a folder without run.json could not be read; gives the exit code. */
export function sayLeftOut(dir: string, leftOut: RemadeRun['leftOut']): ExitCode {
  for (const { capture, reason } of leftOut) say(`left out, since it can't be read: ${path.join(dir, printable(capture))}: ${reason}`);
  return leftOut.length > 0 ? EXIT.failed : EXIT.ok;
}
