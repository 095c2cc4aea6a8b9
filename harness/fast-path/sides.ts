/** Addresses and sides of a connection in the shared memory, and back. */
import type { DirectionIndex } from '../tcp/reassembly.ts';
import type { SequenceState } from '../tcp/sequence-analysis.ts';
import { COMPLETENESS_ACK, COMPLETENESS_DATA, type End, type TrackedConnection } from '../tcp/tracked-connection.ts';
import * as at from './layout.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Its addresses and ports, from client to server. */
export function setAddresses(
  memory: SharedMemory,
  place: number,
  { client, ends, address0, address1, ipVersion }: TrackedConnection,
): void {
  const [clientAddress, serverAddress] = client === 0 ? [address0, address1] : [address1, address0];
  for (let word = 0; word < 4; word++) {
    memory.setWord(place + at.CLIENT_ADDRESS + word * 4, clientAddress[word]!);
    memory.setWord(place + at.SERVER_ADDRESS + word * 4, serverAddress[word]!);
  }
  memory.setPort(place + at.CLIENT_PORT, ends[client].port);
  memory.setPort(place + at.SERVER_PORT, ends[client === 0 ? 1 : 0].port);
  memory.set(place + at.IP_VERSION, ipVersion);
}

/** What a lent connection has seen of one side: `offset` bytes before. */
export function lendSide(memory: SharedMemory, side: number, { ends }: TrackedConnection, index: DirectionIndex, offset: number): void {
  const { sequence, largestSegment, lastPayloadFrame, lastPayloadNs, lastPayloadLength } = ends[index];
  memory.set(side + at.NEXT_SEQ, sequence.nextSeq);
  memory.setTime(side + at.NEXT_SEQ_NS, sequence.nextSeqNs);
  memory.set(side + at.MAX_SEQ_TO_BE_ACKED, sequence.maxSeqToBeAcked);
  memory.set(side + at.LAST_ACK, sequence.lastAck);
  memory.setTime(side + at.LAST_ACK_NS, sequence.lastAckNs);
  memory.set(side + at.ACK_MOVED_FRAME, sequence.ackMovedFrame);
  memory.setTime(side + at.ACK_MOVED_NS, sequence.ackMovedNs);
  memory.set(side + at.WINDOW, sequence.window);
  memory.set(side + at.WINDOW_SCALE, sequence.windowScale);
  memory.set(side + at.WINDOW_SHIFT, sequence.isFirstAck ? 0 : Math.max(sequence.windowScale, 0));
  memory.set(side + at.DUPLICATE_ACKS, sequence.duplicateAcks);
  memory.set(side + at.FRAMES, 0);
  memory.set(side + at.SEGMENTS, 0);
  memory.set(side + at.LARGEST_SEGMENT, largestSegment);
  memory.set(side + at.LAST_PAYLOAD_FRAME, lastPayloadFrame);
  memory.setTime(side + at.LAST_PAYLOAD_NS, lastPayloadNs);
  memory.set(side + at.LAST_PAYLOAD_LENGTH, lastPayloadLength);
  memory.setTime(side + at.PAYLOAD_BYTES, offset);
}

/**
 * Brings a side of a lent connection up to date.
 * @returns payload bytes of the side so far
 */
export function reclaimSide(
  memory: SharedMemory,
  side: number,
  connection: TrackedConnection,
  index: DirectionIndex,
  offset: number,
): number {
  const end = connection.ends[index];
  const { sequence } = end;
  const frames = memory.get(side + at.FRAMES);
  readSequence(memory, side, sequence);
  if (frames > 0) {
    sequence.isFirstAck = false;
    // That of a plain segment is none, or the update of a window; neither is asked for again.
    sequence.lastFlags = 0;
    connection.reassembly!.acknowledge(index === 0 ? 1 : 0, sequence.lastAck);
  }
  const segments = memory.get(side + at.SEGMENTS);
  if (segments > 0) connection.completeness |= COMPLETENESS_DATA;
  if (segments < frames) connection.completeness |= COMPLETENESS_ACK;
  connection.frameCount += frames;
  end.frames += frames;
  end.segments += segments;
  readPayload(memory, side, end);
  const bytes = memory.getTime(side + at.PAYLOAD_BYTES);
  connection.reassembly!.skip(index, bytes - offset);
  return bytes;
}

export function readSequence(memory: SharedMemory, side: number, sequence: SequenceState): void {
  sequence.nextSeq = memory.get(side + at.NEXT_SEQ);
  sequence.nextSeqNs = memory.getTime(side + at.NEXT_SEQ_NS);
  sequence.maxSeqToBeAcked = memory.get(side + at.MAX_SEQ_TO_BE_ACKED);
  sequence.lastAck = memory.get(side + at.LAST_ACK);
  sequence.lastAckNs = memory.getTime(side + at.LAST_ACK_NS);
  sequence.ackMovedFrame = memory.get(side + at.ACK_MOVED_FRAME);
  sequence.ackMovedNs = memory.getTime(side + at.ACK_MOVED_NS);
  sequence.window = memory.get(side + at.WINDOW);
  sequence.duplicateAcks = memory.get(side + at.DUPLICATE_ACKS);
}

export function readPayload(memory: SharedMemory, side: number, end: End): void {
  end.largestSegment = memory.get(side + at.LARGEST_SEGMENT);
  end.lastPayloadFrame = memory.get(side + at.LAST_PAYLOAD_FRAME);
  end.lastPayloadNs = memory.getTime(side + at.LAST_PAYLOAD_NS);
  end.lastPayloadLength = memory.get(side + at.LAST_PAYLOAD_LENGTH);
}
