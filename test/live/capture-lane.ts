/**
 * What the live capture tests run inside a namespace, as a lane does: `capture-lane MODE ARGUMENT…`. Answers by one IPC
 * message; an error is its text.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CapturedPacket } from '../../harness/capture-file/captured-packet.ts';
import { createPcapngWriter } from '../../harness/capture-file/pcapng-writer.ts';
import type { CaptureTotals, RunningCapture } from '../../harness/lab/capture/backend.ts';
import { LOOPBACK } from '../../harness/lab/capture/filter.ts';
import { backendById } from '../../harness/lab/capture/select.ts';
import { bringUpLoopback, shapeLoopback } from '../../harness/lab/namespace.ts';
import { runCommand } from '../../harness/system/programs.ts';
import { collect } from './collect.ts';

const HOST = '127.0.0.1';
const PORT = 8080;
const OTHER_PORT = 9090;
const SYN = 2;

export interface Recorded {
  backend: string;
  file: string;
  packets: number;
  /** SHA-256 of every packet's bytes, sorted: two captures may see packets of two cores in another order. */
  digests: string[];
  /** TCP payload bytes, each counted once however often it was sent. */
  payload: number;
  ports: number[];
  longest: number;
  totals: CaptureTotals;
  backwards: number;
}

async function echoServer(port: number): Promise<net.Server> {
  const server = net.createServer((socket) => socket.pipe(socket)).listen(port, HOST);
  await once(server, 'listening');
  return server;
}

/** Sends `rounds` times `perRound` messages of `size` bytes, each echoed; about 5,000 packets/s at four small ones a round. */
async function talk(port: number, rounds: number, perRound: number, size: number): Promise<void> {
  const socket = net.connect(port, HOST).setNoDelay(true);
  await once(socket, 'connect');
  let received = 0;
  let wake = (): void => {};
  socket.on('data', (chunk) => {
    received += chunk.length;
    wake();
  });
  const message = Buffer.alloc(size, 'x');
  let sent = 0;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < perRound; i++) {
      socket.write(message);
      sent += size;
      while (received < sent) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    await delay(1);
  }
  socket.end();
  await once(socket, 'close');
}

