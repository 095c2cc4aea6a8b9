/** TCP sockets of this network namespace, read from the kernel's tables, so that no packet is sent. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** include/net/tcp_states.h, in the order of their numbers from 1. */
const STATES = [
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
] as const;

export type SocketState = (typeof STATES)[number];

/** One line of `/proc/net/tcp` or `tcp6` (proc(5)). */
export interface TcpSocket {
  /** Hexadecimal, each 32 bits in the byte order of the host, as in `/proc/net/tcp`. */
  localAddress: string;
  localPort: number;
  remotePort: number;
  state: SocketState;
}

const LISTENING_POLL_MS = 20;
const CLOSED_POLL_MS = 100;
/** The tables are read this often though the number of sockets has not changed: one may have taken the place of another. */
const SURE_LOOK_MS = 500;

/** States in which neither side has sent a FIN or RST. */
const OPEN: ReadonlySet<SocketState> = new Set(['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'NEW_SYN_RECV']);

/** The rows of `/proc/net/tcp` or `/proc/net/tcp6`. */
export function parseSocketTable(table: string): TcpSocket[] {
  const sockets: TcpSocket[] = [];
  for (const line of table.split('\n').slice(1)) {
    const found = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) /.exec(line);
    const state = STATES[Number.parseInt(found?.[4] ?? '0', 16) - 1];
    if (!found || !state) continue;
    const [, localAddress = '', localPort = '', remotePort = ''] = found;
    sockets.push({ localAddress, localPort: Number.parseInt(localPort, 16), remotePort: Number.parseInt(remotePort, 16), state });
  }
  return sockets;
}

const read = (name: string): Promise<string | null> => readFile(`/proc/self/net/${name}`, 'utf8').catch(() => null);

/**
 * How many TCP sockets of IPv4 and of IPv6 there are in this namespace, those in TIME-WAIT not counted; `null` where the system does not say. To read this takes
 * microseconds, to read the tables milliseconds: the kernel walks a hash table that all namespaces share.
 */
async function socketCounts(): Promise<{ tcp: number; tcp6: number } | null> {
  const [four, six] = await Promise.all([read('sockstat'), read('sockstat6')]);
  const tcp = /^TCP: inuse (\d+)/m.exec(four ?? '')?.[1];
  return tcp === undefined ? null : { tcp: Number(tcp), tcp6: Number(/^TCP6: inuse (\d+)/m.exec(six ?? '')?.[1] ?? 0) };
}

/** The sockets to or from `port`, but for those in TIME-WAIT where there are no others; `null` where the system has no such tables (it is not Linux). */
export async function socketsOf(port: number): Promise<TcpSocket[] | null> {
  const counts = await socketCounts();
  const tables = await Promise.all((['tcp', 'tcp6'] as const).map((name) => (counts?.[name] === 0 ? '' : read(name))));
  if (tables[0] === null) return null;
  return tables
    .flatMap((table) => parseSocketTable(table ?? ''))
    .filter((socket) => socket.localPort === port || socket.remotePort === port);
}

/** Where programs of this network namespace listen: TCP ports, and unix sockets with a path. */
export async function allListening(): Promise<{ ports: number[]; sockets: string[] }> {
  const tables = await Promise.all([read('tcp'), read('tcp6')]);
  const listening = tables.flatMap((table) => parseSocketTable(table ?? '')).filter(({ state }) => state === 'LISTEN');
  return {
    ports: [...new Set(listening.map(({ localPort }) => localPort))].sort((a, b) => a - b),
    sockets: parseUnixTable((await read('unix')) ?? ''),
  };
}

/** Flag of a socket that accepts connections (include/linux/net.h, `__SO_ACCEPTCON`). */
const ACCEPTS = 0x10000;

/** The paths in `/proc/net/unix` (proc(5)) on which something listens. */
export const parseUnixTable = (table: string): string[] =>
  table.split('\n').flatMap((line) => {
    const found = /^[0-9a-f]+: [0-9A-F]+ [0-9A-F]+ ([0-9A-F]+) [0-9A-F]+ [0-9A-F]+ +\d+ (\/.*)$/.exec(line);
    return found && (Number.parseInt(found[1] ?? '', 16) & ACCEPTS) !== 0 ? [found[2] ?? ''] : [];
  });

/** Where something is expected to listen, and how long to wait for it. */
export interface ListeningOptions {
  host: string;
  port: number;
  timeoutMs: number;
  signal?: AbortSignal;
}

type AnyListeningOptions = Omit<ListeningOptions, 'host'> & { hosts: readonly string[] };

/**
 * Resolves when something accepts connections on `host`:`port`. On Linux no packet is sent; elsewhere it connects.
 * @throws where nothing does within `timeoutMs`, or the signal's reason
 */
export async function waitForListening({ host, ...options }: ListeningOptions): Promise<void> {
  await waitForAnyListening({ hosts: [host], ...options });
}

/** The same for several addresses (`localhost` has two on most machines): resolves to the first one on which something accepts connections. */
export async function waitForAnyListening({ hosts, port, timeoutMs, signal }: AnyListeningOptions): Promise<string> {
  const deadline = performance.now() + timeoutMs;
  let atLastLook = '';
  let lookedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    signal?.throwIfAborted();
    const counts = JSON.stringify(await socketCounts());
    const now = performance.now();
    if (counts === 'null' || counts !== atLastLook || now - lookedAt >= SURE_LOOK_MS || now >= deadline) {
      atLastLook = counts;
      lookedAt = now;
      const sockets = await socketsOf(port);
      for (const host of hosts) {
        const ready = sockets ? sockets.some((socket) => listensAt(socket, host, port)) : await accepts(host, port);
        if (ready) return host;
      }
    }
    if (now >= deadline) throw new Error(`nothing listens on ${hosts.join(' or ')}:${port} after ${timeoutMs / 1000} s`);
    await delay(LISTENING_POLL_MS, undefined, signal ? { signal } : {});
  }
}

