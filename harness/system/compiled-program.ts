import { existsSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './project-root.ts';

/**
 * The path of the compiled file of a program that runs as a process of its own, given its source's path from the root
 * (`harness/lab/capture/cap-child.ts`). Tests run from the sources and still start the compiled programs.
 * @throws Error where it was not built
 */
export function compiledProgram(source: string): string {
  const file = path.join(projectRoot(), 'dist', source.replace(/\.ts$/, '.js'));
  if (!existsSync(file)) throw new Error(`${file} is not there: npm run build`);
  return file;
}
