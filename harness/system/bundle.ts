/** Scripts that `npm run build` makes of many modules, and V8's code cache of them: loading module by module takes several times as long. */
import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** The wrapper that Node gives a CommonJS module, which the build puts around the bundle. */
type Wrapped = (exports: object, require: (name: string) => unknown, module: object, filename: string, dirname: string) => void;

const running = new Map<string, object>();

/** Runs a bundle; parts of it that lie beside it only when it asks for them. @returns what it exports */
export function runBundle<Exports extends object>(filename: string): Exports {
  const known = running.get(filename);
  if (known !== undefined) return known as Exports;
  const exports = {} as Exports;
  running.set(filename, exports);
  const folder = path.dirname(filename);
  const others = createRequire(filename);
  const require = (name: string): unknown => (name.startsWith('./') ? runBundle(path.join(folder, name)) : others(name));
  const wrapped = compile(filename).runInThisContext() as Wrapped;
  wrapped(exports, require, { exports }, filename, folder);
  return exports;
}

/** With V8's code cache, which the first run of a version of Node makes. V8 refuses one that is of other flags, or damaged. */
function compile(filename: string): Script {
  // The build leaves ASCII alone, which takes half the memory of other text.
  const source = readFileSync(filename, 'latin1');
  // Of the source V8 compares the length alone.
  const cache = `${filename}.${statSync(filename).mtimeMs}-${process.arch}-${process.version}.cache`;
  if (existsSync(cache)) return new Script(source, { filename, cachedData: readFileSync(cache) });
  if (!mayWrite(path.dirname(filename))) return new Script(source, { filename });
  // Every function is compiled now: else V8 would keep those alone that run at once. And it takes no cache from a process with other flags.
  setFlagsFromString('--no-lazy');
  const script = new Script(source, { filename });
  setFlagsFromString('--lazy');
  // Lanes, each of which is process 1 of its namespace, may do this at one time.
  const temporary = `${cache}.${randomUUID()}`;
  try {
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, cache);
  } catch {
    // A full disk, say: the next run does without, or tries again.
    rmSync(temporary, { force: true });
  }
  return script;
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
