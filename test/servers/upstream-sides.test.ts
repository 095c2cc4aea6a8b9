/** The registries of proxies and client libraries against the files that define them. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { libraries } from '../../clients/libraries/index.ts';
import { projectRoot } from '../../harness/system/project-root.ts';
import { endsOfChain, serverById } from '../../servers/chain.ts';
import { proxies } from '../../servers/proxies/index.ts';

const definedIn = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(projectRoot(), folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && pattern.test(readFileSync(join(projectRoot(), folder, file), 'utf8')))
    .map((file) => basename(file, '.ts'))
    .sort();

describe('the upstream sides', () => {
  it('are all in their indexes, under their own names', () => {
    expect(proxies.map(({ id }) => id).sort()).toEqual(definedIn('servers/proxies', /^export default defineProxy\(/m));
    expect(libraries.map(({ id }) => id).sort()).toEqual(
      definedIn('clients/libraries', /^export default (?:defineLibrary|nodeLibrary|pythonLibrary)\(/m),
    );
  });

  it.each([...proxies, ...libraries].map((side) => [side.id, side] as const))('%s is described', (id, side) => {
    expect(id).toMatch(/^[a-z][a-z0-9.-]*$/);
    expect(side.title).not.toBe('');
    expect(side.summary).not.toMatch(/\n|\.$/);
    const others = side.kind === 'proxy' ? proxies : libraries;
    if (side.variantOf !== null) expect(others.map((one) => one.id)).toContain(side.variantOf);
  });
});

describe('a chain', () => {
  it('is a proxy and a server', () => {
    expect(serverById('nginx-proxy>express')).toMatchObject({ id: 'nginx-proxy>express', provenance: 'real', title: 'nginx > Express' });
  });

  it.each(['nginx-proxy', 'express>nginx-proxy', 'nginx-proxy>', 'nginx-proxy>express>koa', 'nginx-proxy>nobody'])('is not %s', (id) => {
    expect(endsOfChain(id)).toBeNull();
  });
});
