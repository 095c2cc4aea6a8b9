/** The package as a new user has it: packed, installed into an empty folder, used as an ordinary user. It needs the npm registry. */
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRunResult } from '../../harness/compare/run-result.ts';
import { readsTypeScript } from '../../harness/config/load.ts';
import { fetched, fetchedFolder, isFetched } from '../../harness/system/fetched.mjs';
import { findProgram } from '../../harness/system/programs.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const CAPTURE = path.join(ROOT, 'test/fixtures/captures/node-http.pcap');
const MOST_BYTES = 3_000_000;
const NOBODY = 65_534;
/** Of Node.js, beside the one that runs the tests. */
const MAJORS = [20, 22, 24, 26];
/** Packing compiles, and installing downloads. */
const PACK_MS = 480_000;
const RUN_MS = 240_000;

const SERVER = `require('node:http').createServer((request, response) => {
  if (request.url === '/health') return response.end('ok');
  const body = '<!doctype html><title>x</title>' + 'x'.repeat(2000);
  response.setHeader('Content-Type', 'text/html');
  response.setHeader('Content-Length', body.length + Number(process.env.BEYOND ?? 0));
  if (process.env.BEYOND) response.on('finish', () => request.socket.destroy());
  response.end(request.method === 'HEAD' ? '' : body);
}).listen(3000, '127.0.0.1');
`;

const PROXY = `const http = require('node:http');
const [host, port] = process.env.UPSTREAM.split(':');
const agent = new http.Agent({ keepAlive: true });
http.createServer((request, response) => {
  const { method, url: path, headers } = request;
  const onward = http.request({ host, port, method, path, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
}).listen(process.env.PORT, process.env.HOST);
`;

/** Every name that the package exports, in one file under `strict`. */
const EVERY_NAME = `import * as wirematrix from 'wirematrix';
import type { Analysis, CompareOptions, Config, OwnClaim, Progress, ProxyEntry, RaceReport, RaceThreshold, RunDiff, RunReport, ServerEntry } from 'wirematrix';

const { profiles, defineProfile, defineConfig, defineProxy, defineServer, policy, request } = wirematrix;
const profile = defineProfile({ ...profiles.chromium, id: 'mine' });
const proxy: ProxyEntry = defineProxy({ id: 'p', kind: 'library', command: 'node p.js' });
const server: ServerEntry = defineServer({ id: 's', command: 'node s.js', port: 1 });
export const config: Config = defineConfig({ profiles: [profile], proxies: [proxy], servers: [server], upstreams: ['p'], clients: ['mine'] });
export const runs = {
  analyze: (file: string): Promise<Analysis> => wirematrix.analyze(file, { ports: [80] }),
  probe: (): Promise<RunReport> => wirematrix.probe({ out: 'x', command: 'node s.js', port: 1, onProgress: (event: Progress) => event.type }),
  compare: (options: CompareOptions): Promise<RunReport> => wirematrix.compare(options),
  race: (failOn: RaceThreshold[]): Promise<RaceReport> => wirematrix.race({ out: 'x', servers: [server], failOn, baseline: 'race.json', onProgress: ({ lane, done }) => [lane, done] }),
  diff: (): Promise<RunDiff> => wirematrix.diff('a', 'b'),
};
export const claims: OwnClaim[] = [];
export const others = [policy, request];
// @ts-expect-error an option that is not there
export const wrong: Config = { failon: 'risk' };
// @ts-expect-error a threshold of findings
export const wrongRace = (): Promise<RaceReport> => wirematrix.race({ out: 'x', failOn: 'risk' });
// @ts-expect-error a server without a port
defineServer({ id: 's', command: 'node s.js' });
console.log(Object.keys(wirematrix).sort().join(' '));
`;
const EXPORTED =
  'analyze compare defineClaim defineConfig defineFinding defineObservation defineProfile defineProxy defineQuestion defineReporter defineScenario defineServer diff policy probe profiles race request';

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

let top: string;
let folder: string;
let packed: { unpackedSize: number; files: { path: string }[]; filename: string };

const run = (file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : null) : 0, stdout, stderr });
    });
  });

