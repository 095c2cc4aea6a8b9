import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import { isolation } from '../../harness/lab/namespace.ts';
import { type ProxiedPair, proxiedPairs } from '../../harness/observe/proxied.ts';
import { findProgram } from '../../harness/system/programs.ts';
import { CLI, start } from './command.ts';
import { runInNamespace } from './in-namespace.ts';
import type { Proxied } from './proxy-lane.ts';

it('joins both sides of nginx before a Node server, and leads from each 502 to what happened behind it', async (context) => {
  const how = await isolation();
  if (how.kind !== 'network-namespace') context.skip(how.why.reason);
  for (const program of ['nginx', 'tcpdump']) if (!findProgram(program)) context.skip(`${program} is not installed`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-proxied-'));
  try {
    const file = path.join(folder, 'proxy.pcap');
    const { answered, dropped } = await runInNamespace<Proxied>(how, 'test/live/proxy-lane.ts', [file]);
    expect(dropped).toBe(0);
    expect(answered).toEqual({
      '/ok?1': 200,
      '/ok?2': 200,
      '/named/ok': 200,
      '/reset': 502,
      '/closed': 502,
      '/late': 504,
      '/refused': 502,
    });

    const { connections } = await decodeFile(file);
    const pairs = new Map<string | null, ProxiedPair>(proxiedPairs(connections).map((pair) => [pair.clientSide.target, pair]));
    expect(Object.fromEntries([...pairs].map(([target, { outcome }]) => [target, outcome]))).toEqual({
      '/ok?1': 'answered',
      '/ok?2': 'answered',
      '/named/ok': 'answered',
      '/reset': 'reset',
      '/closed': 'closed',
      '/late': 'given-up',
      '/refused': 'refused',
    });
    for (const { clientSide, upstreamSide, outcomeFrames } of pairs.values()) {
      expect(clientSide.server.port).toBe(8080);
      expect(upstreamSide.server.port).toBe(clientSide.target === '/refused' ? 9002 : 9001);
      expect(outcomeFrames.length).toBeGreaterThan(0);
    }
    expect(pairs.get('/named/ok')).toMatchObject({
      confidence: 'probably',
      because: expect.arrayContaining(['it names the client, 127.0.0.1']),
    });
    expect(pairs.get('/late')?.outcomeMs).toBeGreaterThan(900);
    // The upstream connection is kept, and carries several.
    expect(pairs.get('/ok?1')?.upstreamSide.stream).toBe(pairs.get('/ok?2')?.upstreamSide.stream);

    const { stdout } = await start([process.execPath, CLI, 'analyze', file]).ended;
    expect(stdout).toMatch(
      /\nbehind a proxy\n {2}#\d+ GET \/reset 502 \(frames \d+, \d+\) probably is #\d+ to 127\.0\.0\.1:9001, which got no answer: the server reset/,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
