/** Programs in Go, compiled here once for each source and compiler. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Availability } from '../harness/model.ts';
import { fetchedRoot } from '../harness/system/fetched.mjs';
import { runCommand } from '../harness/system/programs.ts';
import { projectRoot } from '../harness/system/project-root.ts';
import { askVersion, programPath } from './installed.ts';

/** Long enough for the standard library too, which the first build compiles. Milliseconds. */
const BUILD_TIMEOUT_MS = 300_000;
/** Beside what setup fetches. */
const folder = (): string => fetchedRoot(projectRoot());

/** One program. */
export interface GoProgram {
  /** The version of Go; compiles the program at the first question, since a lane's own start would take too long. */
  version(): Promise<Availability>;
  /** The path of the compiled program. */
  program(): Promise<string>;
}

/** @param source path of its one file, from the project's root */
export function goProgram(source: string): GoProgram {
  const file = (): string => join(projectRoot(), source);
  const ask = (): Promise<Availability> => askVersion(['go', 'version'], /go version go(\S+)/, 'golang-go');
  const program = async (): Promise<string> => {
    const answer = await ask();
    const compiler = 'version' in answer ? answer.version : 'none';
    const hash = createHash('sha256').update(compiler).update(readFileSync(file())).digest('hex').slice(0, 12);
    return join(folder(), `go-${basename(dirname(source))}-${hash}`);
  };
  return {
    program,
    async version() {
      const answer = await ask();
      const target = await program();
      if ('skipped' in answer || existsSync(target)) return answer;
      mkdirSync(folder(), { recursive: true });
      const work = mkdtempSync(join(folder(), '.go-'));
      try {
        const built = join(work, 'program');
        const environment = {
          GOCACHE: join(work, 'cache'),
          GOPATH: join(work, 'path'),
          GOTMPDIR: work,
          GO111MODULE: 'off',
          CGO_ENABLED: '0',
          GOFLAGS: '',
        };
        const { code, stderr } = await runCommand(programPath('go'), ['build', '-o', built, file()], BUILD_TIMEOUT_MS, environment);
        if (code !== 0)
          return {
            skipped: { reason: `${source} does not compile: ${stderr.trim()}`, remedy: 'apt-get install -y --reinstall golang-go' },
          };
        renameSync(built, target);
        return answer;
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
  };
}
