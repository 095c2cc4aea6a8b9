/**
 * Compiles the sources to `dist/`: TypeScript, the fast path's AssemblyScript to WebAssembly, and the bundles. Only where a source has
 * changed, and file by file, so that a running program never misses one.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { locked } from './lock.mjs';
import { scriptWithTabs } from './tabs.mjs';
import { run, Stop, say, tail } from './terminal.mjs';

const SOURCE_FOLDERS = ['servers', 'harness', 'clients', 'test'];
const THIS_FILE = 'harness/setup/build.mjs';
const TEMPORARY = '.dist-';
const COMPILERS = ['typescript', 'assemblyscript', 'rolldown'].map((name) => `node_modules/${name}/package.json`);
/** The fast path in WebAssembly; without it everything takes the slow path. */
const FAST_PATH = 'harness/fast-path/fast-path.wasm';

/** The script of the HTML report: where its source begins, and the bundle that document.ts puts into the page. */
const PAGE = 'harness/report/html/page/main.ts';
const PAGE_BUNDLE = 'harness/report/html/page/main.js.gz';

/** @param {string} folder @param {(file: string) => void} visit */
function walk(folder, visit) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) walk(file, visit);
    else visit(file);
  }
}

/** A hash that changes when a source is added or removed, or changes its size or time. @param {string} root */
export function fingerprint(root) {
  const hash = createHash('sha256');
  /** @param {string} file */
  const add = (file) => {
    const { size, mtimeMs } = lstatSync(file);
    hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
  };
  for (const folder of SOURCE_FOLDERS) {
    walk(path.join(root, folder), (file) => {
      if (/\.(?:ts|mjs)$|[\\/](?:as|ts)config\.json$/.test(file)) add(file);
    });
  }
  for (const file of [THIS_FILE, 'tsconfig.json', 'package.json', ...COMPILERS]) add(path.join(root, file));
  return hash.digest('hex');
}

/** The last build: the fingerprint of its sources, and its errors. @param {string} root */
function lastBuild(root) {
  try {
    const [built, ...errors] = readFileSync(path.join(root, 'dist', '.built'), 'utf8').split('\n');
    return { built, errors: errors.join('\n') };
  } catch {
    return { built: '', errors: '' };
  }
}

/**
 * Compiles, where a source has changed since the last build, and shows the errors of the last build. What was compiled in spite of
 * them can run.
 * @param {string} root
 * @returns whether there were no errors
 * @throws {Stop} where nothing was compiled
 */
export async function readyBuild(root) {
  if (lastBuild(root).built !== fingerprint(root)) {
    await locked(root, async () => {
      if (lastBuild(root).built !== fingerprint(root)) await build(root);
    });
  }
  const { errors } = lastBuild(root);
  if (errors !== '') say(`errors of the build:\n${tail(errors)}`);
  return errors === '';
}

