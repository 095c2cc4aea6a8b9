/** `analyze` with all its modules in one script, as `npm run build` makes it, and V8's code cache of it: loading takes a tenth of the time of a large capture otherwise. */
import { accessSync, constants, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

type Analyze = Pick<typeof import('./analyze.ts'), 'analyze' | 'summarise'>;
/** The wrapper that Node gives a CommonJS module, which the build puts around the bundle. */
type Wrapped = (exports: Analyze, require: (name: string) => unknown, module: object, filename: string, dirname: string) => void;

/** Without a bundle (sources that nobody has built) the modules one by one. */
export async function loadAnalyze(): Promise<Analyze> {
  const filename = fileURLToPath(new URL('./analyze.bundle.cjs', import.meta.url));
  if (!existsSync(filename)) return import('./analyze.ts');
  const require = createRequire(filename);
  const bundled = {} as Analyze;
  const wrapped = compile(filename).runInThisContext() as Wrapped;
  wrapped(bundled, require, { exports: bundled }, filename, path.dirname(filename));
  return bundled;
}

/** With V8's code cache, which the first run of a version of Node makes. V8 refuses one that is of other flags, or damaged. */
function compile(filename: string): Script {
  const source = readFileSync(filename, 'utf8');
  // Of the source V8 compares the length alone.
  const cache = `${filename}.${statSync(filename).mtimeMs}-${process.arch}-${process.version}.cache`;
  if (existsSync(cache)) return new Script(source, { filename, cachedData: readFileSync(cache) });
  if (!mayWrite(path.dirname(filename))) return new Script(source, { filename });
  // Every function is compiled now: else V8 would keep those alone that run at once. And it takes no cache from a process with other flags.
  setFlagsFromString('--no-lazy');
  const script = new Script(source, { filename });
  setFlagsFromString('--lazy');
  const temporary = `${cache}.${process.pid}`;
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
