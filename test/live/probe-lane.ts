/** What the live tests of the probe run inside a namespace: `probe-lane FOLDER BACKEND SCENARIO…` writes FOLDER/SCENARIO.pcapng for each. */
import { once } from 'node:events';
import path from 'node:path';
import { probe } from '../../clients/probe/index.ts';
import type { Scenario } from '../../clients/scenario.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { sectionComments } from '../../harness/capture-file/cell-comments.ts';
import { createPcapngWriter } from '../../harness/capture-file/pcapng-writer.ts';
import { LOOPBACK } from '../../harness/lab/capture/filter.ts';
import { backendById } from '../../harness/lab/capture/select.ts';
import { recordCell } from '../../harness/lab/cell-recorder.ts';
import { untilDisconnected } from '../../harness/lab/listening.ts';
import { bringUpLoopback } from '../../harness/lab/namespace.ts';
import { scriptedServer } from './scripted-server.ts';

const HOST = '127.0.0.1';
const PORT = 8080;
const WINDOW_MS = 4_000;

async function play(scenario: Scenario, folder: string, backend: string): Promise<void> {
  const { signal } = new AbortController();
  const origin = `http://${HOST}:${PORT}`;
  const capture = await backendById(backend).start({ interface: LOOPBACK, port: PORT, signal });
  const writer = await createPcapngWriter(path.join(folder, `${scenario.id}.pcapng`), {
    linkType: capture.linkType,
    interfaceName: LOOPBACK,
    comments: sectionComments({
      server: 'scripted',
      client: probe.id,
      scenario: scenario.id,
      serverTitle: 'a scripted server',
      serverVersion: '1',
      serverProvenance: 'model',
      clientTitle: probe.title,
      clientVersion: '1',
      clientProvenance: probe.provenance,
      origin,
      windowMs: WINDOW_MS,
      startedAt: new Date().toISOString(),
    }),
  });
  const recorder = recordCell(capture, writer);
  const session = await probe.open({ origin, windowMs: WINDOW_MS, work: folder, signal });
  for (const step of scenario.steps) {
    await recorder.mark(step.id);
    for (const action of step.actions) {
      if (action.do === 'watch') await untilDisconnected({ port: PORT, timeoutMs: WINDOW_MS, signal });
      else await session.act(action);
    }
  }
  await recorder.quiet(200, 2_000);
  await recorder.finish();
  await session.close();
}

const [folder = '', backend = '', ...ids] = process.argv.slice(2);
try {
  await bringUpLoopback();
  const server = scriptedServer().listen(PORT, HOST);
  await once(server, 'listening');
  for (const id of ids) {
    const scenario = scenarios.find((entry) => entry.id === id);
    if (!scenario) throw new Error(`there is no scenario ${id}`);
    await play(scenario, folder, backend);
  }
  server.close();
  process.send!({ result: 'done' });
} catch (error) {
  process.send!({ error: (error as Error).stack });
}