/** @param {string} root */
async function build(root) {
  for (const name of readdirSync(root)) if (name.startsWith(TEMPORARY)) rmSync(path.join(root, name), { recursive: true, force: true });
  // Beside dist, so that the source maps' relative paths hold there too.
  const temporary = path.join(root, `${TEMPORARY}${process.pid}`);
  // Taken first: a source that changes during the build is compiled next time.
  const built = fingerprint(root);
  try {
    say('compiling …');
    const errors = [
      errorsOf(root, 'typescript/bin/tsc', ['-p', 'tsconfig.json', '--outDir', temporary]),
      errorsOf(root, 'typescript/bin/tsc', ['-p', path.dirname(PAGE), '--noEmit']),
      errorsOf(root, 'assemblyscript/bin/asc.js', [
        '--config',
        'harness/fast-path/asconfig.json',
        '--outFile',
        path.join(temporary, FAST_PATH),
      ]),
      bundlePage(root, temporary),
      await stampFastPath(root, temporary),
      bundle(root, temporary, 'harness/analysis/analyze', { wrapped: true }),
      bundle(root, temporary, 'harness/lab/lane', { wrapped: true, external: NOT_IN_LANE }),
      bundle(root, temporary, 'harness/lab/start-lane', { wrapped: false }),
    ]
      .filter((text) => text !== '')
      .join('\n');
    if (!existsSync(path.join(temporary, 'harness/cli.js'))) throw new Stop(`nothing was compiled:\n${tail(errors)}`, 1);
    indent(temporary);
    replace(temporary, path.join(root, 'dist'));
    writeFileSync(path.join(root, 'dist', '.built'), `${built}\n${errors}`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** @param {string} root @param {string} temporary */
function bundlePage(root, temporary) {
  const bundled = path.join(temporary, PAGE_BUNDLE.replace(/\.gz$/, ''));
  const options = ['--platform', 'browser', '--format', 'esm', '--minify', '--file', bundled, '--logLevel', 'warn'];
  const errors = errorsOf(root, 'rolldown/bin/cli.mjs', [PAGE, ...options]);
  if (existsSync(bundled)) {
    writeFileSync(path.join(temporary, PAGE_BUNDLE), gzipSync(readFileSync(bundled)));
    rmSync(bundled);
  }
  return errors;
}

/**
 * Writes the hash of the fast path's sources into its binary, and into the JavaScript that loads it: each refuses the other where they differ.
 * @param {string} root @param {string} temporary
 */
async function stampFastPath(root, temporary) {
  const binary = path.join(temporary, FAST_PATH);
  const folder = path.dirname(binary);
  if (!existsSync(binary) || !existsSync(path.join(folder, 'source-hash.js'))) return '';
  const { hashOfSources, HASH_SECTION } = await import(pathToFileURL(path.join(folder, 'source-hash.js')).href);
  const hash = hashOfSources(path.join(root, path.dirname(FAST_PATH)));
  // A custom section: its id, its length, the length of its name, the name, the content. Lengths below 128 are one byte.
  const content = Buffer.concat([Buffer.from([HASH_SECTION.length]), Buffer.from(HASH_SECTION + hash)]);
  appendFileSync(binary, Buffer.concat([Buffer.from([0, content.length]), content]));
  writeFileSync(path.join(folder, 'compiled-from.js'), `export const COMPILED_FROM = '${hash}';\n`);
  return '';
}

/** What a lane loads only where its cell needs it, or what only servers load, in processes of their own. */
const NOT_IN_LANE = [
  ...['express', 'koa', 'koa-static', 'koa-etag', 'koa-conditional-get', 'koa-range', 'fastify', '@fastify/static'],
  ...['hono', '@hono/node-server', '@hono/node-server/serve-static', 'puppeteer-core', 'cap'],
];

/**
 * Bundles a compiled module and all that it imports into one script beside it; what it imports dynamically, into others (`lane.browser.bundle.cjs`).
 * @param {string} root @param {string} temporary @param {string} module its path without an extension
 * @param {{ wrapped: boolean, external?: readonly string[] }} options `wrapped`: for `system/bundle.ts`; else for Node itself
 */
function bundle(root, temporary, module, { wrapped, external = [] }) {
  const folder = path.join(temporary, path.dirname(module));
  const base = path.basename(module);
  // What a script made with a code cache imports dynamically finds no loader.
  const options = ['--platform', 'node', '--format', 'cjs', '--no-dynamicImportInCjs', '--logLevel', 'warn'];
  const files = ['--dir', folder, '--entryFileNames', `${base}.bundle.cjs`, '--chunkFileNames', `${base}.[name].bundle.cjs`];
  const externals = external.flatMap((name) => ['--external', name]);
  const errors = errorsOf(root, 'rolldown/bin/cli.mjs', [path.join(temporary, `${module}.js`), ...options, ...files, ...externals]);
  if (errors !== '' || !wrapped) return errors;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${base}.`) || !name.endsWith('.bundle.cjs')) continue;
    const file = path.join(folder, name);
    // Named parameters in parentheses, as Node wraps a CommonJS module.
    const wrapper = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
    writeFileSync(
      file,
      wrapper.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    );
  }
  return '';
}

/** The output of a compiler that fails; empty where it succeeds. @param {string} root @param {string} compiler @param {readonly string[]} args */
function errorsOf(root, compiler, args) {
  const { code, stdout, stderr } = run(process.execPath, [path.join(root, 'node_modules', compiler), ...args], { cwd: root });
  return code === 0 ? '' : (stdout + stderr).trimEnd();
}

/** Indents what the compiler wrote by tabs. @param {string} folder */
function indent(folder) {
  walk(folder, (file) => {
    if (file.endsWith('.js')) writeFileSync(file, scriptWithTabs(readFileSync(file, 'utf8')));
  });
}

/** Moves the files of a new build over the old ones, one by one, then removes those whose source is gone. @param {string} from @param {string} to */
export function replace(from, to) {
  /** @type {Set<string>} */
  const kept = new Set();
  walk(from, (file) => {
    const name = path.relative(from, file);
    kept.add(name);
    mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
    renameSync(file, path.join(to, name));
  });
  for (const folder of SOURCE_FOLDERS) {
    const old = path.join(to, folder);
    if (!existsSync(old)) continue;
    walk(old, (file) => {
      if (!kept.has(path.relative(to, file))) rmSync(file);
    });
    removeEmpty(old);
  }
}

/** Removes the folders within it that have no file, and itself if it has none. @param {string} folder */
function removeEmpty(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeEmpty(path.join(folder, entry.name));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
