/** `analyze` with all its modules in one script and what V8 made of it, as `npm run build` leaves them: a tenth of what a large capture takes would else be loading. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import * as exit from './exit.ts';

type Analyze = Pick<typeof import('./analyze.ts'), 'analyze'>;
/** The wrapper that Node gives a CommonJS module, which the build puts around the bundle. */
type Wrapped = (exports: Analyze, require: (name: string) => unknown, module: object, filename: string, dirname: string) => void;

/** Without a bundle (sources that nobody has built) the modules one by one. V8 does without its cache where that is another version's. */
export async function loadAnalyze(): Promise<Analyze> {
  const filename = fileURLToPath(new URL('./analyze.bundle.cjs', import.meta.url));
  if (!existsSync(filename)) return import('./analyze.ts');
  const cache = `${filename}.cache`;
  const script = new Script(readFileSync(filename, 'utf8'), {
    filename,
    ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
  });
  const require = createRequire(filename);
  const bundled = {} as Analyze;
  // The errors that end a command are those that `cli.ts` knows.
  const requireBundled = (name: string): unknown => (name === './exit.js' ? exit : require(name));
  (script.runInThisContext() as Wrapped)(bundled, requireBundled, { exports: bundled }, filename, path.dirname(filename));
  return bundled;
}
