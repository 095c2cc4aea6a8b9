/**
 * Which segments the receiver can have accepted (RFC 9293 §3.5.3, §3.10.7; RFC 5961 §3.2). A RST or SYN-ACK that it dropped ends nothing, and its numbers are
 * of another connection.
 */
import type { TcpSegment } from '../wire/segment.ts';
import { ACK, FIN, RST, SYN } from '../wire/tcp.ts';
import { distance } from './assembler.ts';
import { type DirectionIndex, UNACKNOWLEDGED_HOLE_MAX } from './reassembly.ts';
import { windowOf } from './sequence-analysis.ts';
import type { End, TrackedConnection } from './tracked-connection.ts';

/**
 * `not-acceptable`: the receiver drops it. `other-syn-ack`: it has another number than the SYN-ACK before it; the client's answer shows which of them counts.
 * `doubtful`: a RST inside the window, but not at the next number. The receiver asks with a challenge ACK whether it is meant.
 */
export type Acceptance = 'acceptable' | 'not-acceptable' | 'other-syn-ack' | 'doubtful';

/** Whether `acceptance` has anything to judge in a segment from `own`: most segments are neither, and come after the SYN-ACK. */
export const isToBeJudged = (flags: number, own: End, other: End): boolean => (flags & (RST | SYN)) !== 0 || (other.hasSyn && !own.hasSyn);

/** Judges a segment before anything else looks at it. */
export function acceptance(connection: TrackedConnection, direction: DirectionIndex, segment: TcpSegment): Acceptance {
  const own = connection.ends[direction];
  const other = connection.ends[direction === 0 ? 1 : 0];
  const { flags, seq, ack, payloadLength } = segment;
  const isFromServer = direction !== connection.client;
  if (connection.synFrame > 0 && isFromServer && !isHeard(own)) {
    // The client is in SYN-SENT (RFC 9293 §3.10.7.3). Data and FINs that acknowledge more than it has sent are taken: then the SYN-ACK is missing in the capture.
    const isBare = payloadLength === 0 && !(flags & FIN);
    if (flags & ACK) {
      const ahead = distance(ack, other.initialSeq);
      const isOfThisSyn = ahead > 0 && distance(ack, other.sequence.nextSeq) <= 0;
      const mayBeOfThisSyn = !isBare && !(flags & SYN) && ahead > 0 && ahead <= UNACKNOWLEDGED_HOLE_MAX;
      // Captures made by hand may not count the SYN.
      const isUncounted = ack === other.initialSeq;
      return isOfThisSyn || isUncounted || mayBeOfThisSyn ? 'acceptable' : 'not-acceptable';
    }
    return flags & RST ? 'not-acceptable' : 'acceptable';
  }
  if (flags & RST) return acceptanceOfReset(connection.synFrame > 0 && !isFromServer, own, other, seq);
  if ((flags & (SYN | ACK)) === (SYN | ACK) && isFromServer && own.hasSyn && own.initialSeq !== seq) {
    return connection.ackFrame > 0 || own.segments > 0 ? 'not-acceptable' : 'other-syn-ack';
  }
  return 'acceptable';
}

/** Whether a segment of this end has been taken. */
const isHeard = ({ sequence }: End): boolean => sequence.window !== -1;

function acceptanceOfReset(isClientWithSyn: boolean, own: End, other: End, seq: number): Acceptance {
  const next = own.sequence.nextSeq;
  const expected = other.sequence.lastAck;
  // With it the client rejects what a server sent that has half of an old connection (RFC 9293 §3.5.1).
  if (isClientWithSyn && !isHeard(other)) {
    return distance(seq, own.initialSeq) >= 0 && distance(seq, next) <= 0 ? 'acceptable' : 'not-acceptable';
  }
  // Nothing of one side is in the capture: it can't be judged.
  if (next === 0 || expected === 0) return 'acceptable';
  const [from, to] = distance(expected, next) < 0 ? [expected, next] : [next, expected];
  if (distance(seq, from) >= 0 && distance(seq, to) <= 0) return 'acceptable';
  const ahead = distance(seq, expected);
  // After its FIN macOS sends the number of the FIN, which Linux takes.
  if (ahead === -1 && own.finFrame > 0) return 'acceptable';
  return ahead > 0 && ahead < windowOf(other.sequence) ? 'doubtful' : 'not-acceptable';
}
