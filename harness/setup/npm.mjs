/** Whether `node_modules` is what `package-lock.json` says, and making it so. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { locked } from './lock.mjs';
import { run, Stop, say, tail } from './terminal.mjs';

/** @param {string} root */
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
  const have = JSON.parse(installed).packages;
  const want = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(
    ([where, entry]) => where === '' || entry.optional || entry.devOptional || have[where]?.version === entry.version,
  );
}

/** Whether the addon `cap` is built, and for this Node. @param {string} root */
export function capState(root) {
  if (!existsSync(path.join(root, 'node_modules/cap/package.json'))) return 'missing';
  try {
    createRequire(path.join(root, 'package.json'))('cap');
    return 'works';
  } catch {
    return 'not built';
  }
}

/** npm, as it runs this script where it does. @param {readonly string[]} args @param {string} root */
function npm(args, root) {
  const prefix = path.dirname(path.dirname(process.execPath));
  const hasHeaders = existsSync(path.join(prefix, 'include/node/node.h'));
  // Node's own headers, where it came with them: else node-gyp downloads them.
  const options = { cwd: root, env: hasHeaders ? { npm_config_nodedir: prefix } : {} };
  const script = process.env.npm_execpath;
  return script?.endsWith('.js')
    ? run(process.execPath, [script, ...args], options)
    : run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** @param {string} root */
function install(root) {
  say('installing the npm packages of package-lock.json (npm ci) …');
  // NODE_ENV=production would leave the compiler out.
  const { code, stdout, stderr } = npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'], root);
  if (code !== 0) {
    throw new Stop(
      `npm ci failed:\n${tail(stdout + stderr)}\nIs the npm registry reachable, and may this user write to ${root}? Then try again: npm ci`,
    );
  }
}

/**
 * Installs where it is needed; quick where it is not. `withCap`: once more where `cap` could be built now and is not there.
 * @param {string} root
 * @param {{ withCap?: boolean }} [options]
 */
export async function readyPackages(root, { withCap = false } = {}) {
  const stamped = () => readText(stampFile(root)) === wantedStamp(root);
  if (stamped() && !(withCap && capState(root) !== 'works')) return;
  await locked(root, () => {
    // Another start may have done it meanwhile.
    if (!stamped()) {
      const otherNode = readText(stampFile(root)) !== null || capState(root) === 'not built';
      if (!installedAsLocked(root)) install(root);
      else if (otherNode && capState(root) === 'not built') rebuildCap(root);
    }
    if (withCap && capState(root) === 'missing') install(root);
    else if (withCap && capState(root) === 'not built') rebuildCap(root);
    writeFileSync(stampFile(root), wantedStamp(root));
  });
}

/** For another Node version, or with the headers that were missing. @param {string} root */
function rebuildCap(root) {
  say('building the npm package cap …');
  const { code, stdout, stderr } = npm(['rebuild', 'cap', '--foreground-scripts', '--loglevel=error'], root);
  // It is optional: tcpdump captures as well.
  if (code !== 0) say(`cap can't be built (tcpdump will capture):\n${tail(stdout + stderr, 5)}`);
}
