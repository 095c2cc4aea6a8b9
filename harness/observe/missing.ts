/** What of a connection is not in the capture. */
import type { Connection, Message } from '../model.ts';

/** `start`: its handshake; `client-side`, `server-side`: every packet of that side; `bytes`: a part of what was sent. */
export type MissingPart = 'start' | 'client-side' | 'server-side' | 'bytes';

/** Whether all that the client is seen to have sent are SYNs: what else it sends shows that a SYN-ACK came. */
export const sentOnlySyns = ({ sides: { client } }: Connection): boolean =>
  client.initialSequenceNumber !== null && client.frames - client.retransmissions - client.duplicatePackets === 1;

/** Bits of `completeness` that show that an end goes on after a SYN. */
const ACK_DATA_OR_FIN = 4 | 8 | 16;

/** The parts that are missing; none where the connection is whole. */
export function missingParts(connection: Connection): MissingPart[] {
  const { sides, completeness, midStream, handshake } = connection;
  const { client, server } = sides;
  const parts: MissingPart[] = [];
  const payload = client.payloadBytes + server.payloadBytes;
  if (midStream || (handshake === null && payload > 0)) parts.push('start');
  if (client.frames === 0) parts.push('client-side');
  // A SYN without an answer lacks nothing: none came.
  if (server.frames === 0 && (midStream || (completeness & ACK_DATA_OR_FIN) !== 0)) parts.push('server-side');
  if (!parts.includes('client-side') && !parts.includes('server-side') && hasHole(connection)) parts.push('bytes');
  return parts;
}

function hasHole({ sides, exchanges }: Connection): boolean {
  if (sides.client.missingBytes > 0 || sides.server.missingBytes > 0) return true;
  return exchanges.some(({ request, response }) =>
    [request, response].some((message) => message?.problems.some(({ kind }) => kind === 'gap-in-head' || kind === 'gap-in-body')),
  );
}

/** Whether bytes of the message are missing so that its head, or where it ends, is not known: those of a body that is counted, or ends with the connection, hide neither. */
const isHidden = ({ problems, framing }: Message): boolean =>
  problems.some(({ kind }) => kind === 'gap-in-head' || (kind === 'gap-in-body' && framing !== 'content-length' && framing !== 'close'));

/** Whether the message came to its end, though bytes of its body may not be in the capture. */
export const hasEnded = (message: Message): boolean =>
  message.complete ||
  (!isHidden(message) &&
    message.problems.some(({ kind }) => kind === 'gap-in-body') &&
    !message.problems.some(({ kind }) => kind === 'truncated'));

/**
 * Whether the capture shows why the connection was closed: both sides of it, and how the last exchange ended.
 */
export function showsClose(connection: Connection, missing: readonly MissingPart[]): boolean {
  if (missing.includes('client-side') || missing.includes('server-side')) return false;
  const last = connection.exchanges.at(-1);
  if (missing.includes('start') && !last?.request) return false;
  return [last?.request, last?.response].every((message) => !message || !isHidden(message));
}
