/** The manifests of docs/scale/, which no engine runs here: their form, the commands in them, and their scripts with a program in the place of ours. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Command } from '@commander-js/extra-typings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../harness/commands/index.ts';
import { parseShard } from '../../harness/lab/shards.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, 'docs/scale');
const run = promisify(execFile);
const read = (name: string): Promise<string> => readFile(path.join(FOLDER, name), 'utf8');
const yamlFiles = async (): Promise<string[]> => (await readdir(FOLDER)).filter((name) => /\.ya?ml$/.test(name));

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The lines of a YAML file without those of block scalars, and the block scalars, which are scripts here. */
function parts(text: string): { lines: string[]; scripts: string[] } {
  const lines: string[] = [];
  const scripts: string[] = [];
  let script: { indent: number; lines: string[] } | null = null;
  for (const line of text.split('\n')) {
    if (script && (line.trim() === '' || indentOf(line) > script.indent)) {
      script.lines.push(line);
      continue;
    }
    if (script) scripts.push(unindent(script.lines));
    script = /(?:^\s*-|:) \|$/.test(line) ? { indent: indentOf(line), lines: [] } : null;
    lines.push(line);
  }
  if (script) scripts.push(unindent(script.lines));
  // The paths of an artifact are lines too.
  return { lines, scripts: scripts.filter((one) => /\bnode |\bnpm /.test(one)) };
}

function unindent(lines: readonly string[]): string {
  const least = Math.min(...lines.filter((line) => line.trim() !== '').map(indentOf));
  return lines.map((line) => line.slice(least)).join('\n');
}

describe('each manifest', () => {
  it('is a YAML mapping in blocks: keys and items by two spaces, each key once', async () => {
    const names = await yamlFiles();
    expect(names).toHaveLength(3);
    for (const name of names) {
      const { lines } = parts(await read(name));
      const open: { indent: number; keys: Set<string> }[] = [];
      for (const [at, line] of lines.entries()) {
        const text = line.trim();
        if (text === '' || text.startsWith('#')) continue;
        const place = `${name}, ${at + 1}: ${line}`;
        expect(line, place).not.toContain('\t');
        expect(indentOf(line) % 2, place).toBe(0);
        expect(text, place).toMatch(/^(?:- )?(?:"?[\w./-]+"?:(?: .+)?|[^:{}[\]]+|'.*'|".*")$|^- /);
        const item = text.startsWith('- ');
        const indent = indentOf(line) + (item ? 2 : 0);
        while (open.length > 0 && (open.at(-1)!.indent > indent || (item && open.at(-1)!.indent === indent))) open.pop();
        const [, key] = /^(?:- )?([\w./-]+):(?: |$)/.exec(text) ?? [];
        if (key === undefined) continue;
        if (open.at(-1)?.indent !== indent) open.push({ indent, keys: new Set() });
        expect(open.at(-1)!.keys.has(key), place).toBe(false);
        open.at(-1)!.keys.add(key);
      }
    }
  });

  it('runs commands that are there, with options that they have', async () => {
    const scripts = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')).scripts as Record<string, string>;
    let found = 0;
    for (const name of await readdir(FOLDER)) {
      const text = await read(name);
      for (const [line, inClone, direct] of text.matchAll(/(?:npm run ([\w-]+)|harness\/cli\.js) ?([^|&\n]*)/g)) {
        const words = (direct ?? '').split(/\s+/).filter((word) => word !== '' && word !== '--');
        const command = inClone ?? words[0];
        if (inClone !== undefined) expect(scripts, line).toHaveProperty(inClone);
        if (inClone === 'setup' || command === undefined || command.startsWith('"')) continue;
        expect(commands, line).toHaveProperty(command);
        const program = new Command();
        (await commands[command]!())(program as never);
        const options = program.commands[0]!.options.map(({ long }) => long);
        for (const word of words.filter((one) => one.startsWith('--'))) expect(options, line).toContain(word);
        found++;
      }
    }
    expect(found).toBe(5);
  });

  it('has scripts that a shell can read', async () => {
    for (const name of await yamlFiles())
      for (const script of parts(await read(name)).scripts) await run('bash', ['-n', '-c', script.replaceAll(/\$\{\{.*?\}\}/g, '1')]);
  });

  it('builds with a Dockerfile whose copied folder is the root of the clone, without what is made there', async () => {
    const docker = await read('Dockerfile');
    for (const line of docker.split('\n').filter((one) => one !== ''))
      expect(line).toMatch(/^(?:#|FROM |WORKDIR |COPY |RUN |ENTRYPOINT |CMD )/);
    expect((await read('Dockerfile.dockerignore')).split('\n')).toEqual(
      expect.arrayContaining(['node_modules', 'dist', '.fetched', 'results']),
    );
  });
});

describe('the script of a pod', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
    await writeFile(path.join(dir, 'node'), '#!/bin/sh\necho "$@"\nexit $CODE\n');
    await chmod(path.join(dir, 'node'), 0o755);
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  /** What it calls our program with. */
  async function called(name: string, environment: Record<string, string>): Promise<string> {
    const [script = ''] = parts(await read(name)).scripts;
    const env = { PATH: `${dir}:${process.env.PATH}`, CODE: '0', ...environment };
    return (await run('bash', ['-euc', script.replaceAll('/results', dir)], { env })).stdout.trim();
  }

  it('takes its shard from its index, from 0 on, and the times of the last run where there are some', async () => {
    const first = await called('kubernetes-shards.yaml', { JOB_COMPLETION_INDEX: '0' });
    expect(first).toBe(`dist/harness/cli.js compare --servers all --clients all --shard 1/8 --out ${dir}/shard-1 --reporter json`);
    await writeFile(path.join(dir, 'times.json'), '{}');
    const last = await called('kubernetes-shards.yaml', { JOB_COMPLETION_INDEX: '7' });
    expect(last).toContain(`--shard 8/8 --times ${dir}/times.json --out ${dir}/shard-8`);
    const { count } = parseShard(/--shard (\S+)/.exec(last)![1]!);
    expect(await read('kubernetes-shards.yaml')).toContain(`completions: ${count}\n`);
  });

  it('goes on with what a lost pod had captured, takes a failed cell for a result, and nothing else', async () => {
    await mkdir(path.join(dir, 'shard-3/.wirematrix-new-7-0a1b2c3d'), { recursive: true });
    const words = `dist/harness/cli.js compare --resume ${dir}/shard-3 --reporter json`;
    expect(await called('kubernetes-shards.yaml', { JOB_COMPLETION_INDEX: '2', CODE: '1' })).toBe(words);
    await expect(called('kubernetes-shards.yaml', { JOB_COMPLETION_INDEX: '2', CODE: '3' })).rejects.toThrow();
  });

  it('joins all shards, and leaves their times to the next run', async () => {
    for (const name of ['shard-1', 'shard-2', 'merged']) await mkdir(path.join(dir, name));
    await writeFile(path.join(dir, 'merged/run.json'), 'merged');
    expect(await called('kubernetes-merge.yaml', {})).toBe(`dist/harness/cli.js merge ${dir}/shard-1 ${dir}/shard-2 --out ${dir}/merged`);
    expect(await readFile(path.join(dir, 'times.json'), 'utf8')).toBe('merged');
  });
});
