import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Availability } from '../../harness/model.ts';
import { fetchedRoot } from '../../harness/system/fetched.mjs';
import { runCommand } from '../../harness/system/programs.ts';
import { projectRoot } from '../../harness/system/project-root.ts';
import { askVersion, programPath } from '../installed.ts';
import { defineServer } from '../server.ts';

/** Long enough for the standard library too, which the first build compiles. Milliseconds. */
const BUILD_TIMEOUT_MS = 300_000;

const source = () => join(projectRoot(), 'servers', 'go', 'main.go');

/** Where the program of this source and this compiler is, beside what setup fetches. */
const programOf = (version: string): string => {
  const hash = createHash('sha256').update(version).update(readFileSync(source())).digest('hex').slice(0, 12);
  return join(fetchedRoot(projectRoot()), `go-server-${hash}`);
};

/** Compiled at the first question for its version: a lane's own start would take too long. */
async function compiled(): Promise<Availability> {
  const answer = await askVersion(['go', 'version'], /go version go(\S+)/, 'golang-go');
  if ('skipped' in answer) return answer;
  const program = programOf(answer.version);
  if (existsSync(program)) return answer;
  mkdirSync(fetchedRoot(projectRoot()), { recursive: true });
  const folder = mkdtempSync(join(fetchedRoot(projectRoot()), '.go-'));
  try {
    const built = join(folder, 'server');
    const environment = { GOCACHE: join(folder, 'cache'), GOPATH: join(folder, 'path'), GO111MODULE: 'off', CGO_ENABLED: '0', GOFLAGS: '' };
    const { code, stderr } = await runCommand(programPath('go'), ['build', '-o', built, source()], BUILD_TIMEOUT_MS, environment);
    if (code !== 0)
      return {
        skipped: { reason: `servers/go/main.go does not compile: ${stderr.trim()}`, remedy: 'apt-get install -y --reinstall golang-go' },
      };
    renameSync(built, program);
    return answer;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As measured here (1.19.8): no idle connection was closed in 95 s, used or not, nor one with an incomplete head. */
export default defineServer({
  id: 'go-http',
  title: 'Go net/http',
  summary: 'http.FileServer and ListenAndServe, without time-outs',
  version: compiled,
  start: async ({ host, port, site }) => {
    const answer = await askVersion(['go', 'version'], /go version go(\S+)/, 'golang-go');
    return {
      file: 'version' in answer ? programOf(answer.version) : 'go',
      args: [],
      env: { HOST: host, PORT: String(port), SITE: site },
    };
  },
});
