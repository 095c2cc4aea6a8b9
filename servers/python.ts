import type { Availability } from '../harness/model.ts';
import { debianSkipped, output } from './installed.ts';

/** Debian's Python first: the modules in Debian's packages are installed for that one. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

/** The path or name of a Python that can import `module`; `null` where none can. */
export async function pythonWith(module: string): Promise<string | null> {
  for (const python of PYTHONS) {
    if ((await output(python, ['-c', `import ${module}`])) !== null) return python;
  }
  return null;
}

/**
 * The value of `expression` after `import module`, with Python's own version in parentheses; or what is missing, with the Debian packages
 * to install.
 */
export async function pythonAvailability(module: string, expression: string, packages: string): Promise<Availability> {
  const program = `import platform, ${module}; print(${expression}, platform.python_version())`;
  for (const python of PYTHONS) {
    const printed = await output(python, ['-W', 'ignore', '-c', program]);
    if (printed === null) continue;
    const [, version, own] = printed.match(/(\S+) (\S+)\s*$/) ?? [];
    if (version) return { version: own === version ? version : `${version} (python ${own})` };
    const reason = `Python's ${module} does not print its version: ${printed}`;
    return { skipped: { reason, remedy: `apt-get install -y --reinstall ${packages}` } };
  }
  return { skipped: debianSkipped(`Python's ${module}`, packages) };
}

/** What each Python has installed, read without importing anything: names in lower case with their versions, and Python's own. */
const INSTALLED = [
  'import importlib.metadata as metadata, json, platform',
  'found = {d.metadata["Name"].lower(): d.version for d in metadata.distributions() if d.metadata["Name"]}',
  'print(json.dumps({"own": platform.python_version(), "found": found}))',
].join('\n');

/** The first Python that has all of these distributions; `null` where none has. */
async function pythonHaving(names: readonly string[]): Promise<{ python: string; own: string; found: Record<string, string> } | null> {
  for (const python of PYTHONS) {
    const printed = await output(python, ['-W', 'ignore', '-c', INSTALLED]);
    const line = printed?.split('\n').find((one) => one.startsWith('{'));
    if (line === undefined) continue;
    const { own, found } = JSON.parse(line) as { own: string; found: Record<string, string> };
    if (names.every((name) => found[name] !== undefined)) return { python, own, found };
  }
  return null;
}

/** The path or name of a Python that has these distributions (names in lower case); plain `python3` where none has. */
export const pythonFor = async (...names: string[]): Promise<string> => (await pythonHaving(names))?.python ?? 'python3';

/** The version of the first of these distributions, with Python's own in parentheses; or what is missing, with the Debian packages to install. */
export async function distributionAvailability(names: readonly [string, ...string[]], packages: string): Promise<Availability> {
  const having = await pythonHaving(names);
  if (having === null) return { skipped: debianSkipped(`Python's ${names.join(' or ')}`, packages) };
  return { version: `${having.found[names[0]]} (python ${having.own})` };
}
