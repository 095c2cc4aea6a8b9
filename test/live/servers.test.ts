import { beforeAll, describe, expect, test } from 'vitest';
import { type Isolation, isolation } from '../../harness/lab/namespace.ts';
import { servers } from '../../servers/index.ts';
import { manifest } from '../../servers/site/manifest.ts';
import { runInNamespace } from './in-namespace.ts';
import type { Fetched } from './server-lane.ts';

const LANE = 'test/live/server-lane.ts';

let how: Isolation;
beforeAll(async () => {
  how = await isolation();
});

const everyServer = servers.map((server) => ({ id: server.id, server }));

/** Starts it in a namespace and compares all that it serves with the site. */
async function servesTheSite(mode: 'fetch' | 'fetch-odd', id: string): Promise<void> {
  const [fetched] = await runInNamespace<Fetched[][]>(how, LANE, [mode, id]);
  const digests = new Map(manifest.map(({ name, sha256 }) => [`/${name}`, sha256]));
  digests.set('/', digests.get('/index.html')!);
  for (const { path, status, sha256 } of fetched!) {
    if (path === '/favicon.ico') expect(status).toBe(404);
    else expect([path, status, sha256]).toEqual([path, 200, digests.get(path)]);
  }
  expect(fetched).toHaveLength(manifest.length + 2);
}

describe('every server serves the site byte for byte, and nothing where nothing is', () => {
  test.for(everyServer)('$id', { timeout: 60_000 }, async ({ id, server }, context) => {
    const availability = await server.version();
    if ('skipped' in availability) {
      expect(availability.skipped.remedy).toMatch(/^(?:apt-get install|npm ci|npm run setup -- )/);
      return context.skip(availability.skipped.reason);
    }
    expect(availability.version).toMatch(/^\d+(?:\.\d+)+/);
    await servesTheSite('fetch', id);
  });
});

describe('every server serves it from folders whose names are hard to quote', () => {
  test.for(everyServer)('$id', { timeout: 60_000 }, async ({ id, server }, context) => {
    const availability = await server.version();
    if ('skipped' in availability) return context.skip(availability.skipped.reason);
    await servesTheSite('fetch-odd', id);
  });
});
