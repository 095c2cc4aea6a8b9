/**
 * Makes a fresh clone ready and runs a command. Plain JavaScript without a dependency: it runs before `npm ci`.
 *
 *     node harness/setup/start.mjs run COMMAND [ARGUMENT…]    wirematrix COMMAND
 *     node harness/setup/start.mjs build                      compiles what has changed
 *     node harness/setup/start.mjs package                    builds what `npm pack` puts into the package
 *     node harness/setup/start.mjs typecheck                  checks the types of all sources
 *     node harness/setup/start.mjs test [ARGUMENT…]           lint, type check and tests (arguments for vitest)
 *     node harness/setup/start.mjs setup                      the lab: the usual servers, browsers and tools
 *     node harness/setup/start.mjs setup NAME…                servers, groups of servers, or versions of Node.js beside them
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetched, isFetched } from '../system/fetched.mjs';
import { findProgram } from '../system/search-path.mjs';
import { readyBuild } from './build.mjs';
import { availablePackages, installCommand, installPackages, isDebian, isRoot, missingPackages, sizeOf } from './debian.mjs';
import { writeDeclarations } from './declarations.mjs';
import { fetchPackages } from './fetch.mjs';
import { capState, isBeforePackScript, readyPackages, requireNode } from './npm.mjs';
import { wantedBy } from './on-request.mjs';
import { CAPTURE_PACKAGE, packages, upstreamPackages } from './packages.mjs';
import { CANT_RUN_HERE, foreground, Stop, say } from './terminal.mjs';
import { typeChecks } from './type-check.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** On two cores V8's helper threads slow each other down, and the thread that decodes. */
const ANALYZE_OPTIONS = availableParallelism() <= 2 ? ['--v8-pool-size=1'] : [];
const CAPTURING_COMMANDS = new Set(['compare', 'section-four', 'probe', 'fidelity', 'race']);

const canCapture = () => findProgram('tcpdump') !== null || capState(ROOT) === 'works';

/**
 * Makes sure that packets can be captured: as root on Debian it installs the one small package that is missing.
 * @param {{ required: boolean }} options `required`: else it does not matter if nothing here can capture
 * @throws {Stop} which names the package
 */
function readyCapture({ required }) {
  if (process.platform === 'win32' || canCapture()) return;
  if (isRoot && isDebian) {
    say(`nothing here can capture packets: installing ${CAPTURE_PACKAGE} (apt-get install) …`);
    installPackages([CAPTURE_PACKAGE]);
    if (canCapture()) return;
  }
  if (!required) return;
  throw new Stop(`Nothing here can capture packets. This command installs what is missing:\n\n    ${installCommand([CAPTURE_PACKAGE])}\n`);
}

/** @param {readonly string[]} args */
async function runCommand([command, ...args]) {
  await readyPackages(ROOT);
  await readyBuild(ROOT);
  const asksForHelp = args.includes('--help') || args.includes('-h');
  if (command !== undefined && CAPTURING_COMMANDS.has(command) && !asksForHelp) readyCapture({ required: true });
  const cli = path.join(ROOT, 'dist/harness/cli.js');
  if (!existsSync(cli)) throw new Stop('dist/harness/cli.js was not compiled: see the errors above', 1);
  const options = command === 'analyze' ? ANALYZE_OPTIONS : [];
  return foreground(process.execPath, [...options, cli, ...(command === undefined ? [] : [command]), ...args]);
}

async function build() {
  await readyPackages(ROOT);
  return (await readyBuild(ROOT)) ? 0 : 1;
}

/** Compiles what has changed, and the declarations. */
async function buildPackage() {
  if ((await build()) !== 0) return 1;
  say('writing the declarations …');
  writeDeclarations(ROOT);
  return 0;
}

async function typecheck() {
  await readyPackages(ROOT);
  return check(typeChecks(ROOT));
}

