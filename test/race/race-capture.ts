/** Captures of a race by hand: a client's hop on port 8080, an upstream side's hops on port 8081. */
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import type { Connection } from '../../harness/model.ts';
import { EPOCH_NS, pcap } from '../packets/captures.ts';
import { type Conversation, conversation } from '../packets/conversation.ts';

/** A request with a mark in its target. */
export const ask = (method: string, target: string, body = ''): string =>
  `${method} ${target} HTTP/1.1\r\nHost: a.test\r\n${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`;

/** A response without a body. */
export const answer = (status: number, ...fields: string[]): string =>
  `HTTP/1.1 ${status} Some reason\r\n${fields.map((line) => `${line}\r\n`).join('')}Content-Length: 0\r\n\r\n`;

let ports = 40_000;

/** A hop that begins with a handshake, `atMs` after the capture's start. */
export const hop = (serverPort: number, atMs = 0): Conversation =>
  conversation({ serverPort, clientPort: ports++, startNs: EPOCH_NS + BigInt(atMs * 1e6) }).handshake();

/** The connections of a capture of all these hops, in the order of their times. */
export async function connectionsOf(...hops: Conversation[]): Promise<Connection[]> {
  const packets = hops.flatMap((one) => one.packets).sort((a, b) => Number(a.timeNs - b.timeNs));
  return (await decodeFile(pcap(packets), { ports: [8080, 8081] })).connections;
}