/** How many bytes the segments cover together. */
function covered(segments: [start: number, end: number][]): number {
  let sum = 0;
  let reached = 0;
  for (const [start, end] of segments.sort((a, b) => a[0] - b[0])) {
    sum += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return sum;
}

function describePackets(backend: string, file: string, packets: CapturedPacket[], totals: CaptureTotals): Recorded {
  const ports = new Set<number>();
  const streams = new Map<string, { first: number; segments: [start: number, end: number][] }>();
  let backwards = 0;
  packets.forEach(({ bytes, epochNs }, i) => {
    const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    // Ethernet, IPv4 without options, TCP.
    ports.add(Math.min(frame.readUInt16BE(34), frame.readUInt16BE(36)));
    const direction = frame.toString('hex', 34, 38);
    const sequence = frame.readUInt32BE(38);
    if ((frame[47]! & SYN) !== 0) streams.set(direction, { first: sequence + 1, segments: [] });
    const stream = streams.get(direction);
    const start = (sequence - (stream?.first ?? 0)) >>> 0;
    stream?.segments.push([start, start + frame.readUInt16BE(16) - 20 - (frame[46]! >> 4) * 4]);
    if (i > 0 && epochNs < packets[i - 1]!.epochNs) backwards++;
  });
  return {
    backend,
    file,
    packets: packets.length,
    digests: packets.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex')).sort(),
    payload: [...streams.values()].reduce((sum, { segments }) => sum + covered(segments), 0),
    ports: [...ports],
    longest: Math.max(...packets.map(({ originalLength }) => originalLength)),
    totals,
    backwards,
  };
}

/** `record FOLDER ROUNDS PER-ROUND SIZE BACKEND…`: the same traffic by several backends at once. */
async function record([folder = '', rounds = '', perRound = '', size = '', ...ids]: string[]): Promise<Recorded[]> {
  const servers = await Promise.all([echoServer(PORT), echoServer(OTHER_PORT)]);
  const captures: RunningCapture[] = [];
  for (const id of ids) captures.push(await backendById(id).start({ interface: LOOPBACK, port: PORT }));
  const collected = captures.map(collect);
  await Promise.all([talk(PORT, Number(rounds), Number(perRound), Number(size)), talk(OTHER_PORT, 3, 1, 10)]);
  const recorded: Recorded[] = [];
  for (const [i, capture] of captures.entries()) {
    const totals = await capture.stop();
    const packets = await collected[i]!;
    const file = path.join(folder, `${ids[i]}.pcapng`);
    const writer = await createPcapngWriter(file, {
      linkType: capture.linkType,
      interfaceName: LOOPBACK,
      comments: ['a test', 'of two comments'],
    });
    for (const [n, packet] of packets.entries()) await writer.write(packet, n === 0 ? ['the first'] : []);
    await writer.end({ endEpochNs: BigInt(Date.now()) * 1_000_000n, ...totals, comments: ['the end'] });
    recorded.push(describePackets(ids[i]!, file, packets, totals));
  }
  for (const server of servers) server.close();
  return recorded;
}

/** What a capture says when `harm` has been done to it. */
async function saysWhen(id: string, harm: () => Promise<void>): Promise<string> {
  const capture = await backendById(id).start({ interface: LOOPBACK, port: PORT });
  const collected = collect(capture).then(
    () => 'the capture ended as if nothing had happened',
    (error: Error) => error.message,
  );
  await harm();
  const message = await collected;
  await capture.stop();
  return message;
}

/** `broken BACKEND`: the interface goes down in the middle. */
const broken = ([id = '']: string[]): Promise<string> =>
  saysWhen(id, async () => {
    const { code, stderr } = await runCommand('ip', ['link', 'set', 'lo', 'down']);
    if (code !== 0) throw new Error(stderr);
  });

/** `killed BACKEND`: its process, this one's only child, is killed. */
const killed = ([id = '']: string[]): Promise<string> =>
  saysWhen(id, async () => {
    const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
    for (const pid of children.trim().split(' ')) process.kill(Number(pid), 'SIGKILL');
  });

/** `refused BACKEND`: what the start says of an interface that is not there. */
async function refused([id = '']: string[]): Promise<string> {
  return backendById(id)
    .start({ interface: 'nowhere0' })
    .then(
      () => 'it started',
      (error: Error) => error.message,
    );
}

/** `aborted BACKEND`: what the start says when its signal is aborted on the way. */
async function aborted([id = '']: string[]): Promise<string> {
  const starting = backendById(id).start({ interface: LOOPBACK, signal: AbortSignal.timeout(1) });
  return starting.then(
    () => 'it started',
    (error: Error) => error.name,
  );
}

/** `deaf BACKEND`: stops a capture whose interface went down, where no mark comes through any more. */
async function deaf([id = '']: string[]): Promise<CaptureTotals> {
  const capture = await backendById(id).start({ interface: LOOPBACK, port: PORT });
  const collected = collect(capture);
  await runCommand('ip', ['link', 'set', 'lo', 'down']);
  const totals = await capture.stop();
  await collected;
  return totals;
}

/** `hold TOKEN BACKEND…`: captures, and runs a program with the token in its arguments, until it is ended. */
async function hold([token = '', ...ids]: string[]): Promise<string> {
  for (const id of ids) await backendById(id).start({ interface: LOOPBACK, port: PORT });
  const sleeper = spawn('sleep', [token], { stdio: 'ignore', detached: true });
  await once(sleeper, 'spawn');
  return 'holding';
}

/** `shaped RATE-KBIT BYTES`: milliseconds that it takes to send and echo so many bytes. */
async function shaped([rateKbit = '', bytes = '']: string[]): Promise<number> {
  await shapeLoopback({ rateKbit: Number(rateKbit) });
  const server = await echoServer(PORT);
  const began = performance.now();
  await talk(PORT, 1, 1, Number(bytes));
  server.close();
  return performance.now() - began;
}

const modes: Record<string, (args: string[]) => Promise<unknown>> = { record, broken, killed, refused, aborted, deaf, hold, shaped };

const [mode = '', ...args] = process.argv.slice(2);
await bringUpLoopback();
try {
  process.send!({ result: await modes[mode]!(args) });
} catch (error) {
  process.send!({ error: (error as Error).stack });
}