/** Runs a command in the user's folder, as an ordinary user where this process is root. */
function asUser(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const setpriv = process.getuid?.() === 0 ? findProgram('setpriv') : null;
  const rights = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups', '--inh-caps=-all', '--bounding-set=-all', '--'];
  const [file = '', ...args] = setpriv ? [setpriv, ...rights, ...words] : words;
  return run(file, args, folder, { HOME: path.join(top, 'home'), npm_config_cache: path.join(top, 'home/.npm'), ...env });
}

const wirematrix = (...args: string[]): Promise<Ran> => asUser([path.join(folder, 'node_modules/.bin/wirematrix'), ...args]);

function put(name: string, content: string): void {
  const file = path.join(folder, name);
  rmSync(file, { force: true });
  writeFileSync(file, content, { mode: 0o644 });
}

const fileOf = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

/** The examples of a document: each begins with a comment that names its file. */
const examplesOf = (name: string): [string, string][] =>
  [...readFileSync(path.join(ROOT, 'docs', name), 'utf8').matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, file = '', code = '']) => [
    file,
    code,
  ]);

beforeAll(async () => {
  top = mkdtempSync(path.join(os.tmpdir(), 'wirematrix-package-'));
  folder = path.join(top, 'project');
  chmodSync(top, 0o755);
  for (const name of ['project', 'home']) {
    await mkdir(path.join(top, name));
    if (process.getuid?.() === 0) chownSync(path.join(top, name), NOBODY, NOBODY);
  }
  const pack = await run('npm', ['pack', '--json', '--pack-destination', top], ROOT);
  expect(pack, pack.stderr).toMatchObject({ code: 0 });
  packed = JSON.parse(pack.stdout.slice(pack.stdout.indexOf('[')))[0];
  chmodSync(path.join(top, packed.filename), 0o644);
  const install = await asUser(['npm', 'install', '--no-audit', '--no-fund', path.join(top, packed.filename)]);
  expect(install, install.stderr).toMatchObject({ code: 0 });
  put('server.js', SERVER);
  put('proxy.js', PROXY);
}, PACK_MS);
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe('the package', { timeout: RUN_MS }, () => {
  it('is small, and holds neither tests nor results', async () => {
    expect(packed.unpackedSize).toBeLessThan(MOST_BYTES);
    const names = packed.files.map((file) => file.path);
    expect(names.filter((name) => /^(?:test|results|dist\/test)\/|\/setup\/|\.map$|(?<!\.d)\.ts$/.test(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'docs/api.md', 'dist/harness/api/index.d.ts']));
    // What a user of probe and analyze installs: cap only where it can be built.
    const installed = (await readdir(path.join(folder, 'node_modules'))).filter((name) => !/^\.|^(?:cap|nan)$/.test(name));
    expect(installed.sort()).toEqual(['@commander-js', 'commander', 'undici', 'wirematrix', 'zod']);
  });

  it('holds every file that is read as it is in the sources', async () => {
    const { stdout } = await run('git', ['ls-files', 'clients', 'servers', 'harness'], ROOT);
    // Compiled, or of the clone and the action alone; pictures and the sound are drawn.
    const elsewhere = /\.ts$|config\.json$|^harness\/(?:setup|action|system)\/|^servers\/site\/(?:audio\.wav|[\w-]+\.png)$/;
    const wanted = stdout.split('\n').filter((name) => name !== '' && !elsewhere.test(name));
    expect(wanted).toContain('servers/site/index.html');
    const names = new Set(packed.files.map((file) => file.path));
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  it('lists, examines the machine, and analyzes a capture', async () => {
    expect(await wirematrix('list')).toMatchObject({ code: 0, stderr: '' });
    const doctor = await wirematrix('doctor');
    expect(doctor.stdout).toMatch(/server express\s+not installed: express/);
    expect(doctor.stdout).toContain('npm install --save-dev express');
    expect(doctor.stdout.replaceAll('in a clone of wirematrix: npm run setup', '')).not.toMatch(/npm run|npm ci/);
    const analyze = await wirematrix('analyze', CAPTURE);
    expect(analyze).toMatchObject({ code: 0, stderr: '' });
    expect(analyze.stdout).toContain('Content-Length larger than the body');
  });

  it('compares, and names the one command that installs what is missing', async () => {
    const { code, stdout, stderr } = await wirematrix(
      'compare',
      '--servers',
      'node-http,express',
      '--clients',
      'probe',
      '--scenarios',
      'range',
      '--quick',
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('express skipped: not installed: express');
    expect(stdout).toContain('remedy: npm install --save-dev express');
    const browsers = await wirematrix(
      'compare',
      '--servers',
      'node-http',
      '--clients',
      'chromium',
      '--scenarios',
      'first-visit',
      '--quick',
    );
    expect(browsers.code).toBe(3);
    expect(browsers.stderr).toContain('npm install --save-dev css-tree htmlparser2 http-cache-semantics');
  });

  it('gates a server by its findings, and against a baseline', async () => {
    const ask = (env: NodeJS.ProcessEnv, ...more: string[]) =>
      asUser(
        [
          path.join(folder, 'node_modules/.bin/wirematrix'),
          'probe',
          '--command',
          'node server.js',
          '--port',
          '3000',
          '--only',
          'conditional',
          '--quick',
          ...more,
        ],
        env,
      );
    const before = await ask({}, '--fail-on', 'fault', '--out', 'results/before');
    expect(before, before.stderr).toMatchObject({ code: 0 });
    const same = await ask({}, '--baseline', 'results/before/run.json', '--out', 'results/same');
    expect(same, same.stderr).toMatchObject({ code: 0 });
    const after = await ask(
      { BEYOND: '7' },
      '--baseline',
      'results/before/run.json',
      '--out',
      'results/after',
      '--reporter',
      'junit,sarif,github,comment,badge',
    );
    expect(after.code).toBe(1);
    expect(after.stderr).toMatch(
      /the gate failed:\n {2}- new fault framing\.content-length-long: .*\(yours\/probe\/conditional, frames \d/,
    );
    expect(after.stdout).toMatch(/^::error title=framing\.content-length-long/m);
    expect(fileOf('results/after/comment.md')).toMatch(/^<!-- wirematrix -->\n[\s\S]*\nFailed: 1 fault/);
    expect(JSON.parse(fileOf('results/after/findings.sarif'))).toMatchObject({ version: '2.1.0' });
    expect(JSON.parse(fileOf('results/after/badge.json'))).toMatchObject({ color: 'red' });
    expect(fileOf('results/after/junit.xml')).toContain(' name="gate" ');
    const diff = await wirematrix('diff', 'results/before', 'results/after');
    expect(diff.stdout).toMatch(/New findings\n {2}fault framing\.content-length-long/);
    const better = await ask({}, '--baseline', 'results/after/run.json', '--out', 'results/better');
    expect(better, better.stderr).toMatchObject({ code: 0 });
  });

  it('runs with every version of Node.js that is fetched', async () => {
    const config = "import { defineConfig } from 'wirematrix';\nexport default defineConfig({ port: 1 as number });\n";
    put('typed.config.ts', config);
    for (const major of MAJORS) {
      const name = `node@${major}`;
      if (!isFetched(ROOT, name)) continue;
      const [program = ''] = Object.keys(fetched[name]?.packages ?? {});
      const node = path.join(top, name);
      // A user may not enter the folder that it is fetched to.
      await copyFile(path.join(fetchedFolder(ROOT, name), 'node_modules', program, 'bin/node'), node, constants.COPYFILE_FICLONE);
      const cli = (...args: string[]) => asUser([node, path.join(folder, 'node_modules/wirematrix/dist/harness/cli.js'), ...args]);
      const analyze = await cli('analyze', CAPTURE);
      expect(analyze, `Node.js ${major}`).toMatchObject({ code: 0, stderr: '' });
      expect(analyze.stdout).toContain('Content-Length larger than the body');
      const names = await asUser([node, '--input-type=module', '--eval', "console.log(Object.keys(await import('wirematrix')).length)"]);
      expect(names.stdout, names.stderr).toBe(`${EXPORTED.split(' ').length}\n`);
      const typed = await cli('probe', '--config', 'typed.config.ts');
      expect(typed.stderr).toMatch(major < 22 ? /TypeScript needs Node\.js 22\.18/ : /probe takes a URL/);
      rmSync(node);
    }
  });

  it('gives nothing but its interface', async () => {
    const { code, stderr } = await asUser([
      process.execPath,
      '--input-type=module',
      '--eval',
      "await import('wirematrix/dist/harness/model.js')",
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('has examples that are right by their types, and run', async () => {
    const examples = [...examplesOf('api.md'), ...examplesOf('configuration.md')];
    expect(examples.map(([file]) => file)).toEqual([
      'analyze.ts',
      'probe.ts',
      'compare.ts',
      'race.ts',
      'diff.ts',
      'own.ts',
      'wirematrix.config.ts',
    ]);
    for (const [file, code] of [...examples, ['every-name.ts', EVERY_NAME] as const]) put(file.replace(/\.ts$/, '.mts'), code);
    const options = [
      '--strict',
      '--target',
      'ES2023',
      '--module',
      'NodeNext',
      '--lib',
      'ES2023,DOM',
      '--types',
      'node',
      '--typeRoots',
      path.join(ROOT, 'node_modules/@types'),
      '--outDir',
      '.',
    ];
    const files = [...examples.map(([file]) => file), 'every-name.ts'].map((file) => file.replace(/\.ts$/, '.mts'));
    const tsc = await run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, ...files], folder);
    expect(tsc.stdout).toBe('');
    for (const name of ['wirematrix.config.mts', 'wirematrix.config.mjs']) rmSync(path.join(folder, name));
    const example = (name: string, ...args: string[]) => asUser([process.execPath, name, ...args]);
    expect((await example('analyze.mjs', CAPTURE)).stdout).toMatch(/^127\.0\.0\.1:8080: 17 exchanges\nfault /);
    const probed = await example('probe.mjs');
    expect(probed, probed.stderr).toMatchObject({ code: 0 });
    expect(probed.stdout).toMatch(/^yours\/probe\/identify observed\n[\s\S]*passed: .*results\/probe\n$/);
    const compared = await example('compare.mjs');
    expect(compared, compared.stderr).toMatchObject({ code: 0 });
    const matrix = parseRunResult(JSON.parse(fileOf('results/compare/run.json')), 'run.json');
    expect(matrix.cells.map(({ server, state }) => `${server} ${state}`).sort()).toEqual(['mine observed', 'node-http observed']);
    expect((await example('every-name.mjs')).stdout.trim()).toBe(EXPORTED);
    const raced = await example('race.mjs');
    expect(raced, raced.stderr).toMatchObject({ code: 0 });
    expect(raced.stdout).toMatch(/^\d+\/\d+ mine > planted-400ms\nmine planted-400ms GET races (?:races|not-shown) \d+ /m);
    // The gate names the pairs that race, in the words of the command.
    expect(raced.stdout.includes('mine > planted-400ms, ')).toBe(/ GET races races| POST races races/.test(raced.stdout));
    const own = await example('own.mjs');
    expect(own, own.stderr).toMatchObject({ code: 0 });
    expect(own.stdout).toMatch(/^status 200\n.*\bhealth\.cacheable\b.*\nhealth\.good reproduced\n$/);
    expect(fileOf('results/own/findings.txt')).toContain('health.cacheable: GET /health is answered with 200');
    expect((await example('diff.mjs')).stdout).toContain('new framing.content-length-long');
  });

  it('writes a configuration, and reads it', async () => {
    expect((await wirematrix('init')).stdout).toMatch(
      /wirematrix\.config\.mjs: node server\.js \(server\.js\), port 3000 \(server\.js\)\nNow: npx wirematrix probe/,
    );
    expect((await wirematrix('init')).code).toBe(2);
    const probed = await wirematrix('probe', '--only', 'range', '--quick', '--out', 'results/configured');
    expect(probed, probed.stderr).toMatchObject({ code: 0 });
    put('wirematrix.config.ts', "import { defineConfig } from 'wirematrix';\nexport default defineConfig({ port: 1 as number });\n");
    const typed = await wirematrix('probe', '--config', 'wirematrix.config.ts');
    expect(typed).toMatchObject({ code: 2, stdout: '' });
    expect(typed.stderr).toMatch(
      readsTypeScript() ? /probe takes a URL/ : /can't read wirematrix\.config\.ts: TypeScript needs Node\.js 22\.18/,
    );
  });
});