const ANY_IPV4 = '0'.repeat(8);
const ANY_IPV6 = '0'.repeat(32);
const LOOPBACK_IPV6 = /^0{24}(?:01000000|00000001)$/;
const MAPPED_IPV4 = /^0{16}(?:FFFF0000|0000FFFF)/;

function listensAt(socket: TcpSocket, host: string, port: number): boolean {
  if (socket.state !== 'LISTEN' || socket.localPort !== port) return false;
  const address = socket.localAddress.replace(MAPPED_IPV4, '');
  if (address === ANY_IPV4 || address === ANY_IPV6) return true;
  if (host === '::1') return LOOPBACK_IPV6.test(address);
  // A name, or an IPv6 address, which can be written in many ways: the port alone is compared.
  if (!net.isIPv4(host)) return true;
  const bytes = host.split('.').map(Number);
  const hex = (order: number[]): string => Buffer.from(order).toString('hex').toUpperCase();
  return address === hex(bytes) || address === hex(bytes.reverse());
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Whose connections are expected to end, and how long to wait for that. */
export interface DisconnectedOptions {
  port: number;
  timeoutMs: number;
  signal?: AbortSignal;
  /** What is captured of the port: nothing is looked at until a packet comes. Default: the kernel's counters are read ten times a second. */
  captured?: CapturedSoFar;
}

/** How far a running capture is. */
export interface CapturedSoFar {
  /** Packets so far. */
  packets(): number;
  /** Resolves when there are more than `seen`, after `ms` milliseconds, or as soon as the signal is aborted. */
  untilMore(seen: number, ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Resolves to true when no connection to `port` is established any more, since each has seen a FIN or RST; to false after `timeoutMs`, and where
 * the system has no such tables.
 * @throws the signal's reason
 */
export async function untilDisconnected({ port, timeoutMs, signal, captured }: DisconnectedOptions): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  let segmentsAtLastLook: string | null = null;
  for (;;) {
    signal?.throwIfAborted();
    // Reading the tables takes milliseconds (the kernel walks a hash table shared by all namespaces); no state changes without a segment.
    const seen = captured?.packets() ?? 0;
    const segments = captured ? null : await segmentCounters();
    if (segments === null || segments !== segmentsAtLastLook) {
      segmentsAtLastLook = segments;
      const sockets = await socketsOf(port);
      if (sockets && !sockets.some((socket) => OPEN.has(socket.state))) return true;
    }
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await captured?.untilMore(seen, left, signal);
    await delay(Math.min(CLOSED_POLL_MS, left), undefined, signal ? { signal } : {});
  }
}

/** TCP segments received and sent in this namespace (RFC 4022 tcpInSegs, tcpOutSegs, with the resets), as text to compare. */
async function segmentCounters(): Promise<string | null> {
  const table = await readFile('/proc/self/net/snmp', 'utf8').catch(() => '');
  return /^Tcp: -?\d.*$/m.exec(table)?.[0] ?? null;
}

/** A TCP port of `host` that is free now: bound once and released. For the shared loopback, where lanes can't all use the same port. */
export async function freePort(host: string): Promise<number> {
  const server = net.createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The first of several addresses on which something listens on the port now; `null` where nothing does. */
export const firstListening = (hosts: readonly string[], port: number): Promise<string | null> =>
  waitForAnyListening({ hosts, port, timeoutMs: 0 }).catch(() => null);

/** Whether something listens on the port now. */
export const listens = async (host: string, port: number): Promise<boolean> => (await firstListening([host], port)) !== null;
