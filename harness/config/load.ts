/** Finds and reads a project's configuration. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { badArgument } from '../system/coded-error.ts';
import { beginOwnCode } from '../system/own-code.ts';
import { reasonWithPlace } from '../system/reason.ts';
import type { Config } from './config.ts';

/** The names that are looked for, the first one first. */
export const CONFIG_FILES = [
  'wirematrix.config.ts',
  'wirematrix.config.mts',
  'wirematrix.config.js',
  'wirematrix.config.mjs',
  'wirematrix.config.json',
] as const;

/**
 * The configuration of the folder, or of the file that is named; empty where the folder has none.
 * @throws CodedError (bad-argument) where it can't be read, or has mistakes, which are all listed
 */
export async function loadConfig(named: string | undefined, folder = process.cwd()): Promise<Config> {
  const found = named === undefined ? CONFIG_FILES.find((name) => existsSync(path.join(folder, name))) : named;
  if (found === undefined) return {};
  const file = path.resolve(folder, found);
  if (!existsSync(file)) throw badArgument(`there is no configuration ${found}`);
  // What it may name takes longer to load than most commands, which have no configuration, to begin.
  const { checkConfig } = await import('./config.ts');
  return checkConfig(await contentOf(file, found), found);
}

/** Whether this Node takes the types out of TypeScript by itself. */
export const readsTypeScript = (): boolean => Boolean((process.features as { typescript?: unknown }).typescript);

async function contentOf(file: string, name: string): Promise<unknown> {
  if (file.endsWith('.json')) {
    const content = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
    try {
      return JSON.parse(content);
    } catch (error) {
      throw badArgument(`${name} is not valid JSON: ${(error as SyntaxError).message}${placeIn(content, error as SyntaxError)}`);
    }
  }
  // Node takes the types out itself, from 22.18 on.
  if (/\.[cm]?ts$/.test(file) && !readsTypeScript())
    throw badArgument(
      `Node.js ${process.versions.node} can't read ${name}: TypeScript needs Node.js 22.18 or later; use wirematrix.config.js, or wirematrix.config.json, here`,
    );
  let module: { default?: unknown };
  const over = beginOwnCode(name);
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = reasonWithPlace(error);
    const form = /outside a module|Unexpected token 'export'/.test(reason)
      ? `; Node.js takes it for CommonJS: name it ${name.replace(/\.([jt]s)$/, '.m$1')}`
      : '';
    throw badArgument(`${name} can't be loaded: ${reason}${form}`);
  } finally {
    over();
  }
  if (module.default === undefined) throw badArgument(`${name} has no default export: write export default defineConfig({ … })`);
  return module.default;
}

/** Line and column of a mistake in JSON, and what to do about the most frequent one. */
function placeIn(content: string, { message }: SyntaxError): string {
  const [, found] = /position (\d+)/.exec(message) ?? [];
  const at = found === undefined && /end of JSON/.test(message) ? content.length : Number(found);
  if (Number.isNaN(at)) return '';
  const before = content.slice(0, at);
  const place = message.includes('line ') ? '' : `, line ${before.split('\n').length} column ${at - before.lastIndexOf('\n')}`;
  return /,\s*$/.test(before) && /^[\]}]/.test(content.slice(at)) ? `${place}; leave out the comma before the ${content[at]}` : place;
}
