/**
 * Makes a fresh clone ready and runs a command. Plain JavaScript without a dependency: it runs before `npm ci`.
 *
 *     node harness/setup/start.mjs run COMMAND [ARGUMENT…]    wirematrix COMMAND
 *     node harness/setup/start.mjs build                      compiles what has changed
 *     node harness/setup/start.mjs test [ARGUMENT…]           lint, type check and tests (arguments for vitest)
 *     node harness/setup/start.mjs setup                      the whole lab: every server, browser and tool
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readyBuild } from './build.mjs';
import { availablePackages, installCommand, installPackages, isDebian, isRoot, missingPackages } from './debian.mjs';
import { capState, readyPackages } from './npm.mjs';
import { CAPTURE_PACKAGE, packages } from './packages.mjs';
import { CANT_RUN_HERE, findProgram, foreground, Stop, say } from './terminal.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** On two cores V8's helpers get into each other's way, and into that of the thread that decodes. */
const ANALYZE_OPTIONS = availableParallelism() <= 2 ? ['--v8-pool-size=1'] : [];
const CAPTURING_COMMANDS = new Set(['compare', 'section-four', 'probe', 'fidelity']);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Stop(`Node.js ${process.versions.node} is too old: 20.19 or later is needed (https://nodejs.org/en/download)`);
}

const canCapture = () => findProgram('tcpdump') !== null || capState(ROOT) === 'works';

/** Installs the one small package that is missing, as root on Debian; else says which. @param {{ required: boolean }} options */
function readyCapture({ required }) {
  if (process.platform === 'win32' || canCapture()) return;
  if (isRoot && isDebian) {
    say(`nothing here can capture packets: installing ${CAPTURE_PACKAGE} (apt-get install) …`);
    installPackages([CAPTURE_PACKAGE]);
    if (canCapture()) return;
  }
  if (!required) return;
  throw new Stop(`Nothing here can capture packets. This mends it:\n\n    ${installCommand([CAPTURE_PACKAGE])}\n`);
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

/** @param {readonly string[]} args */
async function test(args) {
  await readyPackages(ROOT);
  await readyBuild(ROOT);
  readyCapture({ required: false });
  process.chdir(ROOT);
  const bin = (/** @type {string} */ file) => path.join(ROOT, 'node_modules', file);
  const checks = [
    ['lint', bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'],
    ['type check', bin('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmit'],
    ['tests', bin('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', ...args],
  ];
  /** @type {string[]} */
  const failed = [];
  for (const [what = '', ...words] of checks) {
    // Vitest comes last, so that its summary ends the output.
    if (what === 'tests' && failed.length > 0) say(`failed: ${failed.join(', ')}`);
    say(`${what} …`);
    const code = await foreground(process.execPath, words);
    if (code > 128) return code;
    if (code !== 0) failed.push(what);
  }
  return failed.length === 0 ? 0 : 1;
}

async function setup() {
  const names = packages.map((entry) => entry.package);
  const missing = isDebian ? wantedPackages(names) : names;
  let code = 0;
  if (missing.length === 0) {
    say('all Debian packages of the lab that can be had here are installed');
  } else {
    say(isRoot && isDebian ? 'These Debian packages will be installed:' : 'These Debian packages are missing:');
    const width = Math.max(...missing.map((name) => name.length));
    for (const entry of packages) if (missing.includes(entry.package)) say(`  ${entry.package.padEnd(width)}  ${entry.for}`);
    if (isRoot && isDebian) installLab(missing);
    else code = CANT_RUN_HERE;
  }
  await readyPackages(ROOT, { withCap: existsSync('/usr/include/pcap/pcap.h') });
  await readyBuild(ROOT);
  say(`npm packages and build are ready (cap: ${capState(ROOT)})`);
  if (code !== 0) {
    say(
      isDebian
        ? `\nThis installs what is missing:\n\n    ${installCommand(missing)}\n`
        : '\nThis is not Debian: install what matches them here.',
    );
  } else say('ready: npm run compare, and npm run doctor for what this machine has');
  return code;
}

/** The missing packages, for an ordinary user without those that this system's archive does not have. @param {readonly string[]} names */
function wantedPackages(names) {
  const missing = missingPackages(names);
  // Without apt's lists, which root can fetch, nothing is known.
  if (isRoot || availablePackages(names).length === 0) return missing;
  const available = availablePackages(missing);
  const unknown = missing.filter((name) => !available.includes(name));
  if (unknown.length > 0) say(`not in this system's archive, and left out: ${unknown.join(', ')}`);
  return available;
}

/** @param {readonly string[]} missing */
function installLab(missing) {
  say(`installing them; no service is started or left enabled …`);
  const unknown = installPackages(missing);
  if (unknown.length > 0) say(`not in this system's archive, and left out: ${unknown.join(', ')}`);
}

async function main() {
  const [what, ...args] = process.argv.slice(2);
  checkNode();
  if (what === 'run') return runCommand(args);
  if (what === 'build') return build();
  if (what === 'test') return test(args);
  if (what === 'setup') return setup();
  throw new Stop('usage: node harness/setup/start.mjs run COMMAND [ARGUMENT…] | build | test [ARGUMENT…] | setup', 2);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = error.code;
}
