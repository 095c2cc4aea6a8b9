import { CodedError } from './coded-error.ts';
import { lacksInodes } from './files.ts';

/** Remedies for errors that a limit of the system or user caused. Each pattern is an error code or the message of a runtime. */
const HINTS: readonly [RegExp, string][] = [
  [
    /\bEMFILE\b|too many open files/i,
    'too many files are open: raise the limit (ulimit -n 4096), or run fewer cells at one time (--at-once 1)',
  ],
  [/\bENFILE\b/, 'the system has too many files open: end other programs, or raise fs.file-max (sysctl)'],
  [
    /\bEAGAIN\b|resource temporarily unavailable|(?:uv_thread|pthread)_create/i,
    'the limit of processes may be reached: raise it (ulimit -u), or run fewer cells at one time (--at-once 1)',
  ],
  [
    /\bENOMEM\b|out of memory|cannot allocate memory|allocation failed|failed to reserve|ERR_WORKER_OUT_OF_MEMORY/i,
    'there is too little memory: raise the limit (ulimit -v unlimited), end other programs, or run fewer cells at one time (--at-once 1)',
  ],
  [/\buv_cwd\b/, 'the folder in which this was started is not there any more: go to another one (cd)'],
  [/\bSIGXCPU\b/, 'the limit of processor time was reached: raise it (ulimit -t unlimited)'],
  [/\bby SIGKILL\b/, 'where memory was short, the kernel ended it: run fewer cells at one time (--at-once 1), or end other programs'],
  [/\bEFBIG\b|SIGXFSZ|file too large/i, 'a file became larger than the limit allows: raise it (ulimit -f unlimited)'],
  [
    /\bENOSPC\b|no space left on device/i,
    'the disk is full: free some space, or name another place for temporary files by the environment variable TMPDIR',
  ],
];

/** The remedy to append to a message about `error`, with `; ` before it; empty for other errors, and for a CodedError, which names its own remedy. */
export function limitHint(error: unknown): string {
  if (error instanceof CodedError) return '';
  if (lacksInodes(error))
    return '; the disk has no inodes left: remove some files, or name another place by the environment variable TMPDIR';
  const text = error instanceof Error ? `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}` : String(error);
  const found = HINTS.find(([pattern]) => pattern.test(text));
  return found ? `; ${found[1]}` : '';
}
