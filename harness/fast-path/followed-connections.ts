/** A connection that the fast path followed from its SYN on becomes one that the tracker might have followed. */
import type { HttpStream } from '../http/http-stream.ts';
import { identify } from '../tcp/connection-table.ts';
import type { DirectionIndex, Reassembly } from '../tcp/reassembly.ts';
import {
  COMPLETENESS_ACK,
  COMPLETENESS_DATA,
  COMPLETENESS_FIN,
  COMPLETENESS_SYN,
  COMPLETENESS_SYN_ACK,
  noteClose,
  TrackedConnection,
} from '../tcp/tracked-connection.ts';
import * as at from './layout.ts';
import type { SharedMemory } from './shared-memory.ts';
import { readPayload, readSequence } from './sides.ts';

const CLIENT: DirectionIndex = 0;
const SERVER: DirectionIndex = 1;
const SIDES = [
  { index: CLIENT, name: 'client', offset: at.CLIENT },
  { index: SERVER, name: 'server', offset: at.SERVER },
] as const;

/** Which connection it is. */
export function newFollowed(memory: SharedMemory, place: number): TrackedConnection {
  const connection = new TrackedConnection(memory.get(place + at.STREAM));
  const ipVersion = memory.get(place + at.IP_VERSION);
  identify(connection, {
    bytes: memory.bytes,
    ipVersion,
    source: place + at.CLIENT_ADDRESS,
    destination: place + at.SERVER_ADDRESS,
    addressBytes: ipVersion === 4 ? 4 : 16,
    sourcePort: memory.getPort(place + at.CLIENT_PORT),
    destinationPort: memory.getPort(place + at.SERVER_PORT),
  });
  connection.clientSettled = true;
  connection.lent = place;
  connection.lastFrame = memory.get(place + at.LAST_FRAME);
  return connection;
}

/** All that is noted of the connection itself. */
export function readFollowed(memory: SharedMemory, place: number, connection: TrackedConnection): void {
  connection.midStream = false;
  connection.firstFrame = connection.synFrame = memory.get(place + at.SYN_FRAME);
  connection.startNs = connection.synNs = connection.lastSynNs = memory.getTime(place + at.SYN_NS);
  connection.lastFrame = memory.get(place + at.LAST_FRAME);
  connection.endNs = memory.getTime(place + at.END_NS);
  connection.completeness = COMPLETENESS_SYN;
  const synAckFrame = memory.get(place + at.SYN_ACK_FRAME);
  if (synAckFrame > 0) {
    connection.synAckFrame = connection.lastSynAckFrame = synAckFrame;
    connection.synAckNs = memory.getTime(place + at.SYN_ACK_NS);
    connection.synAcks = 1;
    connection.completeness |= COMPLETENESS_SYN_ACK;
  }
  connection.ackFrame = memory.get(place + at.ACK_FRAME);
  if (connection.ackFrame > 0) {
    connection.ackNs = memory.getTime(place + at.ACK_NS);
    connection.firstRoundTripNs = connection.ackNs - connection.synNs;
  }
  for (const { index, offset } of SIDES) readSide(memory, place + offset, connection, index);
  connection.exchangesElsewhere = memory.get(place + at.COUNTED);
  for (const { index, offset } of inOrderOfFins(memory, place))
    noteClose(connection, index, 'FIN', memory.get(place + offset + at.FIN_FRAME), memory.getTime(place + offset + at.FIN_NS));
}

function readSide(memory: SharedMemory, side: number, connection: TrackedConnection, index: DirectionIndex): void {
  const end = connection.ends[index];
  const { sequence } = end;
  const frames = memory.get(side + at.FRAMES);
  end.frames = frames;
  connection.frameCount += frames;
  readSequence(memory, side, sequence);
  sequence.windowScale = memory.get(side + at.WINDOW_SCALE);
  if (frames === 0) return;
  end.hasSyn = sequence.baseSeqSet = true;
  end.initialSeq = sequence.baseSeq = memory.get(side + at.INITIAL_SEQ);
  end.mss = memory.get(side + at.OFFERED_MSS);
  end.windowScale = memory.get(side + at.OFFERED_SCALE);
  end.sackPermitted = memory.get(side + at.SACK_PERMITTED) !== 0;
  end.segments = memory.get(side + at.SEGMENTS);
  sequence.isFirstAck = !hasAcknowledged(frames);
  readPayload(memory, side, end);
  end.payloadBytes = memory.getTime(side + at.PAYLOAD_BYTES);
  if (end.segments > 0) connection.completeness |= COMPLETENESS_DATA;
  if (frames - 1 > end.segments) connection.completeness |= COMPLETENESS_ACK;
  if (memory.get(side + at.FIN_FRAME) > 0) connection.completeness |= COMPLETENESS_FIN;
}

/** With its first frame, which is its SYN, a side is not yet one that scales windows. */
const hasAcknowledged = (frames: number): boolean => frames > 1;

/** Reassembly and HTTP go on behind what was seen. */
export function readOn(memory: SharedMemory, place: number, connection: TrackedConnection, reassembly: Reassembly, http: HttpStream): void {
  for (const { index, offset } of SIDES) {
    const end = connection.ends[index];
    if (!end.hasSyn) continue;
    reassembly.synchronize(index, end.initialSeq + 1);
    reassembly.skip(index, end.payloadBytes, memory.get(place + offset + at.FIN_FRAME) > 0);
    if (hasAcknowledged(end.frames)) reassembly.acknowledge(index === CLIENT ? SERVER : CLIENT, end.sequence.lastAck);
  }
  const [client, server] = connection.ends;
  http.skip(connection.exchangesElsewhere, [client.payloadBytes, server.payloadBytes]);
  for (const { name, offset } of inOrderOfFins(memory, place)) http.fin(name, memory.get(place + offset + at.FIN_FRAME));
}

/** The sides that have sent a FIN, the first one first. */
function inOrderOfFins(memory: SharedMemory, place: number): readonly (typeof SIDES)[number][] {
  const clientFin = memory.get(place + at.CLIENT + at.FIN_FRAME);
  const serverFin = memory.get(place + at.SERVER + at.FIN_FRAME);
  const [client, server] = SIDES;
  if (clientFin === 0) return serverFin === 0 ? [] : [server];
  if (serverFin === 0) return [client];
  return clientFin < serverFin ? SIDES : [server, client];
}
