/** Installing Debian packages without leaving a service behind. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { run, Stop, say, tail } from './terminal.mjs';

export const isRoot = process.getuid?.() === 0;
export const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');

/** @param {readonly string[]} packages */
export const installCommand = (packages) => `${isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;

/** The packages that are not installed, in the same order. @param {readonly string[]} packages */
export function missingPackages(packages) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const { stdout } = run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages]);
  const installed = new Set(stdout.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])));
  return packages.filter((name) => !installed.has(name));
}

/** The packages that the archive has, by apt's lists. @param {readonly string[]} packages */
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
 * Installs packages, as root on Debian. Gives those that the archive does not have.
 * @param {readonly string[]} packages
 */
export function installPackages(packages) {
  // Always: old lists name files that the archive has replaced, and browsers that are years behind.
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

/** Debian asks this program before a package starts its service; 101 says no (invoke-rc.d(8)). @template T @param {() => T} work @returns {T} */
function withoutStarting(work) {
  const restore = () => {
    if (existsSync(POLICY_SAVED)) renameSync(POLICY_SAVED, POLICY);
    else rmSync(POLICY, { force: true });
  };
  // Where an earlier setup was killed, the saved one is the true one, or there was none.
  const ours = existsSync(POLICY) && readFileSync(POLICY, 'utf8') === POLICY_TEXT;
  if (existsSync(POLICY) && !ours) renameSync(POLICY, POLICY_SAVED);
  writeFileSync(POLICY, POLICY_TEXT, { mode: 0o755 });
  // Ctrl-C ends apt-get; this process has to live on to put things back.
  const stayAlive = () => {};
  process.on('SIGINT', stayAlive).on('SIGTERM', stayAlive);
  try {
    return work();
  } finally {
    restore();
    process.off('SIGINT', stayAlive).off('SIGTERM', stayAlive);
  }
}

/** What starts with the system: systemd's units, and the scripts of System V's run levels. */
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

/** Runs an installation, then disables what it enabled: services and timers, of the packages and of those they need. @template T @param {() => T} work @returns {T} */
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
