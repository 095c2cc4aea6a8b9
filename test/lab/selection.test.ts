import { describe, expect, it } from 'vitest';
import { planCells } from '../../harness/lab/plan.ts';
import { pick, pickServers, resolve, select, withCells } from '../../harness/lab/selection.ts';
import { CodedError } from '../../harness/system/coded-error.ts';
import { servers } from '../../servers/index.ts';
import { proxies } from '../../servers/proxies/index.ts';

const ENTRIES = ['express', 'koa', 'iis'].map((id) => ({ id, model: id === 'iis' }));
const GROUPS = { all: () => true, models: (entry: { model: boolean }) => entry.model };
const picked = (list: string) => pick(list, ENTRIES, 'server', GROUPS).map(({ id }) => id);

const usage = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    expect((error as CodedError).code).toBe('bad-argument');
    return (error as CodedError).message;
  }
  throw new Error('it was taken');
};

describe('pick', () => {
  it.each([
    ['koa,express', ['express', 'koa']],
    [' koa , koa ', ['koa']],
    ['models,koa', ['koa', 'iis']],
    ['all', ['express', 'koa', 'iis']],
  ])('%j: each once, in the order of the registry', (list, ids) => {
    expect(picked(list)).toEqual(ids);
  });

  it('names what there is for an id that is not there', async () => {
    expect(await usage(() => picked('koa,nginx'))).toBe(
      'there is no server "nginx"; there are: express, koa, iis (and the groups all, models)',
    );
  });

  it('names the one that was probably meant', async () => {
    expect(await usage(() => picked('koa,expres'))).toBe('there is no server "expres"; did you mean express?');
    expect(await usage(() => picked('model'))).toBe('there is no server "model"; did you mean models?');
  });

  it.each(['', ' ', ',,'])('refuses a list that names nothing: %j', async (list) => {
    expect(await usage(() => picked(list))).toBe('--servers names no server; there are: express, koa, iis');
  });

  it.each(['constructor', '__proto__', 'toString'])('takes no name that every object has: %s', async (name) => {
    expect(await usage(() => picked(name))).toContain(`there is no server "${name}"`);
  });
});

describe('the servers of a list', () => {
  const ids = (list: string) => pickServers(list).map(({ id }) => id);

  it('takes a range of versions, in which not every number is one', () => {
    expect(ids('node-http@18..22')).toEqual(['node-http@18', 'node-http@20', 'node-http@22']);
    expect(ids('express@node23..26,express@4..5')).toEqual(['express@4', 'express@5', 'express@node24', 'express@node26']);
  });

  it('takes groups, beside ids', () => {
    expect(ids('ruby,express')).toEqual(['express', 'puma', 'unicorn', 'webrick']);
    expect(ids('default')).toHaveLength(12);
    expect(ids('all').length).toBeGreaterThan(60);
  });

  it.each(['node-http@30..40', 'node-http..4', 'nginx@1..2', '@1..2'])('refuses %s, with the versions that there are', async (list) => {
    expect(await usage(() => ids(list))).toMatch(/no server has a version in ".*"; there are: .*@\d/);
  });
});

describe('resolve', () => {
  it('separates what is installed from what is not, and counts an error as not installed', async () => {
    const here = { id: 'here', version: async () => ({ version: '1.0' }) };
    const skipped = { reason: 'not installed', remedy: 'apt-get install it' };
    const away = { id: 'away', version: async () => ({ skipped }) };
    const broken = {
      id: 'broken',
      version: async () => {
        throw new Error('it said nothing');
      },
    };
    const { ready, missing } = await resolve<{ id: string; version(): Promise<{ version: string } | { skipped: typeof skipped }> }>([
      here,
      away,
      broken,
    ]);
    expect(ready).toMatchObject([{ definition: here, version: '1.0' }]);
    expect(missing).toMatchObject([
      { definition: away, skipped },
      { definition: broken, skipped: { reason: "its version can't be asked: it said nothing", remedy: 'npm run doctor' } },
    ]);
  });
});

describe('select', () => {
  it('refuses clients and scenarios that don’t fit together', async () => {
    expect(await usage(() => select({ servers: 'express', clients: 'probe', scenarios: 'first-visit' }))).toContain(
      'browsers act out visits, the probe asks its own questions',
    );
  });

  const rowsOf = async (options: Parameters<typeof select>[0]) => {
    const { servers, missingServers } = await select({ ...options, clients: 'probe', scenarios: 'idle-used' });
    return [...servers, ...missingServers].map(({ definition }) => definition.id);
  };

  it('takes the proxies as a group: each before the same server', async () => {
    expect((await rowsOf({ servers: 'proxies' })).sort()).toEqual(proxies.map(({ id }) => `${id}>node-http`).sort());
    expect(await rowsOf({ servers: 'nginx-proxy>express,express' })).toEqual(['express', 'nginx-proxy>express']);
  });

  it('takes everything for all: each row of the registry, and each proxy once', async () => {
    expect((await rowsOf({ servers: 'all' })).sort()).toEqual(
      [...servers, ...proxies.map(({ id }) => ({ id: `${id}>node-http` }))].map(({ id }) => id).sort(),
    );
  });

  it('takes a dozen where none is named, the servers of the lab reports among them', async () => {
    const rows = await rowsOf({});
    expect(rows).toHaveLength(new Set(rows).size);
    for (const id of ['flask', 'django', 'express', 'apache-php', 'iis', 'nginx']) expect(rows).toContain(id);
  });

  it('keeps the chains of a plan that another is added to', async () => {
    const selection = await select({ servers: 'nginx-proxy>express', clients: 'probe', scenarios: 'idle-used' });
    const other = await select({ servers: 'express', clients: 'probe', scenarios: 'range' });
    const both = withCells({ selection, cells: [] }, { selection: other, cells: [] }).selection;
    expect([...both.servers, ...both.missingServers].map(({ definition }) => definition.id)).toEqual(['express', 'nginx-proxy>express']);
  });

  it('plans the cells that fit together, those alone', async () => {
    const { servers, clients, scenarios } = await select({
      servers: 'express,node-http',
      clients: 'chromium,probe',
      scenarios: 'first-visit,idle-used',
    });
    const names = planCells(servers, clients, scenarios).map(
      ({ server, client, scenario }) => `${server.definition.id}/${client.definition.id}/${scenario.id}`,
    );
    expect(names.sort()).toEqual([
      'express/chromium/first-visit',
      'express/probe/idle-used',
      'node-http/chromium/first-visit',
      'node-http/probe/idle-used',
    ]);
  });
});

describe('resolve', () => {
  it('gives up on one that never reports its version, and keeps the others', async () => {
    const stuck = { id: 'stuck', version: () => new Promise<never>(() => {}) };
    const fine = { id: 'fine', version: async () => ({ version: '1' }) };
    const { ready, missing } = await resolve([stuck, fine], 50);
    expect(ready.map(({ definition }) => definition.id)).toEqual(['fine']);
    expect(missing).toEqual([
      {
        definition: stuck,
        skipped: {
          reason: 'it did not report its version within 0.05 s',
          remedy: 'end what slows this machine down and run it again, or mend version() of stuck',
        },
      },
    ]);
  });
});
