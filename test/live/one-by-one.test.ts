/** A server of the user's own that can't run twice: its cells run one after the other, and none is lost. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SITE_TARGETS } from '../../clients/client.ts';
import { clients } from '../../clients/index.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { selectBackend } from '../../harness/lab/capture/select.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { ownServer, shellCommand } from '../../harness/lab/own-server.ts';
import type { CellPlan } from '../../harness/lab/plan.ts';
import { runCells } from '../../harness/lab/run.ts';
import { openAssembly } from '../../harness/results/assemble.ts';
import { testFolder } from './command.ts';

// Each cell takes seconds; a busy machine may need many times as long.
vi.setConfig({ testTimeout: 150_000 });

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => folder.remove());

/** Serves while it holds a lock, which it gives up a while after it was told to stop; a second one ends at once. */
const lockingServer = (lock: string): string => `
  const fs = require('fs');
  fs.mkdirSync('${lock}');
  process.on('SIGTERM', () => setTimeout(() => { fs.rmdirSync('${lock}'); process.exit(); }, 300));
  require('http').createServer((_, response) => response.end('hello')).listen(process.env.PORT);
`;

it('gets every cell observed', async ({ skip }) => {
  const how = await isolation();
  const backend = await selectBackend('auto', how);
  if ('skipped' in backend) return skip(backend.skipped.reason);
  if (how.kind === 'shared-loopback') return skip('lanes share the loopback interface here: cells run one after the other in any case');
  const script = path.join(folder.path, 'server.cjs');
  await writeFile(script, lockingServer(path.join(folder.path, 'lock')));
  const command = shellCommand(`'${process.execPath}' '${script}'; echo it has ended`, '/');
  const own = { server: { title: 'locks', command }, host: '127.0.0.1', port: 8080, targets: SITE_TARGETS };
  const client = clients.find(({ kind }) => kind === 'probe')!;
  const cells = ['idle-used', 'idle-unused', 'idle-partial-head'].map(
    (id): CellPlan => ({
      server: { definition: ownServer('locks', own.server), version: '0' },
      client: { definition: client, version: '0' },
      scenario: scenarios.find((scenario) => scenario.id === id)!,
      own,
    }),
  );
  const begun: string[] = [];
  const why: string[] = [];
  const found = await runCells(
    {
      cells,
      windowMs: 1_000,
      out: path.join(folder.path, 'run'),
      whyIncomplete: openAssembly(path.join(folder.path, 'run')).whyIncomplete,
      backend: backend.id,
      isolation: how,
      signal: new AbortController().signal,
      active: 2,
    },
    { begins: ({ scenario }) => void begun.push(scenario), event() {}, ends() {}, oneByOne: (reason) => void why.push(reason) },
  );
  expect(found.map(({ state }) => state)).toEqual(['observed', 'observed', 'observed']);
  expect(begun.length).toBeGreaterThan(cells.length);
  expect(why).toEqual(['the server did not start while another one of it ran']);
});