/** @param {readonly string[]} args */
async function test(args) {
  await readyPackages(ROOT);
  await readyBuild(ROOT);
  readyCapture({ required: false });
  process.chdir(ROOT);
  const bin = (/** @type {string} */ file) => path.join(ROOT, 'node_modules', file);
  return check([
    ['lint', bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'],
    ...typeChecks(ROOT),
    // Last, so that its summary ends the output.
    ['tests', bin('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', ...args],
  ]);
}

/**
 * Runs checks, each with a name and the arguments for Node.js, also after one has failed. Before the last one it says which have.
 * @param {readonly [name: string, ...args: string[]][]} checks
 */
async function check(checks) {
  /** @type {string[]} */
  const failed = [];
  for (const [place, [name, ...args]] of checks.entries()) {
    if (place === checks.length - 1 && failed.length > 0) say(`failed: ${failed.join(', ')}`);
    say(`${name} …`);
    const code = await foreground(process.execPath, args);
    // Ended by a signal.
    if (code > 128) return code;
    if (code !== 0) failed.push(name);
  }
  return failed.length === 0 ? 0 : 1;
}

async function setup() {
  const left = readyDebian(packages);
  await readyPackages(ROOT, { withCap: existsSync('/usr/include/pcap/pcap.h') });
  await readyBuild(ROOT);
  say(`npm packages and build are ready (cap: ${capState(ROOT)})`);
  return conclude(left, 'npm run compare, and npm run doctor for what this machine has');
}

/** Installs what the names stand for, beside what is there. @param {readonly string[]} names */
async function setupNamed(names) {
  const wanted = wantedBy(names);
  const toFetch = wanted.fetched.filter((name) => !isFetched(ROOT, name));
  const megabytes = (/** @type {'downloadMB' | 'diskMB'} */ which) => toFetch.reduce((sum, name) => sum + (fetched[name]?.[which] ?? 0), 0);
  if (toFetch.length > 0)
    say(
      `From the npm registry: ${toFetch.join(', ')}; about ${megabytes('downloadMB')} MB to download, ${megabytes('diskMB')} MB in .fetched/.`,
    );
  const left = readyDebian(wanted.debian.map((name) => ({ package: name, for: '' })));
  await readyPackages(ROOT);
  await fetchPackages(ROOT, toFetch);
  await readyBuild(ROOT);
  const servers = names.filter((name) => !name.startsWith('node@') && name !== 'race' && !Object.hasOwn(upstreamPackages, name)).join(',');
  const race = names.length > 0 && servers === '' && !names.some((name) => name.startsWith('node@'));
  return conclude(left, race ? 'npm run race' : `npm run compare -- --servers ${servers || 'node-http@18..26'}`);
}

/** Says what is left to do, or what can be done now, and gives the exit code. @param {string | null} left @param {string} next */
function conclude(left, next) {
  say(left ?? `ready: ${next}`);
  return left === null ? 0 : CANT_RUN_HERE;
}

/**
 * Installs the Debian packages that are missing, where this process may; else says how.
 * @param {readonly { package: string, for: string }[]} wanted
 * @returns what the user has to do; `null` where nothing is left
 */
function readyDebian(wanted) {
  const names = wanted.map((entry) => entry.package);
  const missing = isDebian ? wantedPackages(names) : names;
  if (missing.length === 0) {
    say('all Debian packages that are needed and available here are installed');
    return null;
  }
  say(isRoot && isDebian ? 'These Debian packages will be installed:' : 'These Debian packages are missing:');
  const width = Math.max(...missing.map((name) => name.length));
  for (const entry of wanted) if (missing.includes(entry.package)) say(`  ${entry.package.padEnd(width)}  ${entry.for}`.trimEnd());
  const size = isDebian ? sizeOf(availablePackages(missing)) : '';
  if (size !== '') say(size);
  if (isRoot && isDebian) {
    installLab(missing);
    return null;
  }
  return isDebian
    ? `\nThis command installs what is missing:\n\n    ${installCommand(missing)}\n`
    : '\nThis is not Debian: install the packages that correspond to them here.';
}

/** The packages that are missing. For an ordinary user without those that this system's archive lacks. @param {readonly string[]} names */
function wantedPackages(names) {
  const missing = missingPackages(names);
  // Where apt has no lists yet, which only root can fetch, nothing is known of the archive.
  if (isRoot || availablePackages(names).length === 0) return missing;
  const available = availablePackages(missing);
  const unknown = missing.filter((name) => !available.includes(name));
  if (unknown.length > 0) say(`not in this system's archive, and left out: ${unknown.join(', ')}`);
  return available;
}

/** @param {readonly string[]} missing */
function installLab(missing) {
  say('installing them; no service is started or left enabled …');
  const unknown = installPackages(missing);
  if (unknown.length > 0) say(`not in this system's archive, and left out: ${unknown.join(', ')}`);
}

async function main() {
  const [what, ...args] = process.argv.slice(2);
  requireNode();
  if (what === 'run') return runCommand(args);
  if (what === 'build') return build();
  if (what === 'package') return isBeforePackScript(process.env) ? 0 : buildPackage();
  if (what === 'typecheck') return typecheck();
  if (what === 'test') return test(args);
  if (what === 'setup') return args.length > 0 ? setupNamed(args) : setup();
  throw new Stop(
    'usage: node harness/setup/start.mjs run COMMAND [ARGUMENT…] | build | package | typecheck | test [ARGUMENT…] | setup [NAME…]',
    2,
  );
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = error.code;
}
