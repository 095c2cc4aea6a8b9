/** The TCP side of a connection in the shared memory, and back. */
import { idOf } from '../tcp/connection-tracker.ts';
import type { DirectionIndex } from '../tcp/reassembly.ts';
import { COMPLETENESS_ACK, COMPLETENESS_DATA, type TrackedConnection } from '../tcp/tracked-connection.ts';
import * as at from './layout.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Writes the addresses and ports of a connection to `place`. */
export function writeAddresses(
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

/** Writes what one side of a connection has sent to `side`. `payloadBytes`: so many bytes so far. */
export function writeSide(
  memory: SharedMemory,
  side: number,
  { ends }: TrackedConnection,
  index: DirectionIndex,
  payloadBytes: number,
): void {
  const { sequence, largestSegment, lastPayloadFrame, lastPayloadNs, lastPayloadLength, lastIdentity, lastSeq } = ends[index];
  memory.set(side + at.LAST_IDENTITY, lastIdentity);
  memory.set(side + at.LAST_SEQ, lastSeq);
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
  memory.setTime(side + at.PAYLOAD_BYTES, payloadBytes);
}

/** Brings one side of a connection up to date from `side`. `payloadBytes`: what `writeSide` was given. */
export function readSide(
  memory: SharedMemory,
  side: number,
  connection: TrackedConnection,
  index: DirectionIndex,
  payloadBytes: number,
): void {
  const end = connection.ends[index];
  const { sequence } = end;
  const frames = memory.get(side + at.FRAMES);
  if (frames === 0) return;
  sequence.nextSeq = memory.get(side + at.NEXT_SEQ);
  sequence.nextSeqNs = memory.getTime(side + at.NEXT_SEQ_NS);
  sequence.maxSeqToBeAcked = memory.get(side + at.MAX_SEQ_TO_BE_ACKED);
  sequence.lastAck = memory.get(side + at.LAST_ACK);
  sequence.lastAckNs = memory.getTime(side + at.LAST_ACK_NS);
  sequence.ackMovedFrame = memory.get(side + at.ACK_MOVED_FRAME);
  sequence.ackMovedNs = memory.getTime(side + at.ACK_MOVED_NS);
  sequence.window = memory.get(side + at.WINDOW);
  sequence.duplicateAcks = memory.get(side + at.DUPLICATE_ACKS);
  sequence.isFirstAck = false;
  // Those of a plain segment are none, or a window update; the next segment asks for neither.
  sequence.lastFlags = 0;
  const segments = memory.get(side + at.SEGMENTS);
  if (segments > 0) {
    connection.completeness |= COMPLETENESS_DATA;
    connection.backNs = 0;
  }
  if (segments < frames) connection.completeness |= COMPLETENESS_ACK;
  connection.frameCount += frames;
  end.frames += frames;
  const identity = memory.get(side + at.LAST_IDENTITY);
  if (end.lastIdentity !== 0 && idOf(end.lastIdentity) !== idOf(identity)) end.hasOwnIds = true;
  end.lastIdentity = identity;
  end.lastSeq = memory.get(side + at.LAST_SEQ);
  end.lastLength = (sequence.nextSeq - end.lastSeq) | 0;
  end.lastControl = 0;
  end.segments += segments;
  end.largestSegment = memory.get(side + at.LARGEST_SEGMENT);
  end.lastPayloadFrame = memory.get(side + at.LAST_PAYLOAD_FRAME);
  end.lastPayloadNs = memory.getTime(side + at.LAST_PAYLOAD_NS);
  end.lastPayloadLength = memory.get(side + at.LAST_PAYLOAD_LENGTH);
  const reassembly = connection.reassembly!;
  reassembly.acknowledge(index === 0 ? 1 : 0, sequence.lastAck);
  reassembly.skip(index, memory.getTime(side + at.PAYLOAD_BYTES) - payloadBytes);
}
