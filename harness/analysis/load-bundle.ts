/** `analyze` with all its modules in one script, as `npm run build` makes it: loading takes a tenth of the time of a large capture otherwise. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runBundle } from '../system/bundle.ts';

type Analyze = Pick<typeof import('./analyze.ts'), 'analyze' | 'summarise'>;

/** Without a bundle (sources that nobody has built) the modules one by one. */
export async function loadAnalyze(): Promise<Analyze> {
  const filename = fileURLToPath(new URL('./analyze.bundle.cjs', import.meta.url));
  return existsSync(filename) ? runBundle<Analyze>(filename) : import('./analyze.ts');
}
