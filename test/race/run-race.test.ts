/** What a race makes of lanes that go wrong: programs that speak the lane's side stand in the place of the namespace's command. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runRace } from '../../harness/race/race.ts';
import { defineServer } from '../../servers/server.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const server = defineServer({
  id: 'one',
  title: '',
  summary: '',
  version: async () => ({ version: '1' }),
  start: () => ({ file: 'none', args: [] }),
});

/** Runs the lanes of one server, each of which does this. */
const raceOf = (script: string) =>
  runRace(
    {
      upstreams: [],
      missingUpstreams: [],
      servers: [{ definition: server, version: '1' }],
      missingServers: [],
      own: new Map(),
      ownUpstreams: new Map(),
      windowMs: 100,
      quick: true,
      out: folder,
      backend: 'none',
      isolation: { kind: 'network-namespace', prefix: [process.execPath, '-e', script, '--'] },
      signal: new AbortController().signal,
    },
    () => {},
  );

it.each([
  ['ends without a word', 'process.exit(3)', /^the lane ended without a result \(exit code 3\)$/],
  [
    'has lost its capture',
    `process.once('message', () => process.send({ type: 'done', delayMs: 0, clockStepMs: 0 }, () => process.exit()))`,
    /^its capture is not there any more: leave the folder of a race alone while it goes on$/,
  ],
  [
    'has a capture that is none',
    `process.once('message', ({ job }) => {
      require('fs').mkdirSync(require('path').dirname(job.captureFile), { recursive: true });
      require('fs').writeFileSync(job.captureFile, 'none');
      process.send({ type: 'done', delayMs: 0, clockStepMs: 0 }, () => process.exit());
    })`,
    /^its capture can't be read: /,
  ],
])('a lane that %s costs the others nothing', async (_what, script, reason) => {
  const { servers } = await raceOf(script);
  expect(servers).toMatchObject([{ id: 'one', reason: expect.stringMatching(reason), endsReason: expect.stringMatching(reason) }]);
});
