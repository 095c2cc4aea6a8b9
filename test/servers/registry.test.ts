import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../harness/system/project-root.ts';
import { versionedId } from '../../harness/system/versioned-id.ts';
import { endsOfChain, serverById } from '../../servers/chain.ts';
import { groups } from '../../servers/groups.mjs';
import { servers } from '../../servers/index.ts';
import { proxies } from '../../servers/proxies/index.ts';
import { versions } from '../../servers/versions.ts';

const FOLDER = join(projectRoot(), 'servers');

/** Files that define a server, by their default export. */
const definitions = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && /^export default defineServer\(/m.test(readFileSync(join(FOLDER, file), 'utf8')))
  .sort();

describe('the registry of servers', () => {
  test('there are files that define servers', () => {
    expect(definitions.length).toBeGreaterThan(20);
  });

  test.each(definitions)('%s is in the index, under its own name', (file) => {
    expect(servers.map(({ id }) => id)).toContain(basename(file, '.ts'));
  });

  test('holds nothing else, and nothing twice', () => {
    const ids = [...definitions.map((file) => basename(file, '.ts')), ...versions.map(({ id }) => id)];
    expect(servers.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  test.each(servers.map((server) => [server.id, server] as const))('%s is described', (id, server) => {
    expect(id).toMatch(/^[a-z][a-z0-9.-]*(?:@(?:node)?\d+)?$/);
    expect(server.title).not.toBe('');
    expect(server.summary).toMatch(/^\S.{10,}/);
    expect(server.summary).not.toMatch(/\n|\.$/);
  });

  test.each(servers.filter(({ variantOf }) => variantOf !== null).map((server) => [server.id, server] as const))(
    '%s varies a server that is there, and is itself no less real',
    (_id, variant) => {
      const base = servers.find(({ id }) => id === variant.variantOf);
      expect(base?.provenance).toBe(variant.provenance);
      expect(base?.variantOf).toBeNull();
    },
  );

  test('a model is never shown as the real server', () => {
    for (const { id, title, provenance } of servers) {
      if (id.endsWith('-model') || id.startsWith('iis')) expect(provenance).toBe('model');
      expect(title.includes('(model)')).toBe(provenance === 'model');
    }
  });

  test('each model names the real server that it imitates, where there is one here', () => {
    for (const { id, modelOf, provenance, variantOf } of servers) {
      if (provenance === 'real') expect(modelOf).toBeUndefined();
      else if (id !== 'iis' && variantOf !== 'iis') {
        expect(id).toBe(`${modelOf}-model`);
        expect(servers.find((server) => server.id === modelOf)?.provenance).toBe('real');
      }
    }
  });

  test('a server written in TypeScript is started by the launcher under its own id', () => {
    for (const server of servers.filter(({ listen }) => listen)) {
      const command = server.start({ host: '127.0.0.1', port: 8080, site: '/site', work: '/work' });
      expect(command).toMatchObject({ file: process.execPath, env: { HOST: '127.0.0.1', PORT: '8080', SITE: '/site', WORK: '/work' } });
      expect((command as { args: string[] }).args.at(-1)).toBe(server.id);
    }
  });

  test('a group names servers that are there, each once, and no group has the name of a server', () => {
    const ids = servers.map(({ id }) => id);
    for (const [name, { servers: named }] of Object.entries(groups)) {
      expect(ids).not.toContain(name);
      expect(named.filter((id) => serverById(id) === null)).toEqual([]);
      expect(new Set(named).size).toBe(named.length);
    }
    expect(groups.proxies!.servers.map((id) => endsOfChain(id)?.proxy)).toEqual(proxies);
  });

  test('each version is read from its id, and the same id is in no order but the ascending one', () => {
    const numbers = versions.map(({ id }) => versionedId(id));
    expect(numbers).not.toContain(null);
    for (const [index, version] of numbers.entries()) {
      const next = numbers[index + 1];
      if (next?.family === version?.family) expect(next!.major).toBeGreaterThan(version!.major);
    }
  });
});
