import type { CaptureInfo, Connection, Evidence, Side } from '../model.ts';

/** What the proof needs of the evidence. */
export type Captured = Pick<Evidence, 'connections' | 'behind'> & {
  capture: Pick<CaptureInfo, 'dropped' | 'undecoded' | 'frames' | 'hasEnd'>;
};

/** No more than this many reasons of one kind are spelled out. */
const NAMED = 3;

/**
 * Proves from sequence numbers that no packet of the cell is missing: whatever one side acknowledged was captured, and every
 * connection was captured from its SYN on. The file must have its end, the interface statistics. A drop counter, where the backend has one, must be zero too.
 * @returns the reasons why the capture can't be shown as whole; none where it is complete
 */
export function incompleteness(evidence: Captured): string[] {
  const { capture } = evidence;
  const connections = [...evidence.connections, ...(evidence.behind ?? [])];
  const reasons: string[] = [];
  if (capture.frames === 0) reasons.push('no frame was captured');
  if (!capture.hasEnd) reasons.push('the capture was cut short: the statistics that end it are missing');
  if (capture.dropped !== null && capture.dropped > 0) reasons.push(`the capture backend dropped ${capture.dropped} packets`);
  for (const [reason, frames] of Object.entries(capture.undecoded)) {
    if (frames > 0) reasons.push(`${frames} frames could not be read whole: ${reason}`);
  }
  reasons.push(
    ...named(
      connections.filter((connection) => connection.midStream),
      (connection) => `connection ${connection.stream} has no SYN in the capture`,
    ),
  );
  reasons.push(
    ...named(
      connections.filter(hasHalfHandshake),
      (connection) => `connection ${connection.stream} carried data, but its handshake is not whole`,
    ),
  );
  const sides: Side[] = ['client', 'server'];
  for (const side of sides) {
    const missing = connections.filter((connection) => connection.sides[side].missingBytes > 0);
    reasons.push(
      ...named(
        missing,
        (connection) =>
          `${connection.sides[side].missingBytes} acknowledged bytes of the ${side} of connection ${connection.stream} are missing`,
      ),
    );
  }
  return reasons;
}

/** A refused or unanswered SYN is a fact on the wire; data without a handshake is a hole in the capture. */
const hasHalfHandshake = ({ midStream, handshake, sides }: Connection): boolean =>
  !midStream && handshake === null && sides.client.payloadBytes + sides.server.payloadBytes > 0;

function named<T>(items: T[], say: (item: T) => string): string[] {
  const reasons = items.slice(0, NAMED).map(say);
  return items.length > NAMED ? [...reasons, `… and ${items.length - NAMED} more of this kind`] : reasons;
}
