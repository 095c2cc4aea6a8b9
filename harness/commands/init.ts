import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CONFIG_FILES, readsTypeScript } from '../config/load.ts';
import { type ConfigForm, configText, lookAtProject } from '../config/look-at-project.ts';
import { badArgument, unableHere } from '../system/coded-error.ts';
import { isClone, ownCommand, shellWord } from '../system/packages.ts';
import { projectRoot } from '../system/project-root.ts';
import { reasonOf } from '../system/reason.ts';
import { print } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';

/** Writes a configuration for the project in this folder. */
export const addInit: AddCommand = (program) => {
  program
    .command('init')
    .description('write a configuration for the project in this folder, after looking at it')
    .argument('[dir]', 'the folder of the project', '.')
    .action(async (dir) => {
      if (!existsSync(dir)) throw badArgument(`there is no folder ${dir}`);
      const there = CONFIG_FILES.find((name) => existsSync(path.join(dir, name)));
      if (there !== undefined) throw badArgument(`there is a configuration already: ${path.join(dir, there)}`);
      const found = lookAtProject(dir);
      if (found === null)
        throw badArgument(
          `nothing in ${path.resolve(dir)} looks like a server: no start script in package.json, no server.js, app.py, main.go, Procfile or the like; go to the folder of your project`,
        );
      const form = formFor(dir);
      try {
        await writeFile(path.join(dir, form.file), configText(found, form), { flag: 'wx' });
      } catch (error) {
        throw unableHere(reasonOf(error));
      }
      const port =
        found.portFrom === null
          ? `port ${found.port}, which nothing in the project names: check it`
          : `port ${found.port} (${found.portFrom})`;
      await print(`${path.join(dir, form.file)}: ${found.command} (${found.commandFrom}), ${port}\nNow: ${howToProbe(dir)}\n`);
    });
};

/** A clone's scripts run in the clone, which is not where the project is. */
const howToProbe = (dir: string): string =>
  isClone()
    ? `cd ${shellWord(path.resolve(dir))} && node ${shellWord(path.join(projectRoot(), 'dist/harness/cli.js'))} probe`
    : ownCommand('probe');

/** TypeScript where the project has it and this Node reads it. */
function formFor(dir: string): ConfigForm {
  const imports = existsSync(path.join(dir, 'node_modules', 'wirematrix', 'package.json'));
  const typed = imports && existsSync(path.join(dir, 'tsconfig.json')) && readsTypeScript();
  return { file: typed ? 'wirematrix.config.mts' : 'wirematrix.config.mjs', imports };
}
