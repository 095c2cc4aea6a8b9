/** What a capture costs the server that is captured: requests a second with and without it, measured in turns in one namespace. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Agent, request } from 'undici';
import { createPcapngWriter } from '../capture-file/pcapng-writer.ts';
import { LOOPBACK } from '../lab/capture/filter.ts';
import { backendById, selectBackend } from '../lab/capture/select.ts';
import { recordCell } from '../lab/cell-recorder.ts';
import { bringUpLoopback, isolatedCommand, isolation } from '../lab/namespace.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';

const CONNECTIONS = 4;
const ROUND_MS = 2_000;
const PAGE = Buffer.alloc(2_000, 'page ');

interface Round {
  without: number;
  captured: number;
  /** Lost frames; `null` where the backend does not count them. */
  dropped: number | null;
}

/** Measures `rounds` times in turns and says the median ratio. */
export async function captureCost(say: (line: string) => void, rounds: number): Promise<void> {
  const how = await isolation();
  const backend = await selectBackend('auto', how);
  if (how.kind === 'shared-loopback') return say(`the capture's cost: skipped, ${how.why.reason}; ${how.why.remedy}`);
  if ('skipped' in backend) return say(`the capture's cost: skipped, ${backend.skipped.reason}; ${backend.skipped.remedy}`);
  const command = isolatedCommand(how, process.execPath, [fileURLToPath(import.meta.url), backend.id, String(rounds)]);
  const child = spawn(command.file, command.args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the capture's cost could not be measured (exit code ${code})`);
  const measured = JSON.parse(said) as Round[];
  const ratios = measured.map(({ without, captured }) => captured / without).sort((a, b) => a - b);
  const median = ratios[Math.floor(ratios.length / 2)] ?? 0;
  say(`a server on node:http, asked on ${CONNECTIONS} connections as fast as it answers, without and with a capture by ${backend.id}`);
  for (const { without, captured, dropped } of measured)
    say(`  ${without.toFixed(0)} and ${captured.toFixed(0)} requests a second; ${dropped ?? 'unknown'} frames lost`);
  say(`  with the capture it answers ${(median * 100).toFixed(0)} % as many (median; client, server and capture share the cores)`);
}

async function requestsPerSecond(origin: string): Promise<number> {
  const dispatcher = new Agent({ connections: CONNECTIONS, pipelining: 1 });
  const until = performance.now() + ROUND_MS;
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      const { body } = await request(origin, { dispatcher });
      await body.dump();
      count++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  await dispatcher.close();
  return (count / ROUND_MS) * 1000;
}

async function measure(id: string, rounds: number): Promise<Round[]> {
  await bringUpLoopback();
  const server = createServer((_, answer) => answer.end(PAGE)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}/`;
  const { path: folder, remove } = temporaryFolder('wirematrix-bench-');
  try {
    // What is compiled once must not count for either.
    await requestsPerSecond(origin);
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const without = await requestsPerSecond(origin);
      const capture = await backendById(id).start({ interface: LOOPBACK, port });
      const writer = await createPcapngWriter(path.join(folder, `${round}.pcapng`), {
        linkType: capture.linkType,
        interfaceName: LOOPBACK,
        comments: [],
      });
      const recorder = recordCell(capture, writer);
      const captured = await requestsPerSecond(origin);
      measured.push({ without, captured, dropped: (await recorder.finish()).dropped });
    }
    return measured;
  } finally {
    server.closeAllConnections();
    server.close();
    await remove();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [id = '', rounds = ''] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await measure(id, Number(rounds))));
}
