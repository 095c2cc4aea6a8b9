/** Whether `node_modules` is what `package-lock.json` says, and making it so. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isNodeSupported, NODE_NEEDED } from '../system/node-version.mjs';
import { locked } from './lock.mjs';
import { run, Stop, say, tail } from './terminal.mjs';

/** @throws {Stop} where the project does not run on this version of Node.js. @param {string} version */
export function requireNode(version = process.versions.node) {
  if (isNodeSupported(version)) return;
  throw new Stop(`this is Node.js ${version}: ${NODE_NEEDED} (https://nodejs.org/en/download)`);
}

/** Holds the stamp of the last installation. @param {string} root */
const stampFile = (root) => path.join(root, 'node_modules', '.wirematrix-installed');

/** What the installed packages depend on: the lock file, and what native addons are built for. @param {string} root */
function wantedStamp(root) {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  return `${lock} ${process.platform}-${process.arch} abi-${process.versions.modules}`;
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Whether npm's own record of what it installed has every package of the lock file in its version. @param {string} root */
function installedAsLocked(root) {
  const installed = readText(path.join(root, 'node_modules', '.package-lock.json'));
  if (installed === null) return false;
  /** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean }} Locked */
  /** @type {Record<string, Locked>} */
  const have = JSON.parse(installed).packages;
  /** @type {Record<string, Locked>} */
  const want = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(
    ([where, entry]) => where === '' || entry.optional || entry.devOptional || have[where]?.version === entry.version,
  );
}

/** Whether the addon `cap` is built, and for this version of Node.js. @param {string} root */
export function capState(root) {
  if (!existsSync(path.join(root, 'node_modules/cap/package.json'))) return 'missing';
  try {
    createRequire(path.join(root, 'package.json'))('cap');
    return 'works';
  } catch {
    return 'not built';
  }
}

/** Runs npm: the one that started this process, where one did. @param {readonly string[]} args @param {string} root */
export function npm(args, root) {
  const prefix = path.dirname(path.dirname(process.execPath));
  const hasHeaders = existsSync(path.join(prefix, 'include/node/node.h'));
  // Without Node's own headers node-gyp downloads them.
  const options = { cwd: root, env: hasHeaders ? { npm_config_nodedir: prefix } : {} };
  const script = process.env.npm_execpath;
  return script?.endsWith('.js')
    ? run(process.execPath, [script, ...args], options)
    : run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** Without a network npm would try for three minutes, silently: it tries twice, seconds apart. */
export const SOON = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=5000', '--fetch-timeout=60000'];

/** @param {string} root */
function install(root) {
  say('installing the npm packages of package-lock.json (npm ci): a minute or so …');
  // NODE_ENV=production would leave the compiler out.
  const { code, stdout, stderr } = npm(
    ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error', ...SOON],
    root,
  );
  if (code !== 0) {
    throw new Stop(
      `npm ci failed:\n${tail(stdout + stderr)}\nIs the npm registry reachable, and may this user write to ${root}? Without a network, copy node_modules from a machine that has it. Then try again: npm ci`,
    );
  }
}

/**
 * What has to be done before the packages are ready: `install` them all; `rebuild` the addon `cap`, for another version of Node.js or
 * with headers that were missing; only `record` that they are there; or nothing (`null`), which is found out quickly.
 * @param {string} root
 * @param {{ withCap?: boolean }} [options] `withCap`: libpcap's headers are there, so `cap` should work
 * @returns {'install' | 'rebuild' | 'record' | null}
 */
export function missingStep(root, { withCap = false } = {}) {
  const recorded = readText(stampFile(root)) === wantedStamp(root);
  if (recorded && !withCap) return null;
  if (!recorded && !installedAsLocked(root)) return 'install';
  const cap = capState(root);
  if (cap === 'not built') return 'rebuild';
  if (cap === 'missing' && withCap) return 'install';
  return recorded ? null : 'record';
}

/**
 * Installs the packages or rebuilds `cap` where that is needed; see `missingStep`.
 * @param {string} root
 * @param {{ withCap?: boolean }} [options]
 * @throws {Stop} where npm can't install them
 */
export async function readyPackages(root, options = {}) {
  if (missingStep(root, options) === null) return;
  await locked(root, () => {
    // Another start may have done it in the meantime.
    const step = missingStep(root, options);
    if (step === 'install') install(root);
    if (step === 'rebuild' || (step === 'install' && options.withCap && capState(root) === 'not built')) rebuildCap(root);
    if (step !== null) writeFileSync(stampFile(root), wantedStamp(root));
  });
}

/** @param {string} root */
function rebuildCap(root) {
  say('building the npm package cap …');
  const { code, stdout, stderr } = npm(['rebuild', 'cap', '--foreground-scripts', '--loglevel=error'], root);
  // cap is optional: tcpdump captures as well.
  if (code !== 0) say(`cap can't be built (tcpdump will capture):\n${tail(stdout + stderr, 5)}`);
}

/**
 * Whether `prepack` runs because npm runs it before the script `pack`, too, which makes no package. npm names its own command `run`, before version 11 `run-script`.
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export const isBeforePackScript = ({ npm_lifecycle_event: script, npm_command: command = '' }) =>
  script === 'prepack' && command.startsWith('run');
