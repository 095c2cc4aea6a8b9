/** Installing Debian packages without leaving a service behind. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { run, Stop, say, tail } from './terminal.mjs';

/** Whether this process may install packages. */
export const isRoot = process.getuid?.() === 0;
/** Whether this is Debian, or a system made from it. */
export const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');

/** The command that installs packages, for the user to copy. @param {readonly string[]} packages */
export const installCommand = (packages) => `${isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;

/** The packages that are not installed, in the same order. @param {readonly string[]} packages */
export function missingPackages(packages) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const { stdout } = run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages]);
  const installed = new Set(stdout.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])));
  return packages.filter((name) => !installed.has(name));
}

/** The packages that the archive has, as far as apt's lists know, in the same order. @param {readonly string[]} packages */
export function availablePackages(packages) {
  if (packages.length === 0) return [];
  const { stdout } = run('apt-cache', ['policy', ...packages]);
  const available = new Set(
    stdout.split(/^(?=\S)/m).flatMap((part) => (/^ {2}Candidate: (?!\(none\))/m.test(part) ? [part.split(':')[0]] : [])),
  );
  return packages.filter((name) => available.has(name));
}

const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1', LC_ALL: 'C' };
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=300'];

/** @param {readonly string[]} args */
const aptGet = (args) => run('apt-get', [...WAIT_FOR_LOCK, ...args], { env: ENVIRONMENT });

/**
 * What apt says that the packages take, as in `Need to get 25 MB of archives. After this operation, 90 MB …`; empty where it can't tell.
 * @param {readonly string[]} packages
 */
export function sizeOf(packages) {
  if (packages.length === 0) return '';
  const { stdout } = run('apt-get', ['install', '--assume-no', '--no-install-recommends', ...packages], { env: ENVIRONMENT });
  return stdout
    .split('\n')
    .filter((line) => /^Need to get |^After this operation, /.test(line))
    .join(' ');
}

/**
 * Installs packages, as root on Debian. No service of theirs is started, or left enabled.
 * @param {readonly string[]} packages
 * @returns those that the archive does not have
 * @throws {Stop} where apt-get fails
 */
export function installPackages(packages) {
  // Always: old lists name files that the archive has replaced, and browsers that are years old.
  say('fetching the lists of packages (apt-get update) …');
  const lists = aptGet(['update']);
  if (lists.code !== 0) say(tail(lists.stdout + lists.stderr, 5));
  const available = availablePackages(packages);
  if (available.length > 0) {
    const options = ['-y', '-q', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold'];
    const { code, stdout, stderr } = withoutStarting(() => withoutEnabling(() => aptGet(['install', ...options, ...available])));
    if (code !== 0) throw new Stop(`${installCommand(packages)} failed:\n${tail(stdout + stderr)}`);
  }
  return packages.filter((name) => !available.includes(name));
}

const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_TEXT = '#!/bin/sh\n# Written by wirematrix for the time of its setup.\nexit 101\n';
const POLICY_SAVED = '/usr/sbin/policy-rc.d.before-wirematrix';

/** Runs an installation that starts no service: Debian asks this program before it starts one, and 101 says no (invoke-rc.d(8)). @template T @param {() => T} work @returns {T} */
function withoutStarting(work) {
  const restore = () => {
    if (existsSync(POLICY_SAVED)) renameSync(POLICY_SAVED, POLICY);
    else rmSync(POLICY, { force: true });
  };
  // Where an earlier setup was killed, its own file is still here: the system's is the saved one, if there was one.
  const ours = existsSync(POLICY) && readFileSync(POLICY, 'utf8') === POLICY_TEXT;
  if (existsSync(POLICY) && !ours) renameSync(POLICY, POLICY_SAVED);
  writeFileSync(POLICY, POLICY_TEXT, { mode: 0o755 });
  // Ctrl-C ends apt-get; this process must go on, to put the system's file back.
  const stayAlive = () => {};
  process.on('SIGINT', stayAlive).on('SIGTERM', stayAlive);
  try {
    return work();
  } finally {
    restore();
    process.off('SIGINT', stayAlive).off('SIGTERM', stayAlive);
  }
}

/** What starts when the system starts: units of systemd, and scripts of System V's run levels. */
function startsWithTheSystem() {
  /** @type {Set<string>} */
  const units = new Set();
  /** @type {Set<string>} */
  const scripts = new Set();
  const list = (/** @type {string} */ folder) => (existsSync(folder) ? readdirSync(folder) : []);
  const systemd = '/etc/systemd/system';
  for (const target of list(systemd)) {
    if (target.endsWith('.wants')) for (const unit of list(`${systemd}/${target}`)) units.add(unit);
  }
  for (const level of [2, 3, 4, 5]) {
    for (const link of list(`/etc/rc${level}.d`)) if (/^S\d\d/.test(link)) scripts.add(link.slice(3));
  }
  return { units, scripts };
}

/** Runs an installation, then disables the services and timers that it enabled, also those of packages that came along. @template T @param {() => T} work @returns {T} */
function withoutEnabling(work) {
  const before = startsWithTheSystem();
  try {
    return work();
  } finally {
    const after = startsWithTheSystem();
    const units = [...after.units].filter((unit) => !before.units.has(unit));
    const scripts = [...after.scripts].filter((script) => !before.scripts.has(script));
    const hasSystemctl = units.length > 0 && run('systemctl', ['--version']).code === 0;
    for (const unit of units) {
      if (hasSystemctl) run('systemctl', ['--no-reload', '--quiet', 'disable', unit]);
      else run('deb-systemd-helper', ['--quiet', 'disable', unit]);
    }
    for (const script of scripts) run('update-rc.d', [script, 'disable']);
    if (units.length + scripts.length > 0) say(`not left enabled: ${[...new Set([...units, ...scripts])].join(', ')}`);
  }
}
