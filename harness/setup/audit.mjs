/**
 * Asks the registry for known weaknesses of the packages in the lock file. Fails where there is a high one; where the registry answers no such
 * question (a mirror), or none can be reached, it says that this was skipped.
 *
 *     node harness/setup/audit.mjs
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, say } from './terminal.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const FAILS = ['high', 'critical'];

/**
 * What an answer of `npm audit --json` says.
 * @param {string} stdout
 * @returns {{ code: 0 | 1, line: string }}
 */
export function verdictOf(stdout) {
  /** @type {{ metadata?: { vulnerabilities?: Record<string, number> }, vulnerabilities?: Record<string, { severity: string }>, message?: string }} */
  let answer = {};
  try {
    answer = JSON.parse(stdout);
  } catch {
    // npm said nothing that can be read.
  }
  const counts = answer.metadata?.vulnerabilities;
  if (!counts) return { code: 0, line: `audit: skipped, the registry gave no answer${answer.message ? `: ${answer.message}` : ''}` };
  const bad = Object.entries(answer.vulnerabilities ?? {}).filter(([, { severity }]) => FAILS.includes(severity));
  if (bad.length > 0)
    return { code: 1, line: `audit: ${bad.map(([name, { severity }]) => `${name} (${severity})`).join(', ')}; see npm audit` };
  return { code: 0, line: `audit: nothing high or critical (${counts.total ?? 0} in all)` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { stdout } = run('npm', ['audit', '--json', '--package-lock-only'], { cwd: ROOT, shell: process.platform === 'win32' });
  const { code, line } = verdictOf(stdout);
  say(line);
  process.exitCode = code;
}
