/** The types of every source are checked by one of the projects. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECTS, typeChecks } from '../../harness/setup/type-check.mjs';
import { temporaryRoot, write } from './temporary-root.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

describe('the type check', () => {
  it('covers every source', () => {
    const checked = new Set(
      PROJECTS.flatMap((project) =>
        spawnSync(process.execPath, [TSC, '-p', path.join(ROOT, project), '--listFilesOnly'], { encoding: 'utf8' })
          .stdout.split('\n')
          .map((file) => path.relative(ROOT, file)),
      ),
    );
    const sources = ['servers', 'harness', 'clients', 'test'].flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:ts|mjs|js)$/.test(name))
        .map((name) => path.join(folder, name)),
    );
    // AssemblyScript has a compiler of its own; a site is what servers serve; fixtures have the scripts that made them; programs of servers are
    // for other runtimes, or for packages that are fetched on request.
    const outside = /^harness\/fast-path\/assembly\/|^servers\/site\/|^servers\/\w+\/server\.m?js$|^test\/fixtures\//;
    expect(sources.filter((name) => !outside.test(name) && !checked.has(name))).toEqual([]);
  });

  it.each([
    ['harness/report/html/page/planted.ts', "import { t } from './language.ts';\nexport const text: number = t('ui.matrix');\n"],
    ['harness/report/html/page/planted.ts', "import { t } from './language.ts';\nexport const text = t('ui.no-such-sentence');\n"],
    ['harness/report/html/page/planted.ts', 'export const version = process.version;\n'],
    ['harness/setup/planted.mjs', "import { tail } from './terminal.mjs';\nexport const text = tail(7);\n"],
  ])('finds an error in %s (%#)', (name, text) => {
    const root = temporaryRoot();
    for (const part of ['harness', 'tsconfig.json']) cpSync(path.join(ROOT, part), path.join(root, part), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
    write(root, name, text);
    const project = typeChecks(root).find((check) => check.some((arg) => arg.startsWith(path.join(root, path.dirname(name)))));
    const [, ...args] = project ?? [''];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).not.toBe(0);
    expect(stdout).toMatch(new RegExp(`${path.basename(name).replace('.', '\\.')}\\(\\d+,\\d+\\): error TS`));
  });
});
