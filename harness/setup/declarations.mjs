/** Writes the type declarations of the package's interface beside the compiled files: those that `harness/api/index.ts` reaches, with their comments. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withTabs } from './tabs.mjs';
import { run, Stop, tail } from './terminal.mjs';

const ENTRY = 'harness/api/index.d.ts';
const TEMPORARY = '.dist-declarations';

/** @param {string} root @throws {Stop} where the compiler fails */
export function writeDeclarations(root) {
  const temporary = path.join(root, TEMPORARY);
  try {
    const options = ['--declaration', '--emitDeclarationOnly', '--removeComments', 'false', '--outDir', temporary];
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    const { code, stdout, stderr } = run(process.execPath, [compiler, '-p', 'tsconfig.json', ...options], { cwd: root });
    if (code !== 0 || !existsSync(path.join(temporary, ENTRY)))
      throw new Stop(`no declarations were written:\n${tail(stdout + stderr)}`, 1);
    for (const file of reachable(temporary, ENTRY)) {
      mkdirSync(path.dirname(path.join(root, 'dist', file)), { recursive: true });
      writeFileSync(path.join(root, 'dist', file), withTabs(readFileSync(path.join(temporary, file), 'utf8')));
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The declaration files that one imports, directly or through others, and itself. @param {string} folder @param {string} entry */
function reachable(folder, entry) {
  /** @type {Set<string>} */
  const found = new Set();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)) {
      const name = specifier
        .replace(/\.ts$/, '.d.ts')
        .replace(/\.js$/, '.d.ts')
        .replace(/\.mjs$/, '.d.mts')
        .replace(/\.d\.d\.ts$/, '.d.ts');
      waiting.push(path.posix.join(path.posix.dirname(file), name));
    }
  }
  return found;
}
