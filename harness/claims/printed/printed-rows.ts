/**
 * Makes packets from the packet rows that the reports print: DLT_NULL, IPv4, TCP, with the printed lengths, flags, sequence numbers, windows
 * and times. Rows that a report leaves out become empty UDP packets, so that frame numbers stay those of the report.
 */
import { payloadsOf } from './printed-payload.ts';
import type { PlacedRow, PrintedRow } from './printed-row.ts';

const HEADERS = 44;
const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;
const FLAG_BITS: Readonly<Record<string, number>> = { FIN, SYN, RST, PSH, ACK };

/**
 * The rows of a file.
 * @throws Error for a line that does not have the five columns of these files
 */
export function parseRows(tsv: string): PrintedRow[] {
  return tsv
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [frame, time, protocol, bytes, info] = line.split('\t');
      if (!frame || !time || !protocol || !bytes || info === undefined)
        throw new Error(`not a row of frame, time, protocol, bytes, info: ${line}`);
      return { frame: Number(frame), timeS: Number(time), protocol, frameBytes: Number(bytes), info };
    });
}

type Ends = Pick<PlacedRow, 'source' | 'destination'>;
const REQUEST = /^(GET|POST|HEAD|PUT) (\S+) HTTP\//;

/** A row that Wireshark prints as TCP: `50958 > 8000 [ACK] Seq=723 Ack=18 Win=2619648 Len=0`. */
function tcpRow(row: PrintedRow): PlacedRow | null {
  const found = /(\d+) > (\d+) \[([A-Z, ]+)\] Seq=(\d+)(?: Ack=(\d+))? Win=(\d+) Len=(\d+)/.exec(row.info);
  if (!found) return null;
  const sack = /SLE=(\d+) SRE=(\d+)/.exec(row.info);
  const flags = (found[3] ?? '').split(', ').reduce((bits, name) => bits | (FLAG_BITS[name] ?? 0), 0);
  const window = Number(found[6]);
  return {
    ...row,
    source: Number(found[1]),
    destination: Number(found[2]),
    flags,
    seq: Number(found[4]),
    ack: Number(found[5] ?? 0),
    // Windows are printed scaled where the handshake was seen; all of these scale by 256.
    window: window > 65_535 ? window / 256 : window,
    payload: Number(found[7]),
    sack: sack && [Number(sack[1]), Number(sack[2])],
    syn: (flags & SYN) > 0,
  };
}

/**
 * Finds the connection of rows without ports (HTTP, TLS): the one whose next acknowledgement fits. Rows whose connection is not printed (their
 * acknowledgements are left out) get a connection of their own, to the port that the same report names for that program.
 */
export function placeRows(rows: readonly PrintedRow[], serverPort: number): PlacedRow[] {
  const next = new Map<string, number>();
  const key = ({ source, destination }: Ends) => `${source}>${destination}`;
  const tcp = rows.map(tcpRow);
  const placed: PlacedRow[] = [];
  /** Connections that are made up here, by the last request on them. */
  const own: { target: string; ends: Ends; open: boolean }[] = [];
  let ownPort = 40_001;
  rows.forEach((row, index) => {
    const known = tcp[index];
    const payload = row.frameBytes - HEADERS;
    const at = known ?? { ...row, ...placeByAck(index, payload), flags: PSH | ACK, window: 8_300, payload, sack: null, syn: false };
    if (at.source === 0) {
      const target = REQUEST.exec(row.info)?.[2];
      const before = own.find((one) => one.open);
      if (target !== undefined) {
        const ends = waiting(index, programPort(target, serverPort)) ?? { source: ownPort++, destination: programPort(target, serverPort) };
        own.push({ target, ends, open: true });
        Object.assign(at, ends, { seq: 1, ack: 1 });
      } else if (row.protocol === 'HTTP' && before) {
        before.open = false;
        const back = { source: before.ends.destination, destination: before.ends.source };
        Object.assign(at, back, { seq: 1, ack: next.get(key(before.ends)) ?? 1 });
      } else return; // The middle of a transfer of which nothing else is printed.
    }
    next.set(key(at), at.seq + at.payload + ((at.flags & (SYN | FIN)) > 0 ? 1 : 0));
    placed.push(at);
  });
  return placed;

  /** A connection to the port that has just been opened and has carried nothing yet. */
  function waiting(index: number, port: number): Ends | null {
    const row = tcp.slice(0, index).findLast((one) => one?.destination === port && one.payload === 0 && next.get(key(one)) === 1);
    return row ? { source: row.source, destination: row.destination } : null;
  }

  function placeByAck(index: number, payload: number): Pick<PlacedRow, 'source' | 'destination' | 'seq' | 'ack'> {
    const request = REQUEST.test(rows[index]?.info ?? '');
    for (let later = index + 1; later < rows.length; later++) {
      const ack = tcp[later];
      if (!ack || ack.syn) continue;
      const ends = { source: ack.destination, destination: ack.source };
      if (rows[index]?.protocol === 'HTTP' && request !== ack.source < ack.destination) continue;
      const seq = next.get(key(ends)) ?? 1;
      // Where rows in between are left out, the acknowledgement right after shows where this row ends.
      const gap = later === index + 1 && ack.payload === 0 && ack.ack > seq + payload;
      if (seq + payload === ack.ack || gap) return { ...ends, seq: ack.ack - payload, ack: ack.seq };
    }
    return { source: 0, destination: 0, seq: 1, ack: 1 };
  }
}

/** The port of the program that serves a target: two other programs' ports are known from rows with ports; the rest is the server's. */
const programPort = (target: string, serverPort: number): number =>
  target.startsWith('/ECAgent') ? 62_129 : target === '/download' ? 10_007 : serverPort;

