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
  const python = await pythonWith(module);
  if (python === null) return { skipped: debianSkipped(`Python's ${module}`, packages) };
  const printed = await output(python, [
    '-W',
    'ignore',
    '-c',
    `import platform, ${module}; print(${expression}, platform.python_version())`,
  ]);
  const [, version, own] = printed?.match(/(\S+) (\S+)\s*$/) ?? [];
  if (!version)
    return {
      skipped: {
        reason: `Python's ${module} does not print its version: ${printed ?? ''}`,
        remedy: `apt-get install -y --reinstall ${packages}`,
      },
    };
  return { version: own === version ? version : `${version} (python ${own})` };
}
