/**
 * The disposable process around the npm package `cap`: one capture in its life. Nothing but a copy happens when a packet
 * comes; it never calls `close` (which can crash): the end of the process closes.
 *
 *     cap-child check INTERFACE                       opens once; writes the package's version to stdout
 *     cap-child capture INTERFACE FILTER RING-BYTES   writes a pcap stream to descriptor 3 until its standard input ends
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { pcapFileHeader, pcapRecordHeader } from '../../capture-file/pcap-records.ts';
import { canBecome, NOBODY } from '../privileges.ts';
import { capturingLine, NOT_LOADED } from './cap.ts';

/** Fixed in cap 0.2.1: longer packets are cut. */
const SNAP_LENGTH = 65_535;
const CHECK_RING_BYTES = 1 << 20;
const CHUNK_BYTES = 256 * 1024;

const LINK_TYPES: Partial<Record<string, number>> = { NULL: 0, ETHERNET: 1, RAW: 101, LINKTYPE_LINUX_SLL: 113, IEEE802_11_RADIO: 127 };
const ETHERNET = 1;

function fail(message: string, code = 1): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

async function load() {
  try {
    return (await import('cap')).default.Cap;
  } catch (error) {
    return fail((error as Error).message, NOT_LOADED);
  }
}

const Cap = await load();
// Referenced for the life of the process: the addon keeps a bare pointer to its memory.
const packet = Buffer.alloc(SNAP_LENGTH);
const capture = new Cap();

function open(device: string, filter: string, ring: number): number {
  try {
    const name = capture.open(device, filter, ring, packet);
    return LINK_TYPES[name] ?? fail(`a link type that is not known: ${name}`);
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Only opening the interface needs rights. */
function becomeNobody(): void {
  if (!canBecome(NOBODY)) return;
  process.setgroups?.([]);
  process.setgid?.(NOBODY.gid);
  process.setuid?.(NOBODY.uid);
}

/** The length of a packet on the wire: the addon does not report it, the IP header does. */
function originalLength(linkType: number, length: number): number {
  if (linkType !== ETHERNET || length < 20) return length;
  const etherType = packet.readUInt16BE(12);
  if (etherType === 0x0800) return Math.max(length, 14 + packet.readUInt16BE(16));
  if (etherType === 0x86dd) return Math.max(length, 14 + 40 + packet.readUInt16BE(18));
  return length;
}

function stream(device: string, filter: string, ring: number): void {
  const output = new net.Socket({ fd: 3, readable: false, writable: true });
  output.on('error', () => process.exit(1));
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  let scheduled = false;
  const flush = (): void => {
    scheduled = false;
    if (filled === 0) return;
    output.write(chunk.subarray(0, filled));
    // The socket may still hold the old one.
    chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    filled = 0;
  };

  // Monotonic from here on: a step of the clock would put packets out of order.
  const baseEpochNs = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n - process.hrtime.bigint();
  const linkType = open(device, filter, ring);
  output.write(pcapFileHeader(linkType, SNAP_LENGTH));
  capture.on('packet', (length) => {
    const epochNs = baseEpochNs + process.hrtime.bigint();
    if (filled + 16 + length > CHUNK_BYTES) flush();
    pcapRecordHeader(chunk, filled, epochNs, length, originalLength(linkType, length));
    packet.copy(chunk, filled + 16, 0, length);
    filled += 16 + length;
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  });
  becomeNobody();
  process.stderr.write(`${capturingLine(baseEpochNs)}\n`);

  process.stdin.resume();
  process.stdin.once('close', () => {
    flush();
    output.end(() => process.exit(0));
  });
}

const [mode, device = '', filter = '', ring = ''] = process.argv.slice(2);
if (mode === 'check') {
  open(device, '', CHECK_RING_BYTES);
  const { version } = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('cap/package.json'), 'utf8')) as { version: string };
  process.stdout.write(`${version}\n`, () => process.exit(0));
} else {
  stream(device, filter, Number(ring));
}