const GLOBAL_HEADER = 24;
const RECORD_HEADER = 16;
const NULL_HEADER = 4;
const LINKTYPE_NULL = 0;
/** Initial sequence numbers, so that relative ones are those printed. */
const ISN = 1_000_000;

/** A pcap file (nanoseconds, DLT_NULL) of the rows. */
export function rebuildCapture(rows: readonly PrintedRow[], serverPort: number): Uint8Array {
  const placed = withImplied(placeRows(rows, serverPort));
  const payloads = payloadsOf(placed);
  const packets: { timeNs: bigint; bytes: Uint8Array }[] = [];
  // A capture that begins at frame 72 had 71 before, from time 0 on: so the times are those of the report too.
  let frame = 1;
  placed.forEach((row, index) => {
    for (; frame < row.frame; frame++) packets.push({ timeNs: index === 0 ? 0n : nanoseconds(row.timeS), bytes: leftOut() });
    packets.push({ timeNs: nanoseconds(row.timeS), bytes: tcpPacket(row, payloads[index] ?? new Uint8Array(row.payload)) });
    frame++;
  });
  return pcapFile(packets);
}

/**
 * What printed rows say of rows that are left out: a "Keep-Alive" repeats a byte that was sent before, and an acknowledgement of a byte
 * that was received twice (SLE, SRE) is the answer to a probe. Put in place of the left-out rows right before.
 */
function withImplied(placed: readonly PlacedRow[]): PlacedRow[] {
  const rows = [...placed];
  const known = new Set<string>();
  for (const row of placed) {
    const [client, server] = row.source > row.destination ? [row.source, row.destination] : [row.destination, row.source];
    const connection = `${client}>${server}`;
    if (known.has(connection)) continue;
    known.add(connection);
    const probe: PlacedRow = { ...row, info: '', source: client, destination: server, flags: ACK, sack: null };
    if (row.source === client && /^\[TCP Keep-Alive\]/.test(row.info)) {
      rows.push({ ...probe, frame: row.frame - 1, seq: row.seq + 1, payload: 0 });
    } else if (row.source === server && row.sack) {
      const [left, right] = row.sack;
      rows.push({ ...probe, frame: row.frame - 2, seq: right, ack: row.seq, payload: 0 });
      rows.push({ ...probe, frame: row.frame - 1, seq: left, ack: row.seq, payload: right - left });
    }
  }
  return rows.sort((a, b) => a.frame - b.frame);
}

const nanoseconds = (seconds: number): bigint => BigInt(Math.round(seconds * 1e6)) * 1000n;

/** An empty UDP packet to the discard port, in place of a row that is not printed. */
function leftOut(): Uint8Array {
  const bytes = new Uint8Array(NULL_HEADER + 28);
  ipHeader(bytes, 17);
  const view = new DataView(bytes.buffer);
  view.setUint16(NULL_HEADER + 20, 9);
  view.setUint16(NULL_HEADER + 22, 9);
  view.setUint16(NULL_HEADER + 24, 8);
  return bytes;
}

function ipHeader(bytes: Uint8Array, protocol: number): void {
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 2, true);
  view.setUint8(NULL_HEADER, 0x45);
  view.setUint16(NULL_HEADER + 2, bytes.length - NULL_HEADER);
  view.setUint8(NULL_HEADER + 8, 128);
  view.setUint8(NULL_HEADER + 9, protocol);
  view.setUint32(NULL_HEADER + 12, 0x7f000001);
  view.setUint32(NULL_HEADER + 16, 0x7f000001);
}

function tcpPacket(row: PlacedRow, payload: Uint8Array): Uint8Array {
  const options = row.syn ? SYN_OPTIONS : row.sack ? sackOption(row.sack) : [];
  const bytes = new Uint8Array(HEADERS + options.length + payload.length);
  ipHeader(bytes, 6);
  const at = NULL_HEADER + 20;
  const view = new DataView(bytes.buffer);
  view.setUint16(at, row.source);
  view.setUint16(at + 2, row.destination);
  view.setUint32(at + 4, ISN + row.seq);
  view.setUint32(at + 8, (row.flags & ACK) > 0 ? ISN + row.ack : 0);
  view.setUint8(at + 12, ((20 + options.length) / 4) << 4);
  view.setUint8(at + 13, row.flags);
  view.setUint16(at + 14, row.window);
  bytes.set(options, at + 20);
  bytes.set(payload, HEADERS + options.length);
  return bytes;
}

/** MSS 65495, window scale 8, SACK permitted: as every printed SYN has them. */
const SYN_OPTIONS = [2, 4, 0xff, 0xd7, 1, 3, 3, 8, 1, 1, 4, 2];

function sackOption([left, right]: [number, number]): number[] {
  const word = (value: number) => [24, 16, 8, 0].map((shift) => ((ISN + value) >>> shift) & 0xff);
  return [1, 1, 5, 10, ...word(left), ...word(right)];
}

function pcapFile(packets: readonly { timeNs: bigint; bytes: Uint8Array }[]): Uint8Array {
  const file = new Uint8Array(GLOBAL_HEADER + packets.reduce((sum, { bytes }) => sum + RECORD_HEADER + bytes.length, 0));
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b23c4d, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, LINKTYPE_NULL, true);
  let at = GLOBAL_HEADER;
  for (const { timeNs, bytes } of packets) {
    view.setUint32(at, Number(timeNs / 1_000_000_000n), true);
    view.setUint32(at + 4, Number(timeNs % 1_000_000_000n), true);
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, bytes.length, true);
    file.set(bytes, at + RECORD_HEADER);
    at += RECORD_HEADER + bytes.length;
  }
  return file;
}
