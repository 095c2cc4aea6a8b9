/** The packets of a classic pcap file, as far as mutations need them: records, and the headers of Ethernet, IPv4 and TCP in them. */

export interface Packet {
  seconds: number;
  fraction: number;
  originalLength: number;
  bytes: Uint8Array;
}

export interface Capture {
  header: Uint8Array;
  packets: Packet[];
}

const RECORD_HEADER = 16;

/** Reads a little-endian pcap file that is known to be good. */
export function readPcap(file: Uint8Array): Capture {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const packets: Packet[] = [];
  for (let at = 24; at + RECORD_HEADER <= file.length; ) {
    const length = view.getUint32(at + 8, true);
    packets.push({
      seconds: view.getUint32(at, true),
      fraction: view.getUint32(at + 4, true),
      originalLength: view.getUint32(at + 12, true),
      bytes: file.slice(at + RECORD_HEADER, at + RECORD_HEADER + length),
    });
    at += RECORD_HEADER + length;
  }
  return { header: file.slice(0, 24), packets };
}

export function writePcap({ header, packets }: Capture): Uint8Array {
  let size = header.length;
  for (const { bytes } of packets) size += RECORD_HEADER + bytes.length;
  const file = new Uint8Array(size);
  file.set(header);
  const view = new DataView(file.buffer);
  let at = header.length;
  for (const { seconds, fraction, originalLength, bytes } of packets) {
    view.setUint32(at, seconds, true);
    view.setUint32(at + 4, fraction, true);
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, originalLength, true);
    file.set(bytes, at + RECORD_HEADER);
    at += RECORD_HEADER + bytes.length;
  }
  return file;
}

/** Offsets in an Ethernet frame with IPv4 without options. */
export const IP_TOTAL_LENGTH = 16;
export const TCP = 34;
export const TCP_SEQ = TCP + 4;
export const TCP_ACK = TCP + 8;
export const TCP_OFFSET = TCP + 12;
export const TCP_FLAGS = TCP + 13;
const HEADERS = TCP + 20;
export const SYN = 2;
export const ACK = 16;
const PSH = 8;
const FIN = 1;

/** One end of a conversation that is made up. */
export type Turn = readonly [from: 'client' | 'server', payload: Uint8Array];

const SEGMENT = 1448;

/**
 * A TCP connection from handshake to FIN that carries `turns`, in segments that every receiver would take. `segment`: the largest payload.
 */
export function conversation(
  turns: readonly Turn[],
  clientPort: number,
  start: { seconds: number; fraction: number },
  segment = SEGMENT,
): Packet[] {
  const packets: Packet[] = [];
  const next = { client: 1000, server: 4_294_967_000 };
  let { seconds, fraction } = start;
  const send = (from: 'client' | 'server', flags: number, payload: Uint8Array): void => {
    const bytes = new Uint8Array(HEADERS + payload.length);
    const view = new DataView(bytes.buffer);
    view.setUint16(12, 0x0800);
    view.setUint8(14, 0x45);
    view.setUint16(IP_TOTAL_LENGTH, Math.min(65_535, HEADERS - 14 + payload.length));
    view.setUint8(22, 64);
    view.setUint8(23, 6);
    view.setUint32(26, 0x7f000001);
    view.setUint32(30, 0x7f000001);
    view.setUint16(TCP, from === 'client' ? clientPort : 8080);
    view.setUint16(TCP + 2, from === 'client' ? 8080 : clientPort);
    view.setUint32(TCP_SEQ, next[from]);
    view.setUint32(TCP_ACK, next[from === 'client' ? 'server' : 'client']);
    view.setUint8(TCP_OFFSET, 0x50);
    view.setUint8(TCP_FLAGS, flags);
    view.setUint16(TCP + 14, 65_535);
    bytes.set(payload, HEADERS);
    packets.push({ seconds, fraction, originalLength: bytes.length, bytes });
    next[from] = (next[from] + payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0;
    fraction += 50_000;
    if (fraction >= 1_000_000_000) {
      fraction -= 1_000_000_000;
      seconds++;
    }
  };
  const nothing = new Uint8Array(0);
  send('client', SYN, nothing);
  send('server', SYN | ACK, nothing);
  send('client', ACK, nothing);
  for (const [from, payload] of turns) {
    for (let at = 0; at < payload.length; at += segment) send(from, ACK | PSH, payload.subarray(at, at + segment));
    send(from === 'client' ? 'server' : 'client', ACK, nothing);
  }
  send('server', FIN | ACK, nothing);
  send('client', FIN | ACK, nothing);
  send('server', ACK, nothing);
  return packets;
}
