import type { Availability } from '../harness/model.ts';
import { debianSkipped, output } from './installed.ts';

/** Debian's Python first: the modules in Debian's packages are installed for that one. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

/** A module of Python, and the expression that gives its version once it is imported. */
export interface PythonModule {
  module: string;
  version: string;
}

/** The first Python that can import the module, and what it prints: the module's version and its own. `null` where none can. */
async function pythonThatImports({ module, version }: PythonModule): Promise<{ python: string; printed: string } | null> {
  const program = `import platform, ${module}; print(${version}, platform.python_version())`;
  for (const python of PYTHONS) {
    const printed = await output(python, ['-W', 'ignore', '-c', program]);
    if (printed !== null) return { python, printed };
  }
  return null;
}

/** The path or name of the Python that can import the module; plain `python3` where none can. */
export const pythonWith = async (module: PythonModule): Promise<string> => (await pythonThatImports(module))?.python ?? 'python3';

/** The module's version, with Python's own in parentheses; or what is missing, with the Debian packages to install. */
export async function pythonAvailability(module: PythonModule, packages: string): Promise<Availability> {
  const found = await pythonThatImports(module);
  if (found === null) return { skipped: debianSkipped(`Python's ${module.module}`, packages) };
  const [, version, own] = found.printed.match(/(\S+) (\S+)\s*$/) ?? [];
  if (version) return { version: own === version ? version : `${version} (python ${own})` };
  const reason = `Python's ${module.module} does not print its version: ${found.printed}`;
  return { skipped: { reason, remedy: `apt-get install -y --reinstall ${packages}` } };
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
