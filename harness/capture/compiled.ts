import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project: the folder of the nearest `package.json` above this file. */
function projectRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const above = path.dirname(folder);
    if (above === folder) throw new Error('there is no package.json above this file');
    folder = above;
  }
  return folder;
}

/**
 * The compiled file of a program that runs as a process of its own, by its source's path from the root
 * (`harness/capture/cap-child.ts`). Tests run from the sources and still start the compiled programs.
 * @throws where it was not built
 */
export function compiledProgram(source: string): string {
  const file = path.join(projectRoot(), 'dist', source.replace(/\.ts$/, '.js'));
  if (!existsSync(file)) throw new Error(`${file} is not there: npm run build`);
  return file;
}
