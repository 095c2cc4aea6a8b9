/** What of a capture can't be judged, and why. */
import type { Connection, Protocol } from '../../model.ts';
import { sentOnlySyns } from '../../observe/missing.ts';
import { frameList } from '../../observe/step.ts';
import { answers, codingOf, eachAnswer } from '../evidence.ts';
import { defineFinding } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** All frames of one side are missing, though the other side's show that there were some. */
const oneDirection = defineFinding({
  id: 'capture.one-direction',
  severity: 'note',
  level: null,
  spec: null,
  look: (on) =>
    on.connections.flatMap((connection) => {
      const { stream, firstFrame, lastFrame, sides } = connection;
      const missing = sides.client.frames === 0 ? 'client' : sides.server.frames === 0 ? 'server' : null;
      const seen = missing === 'client' ? sides.server : sides.client;
      const isHandshake =
        missing === 'server' && seen.initialSequenceNumber !== null && seen.rstFrame === null && !sentOnlySyns(connection);
      const isPlain =
        isHandshake || seen.payloadBytes > 0 || seen.finFrame !== null || (missing !== null && sides[missing].missingBytes > 0);
      return missing !== null && isPlain ? [{ args: { missing }, stream, frames: frameList(firstFrame, lastFrame) }] : [];
    }),
});

const isBothWays = ({ sides }: Connection): boolean => sides.client.frames > 0 && sides.server.frames > 0;

const midStream = defineFinding({
  id: 'capture.mid-stream',
  severity: 'note',
  level: null,
  spec: null,
  look: (on) =>
    on.connections
      .filter((connection) => connection.midStream && isBothWays(connection))
      .map(({ stream, firstFrame }) => ({ args: {}, stream, frames: [firstFrame] })),
});

const missingBytes = defineFinding({
  id: 'capture.bytes-missing',
  severity: 'note',
  level: null,
  spec: null,
  look: (on) =>
    on.connections
      .filter((connection) => isBothWays(connection) && connection.sides.client.missingBytes + connection.sides.server.missingBytes > 0)
      .map(({ stream, firstFrame, lastFrame, sides }) => ({
        args: { client: sides.client.missingBytes, server: sides.server.missingBytes },
        stream,
        frames: frameList(firstFrame, lastFrame),
      })),
});

/** Protocols that have to be made readable first. */
const UNREAD: Partial<Record<Protocol, string>> = { tls: 'TLS', 'http/2': 'HTTP/2' };

const notRead = defineFinding({
  id: 'capture.protocol-not-read',
  severity: 'note',
  level: null,
  spec: null,
  look: (on) =>
    on.connections.flatMap(({ stream, protocol, protocolFrame, firstFrame }) => {
      const name = UNREAD[protocol];
      return name === undefined ? [] : [{ args: { protocol: name }, stream, frames: frameList(protocolFrame ?? firstFrame) }];
    }),
});

/** Parts and coded content that were not looked into. */
const notKept = defineFinding({
  id: 'capture.content-not-kept',
  severity: 'note',
  level: null,
  spec: null,
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      const isCompared = response.status === 206 || (response.status === 200 && codingOf(response) !== 'identity');
      return isCompared && response.complete && response.content === null && { bytes: response.bodyBytes };
    }),
});

const SNAP_LENGTH = 'cut-by-snap-length';

const cut = defineFinding({
  id: 'capture.cut-by-snap-length',
  severity: 'note',
  level: null,
  spec: null,
  about: 'capture',
  look: ({ capture }) => {
    const count = capture.undecoded[SNAP_LENGTH] ?? 0;
    return count > 0 ? [{ args: { count, frames: capture.frames }, stream: null, frames: [] }] : [];
  },
});

const undecoded = defineFinding({
  id: 'capture.undecoded',
  severity: 'note',
  level: null,
  spec: null,
  about: 'capture',
  look: ({ capture }) => {
    const reasons = Object.entries(capture.undecoded).filter(([reason, count]) => reason !== SNAP_LENGTH && count > 0);
    if (reasons.length === 0) return [];
    const list = reasons.map(([reason, count]) => `${count} × ${reason}`).join(', ');
    return [{ args: { list, frames: capture.frames }, stream: null, frames: [] }];
  },
});

const dropped = defineFinding({
  id: 'capture.dropped',
  severity: 'note',
  level: null,
  spec: null,
  about: 'capture',
  look: ({ capture: { dropped: count, received } }) =>
    count !== null && count > 0 ? [{ args: { count, received: received ?? 0 }, stream: null, frames: [] }] : [],
});

const nothing = defineFinding({
  id: 'capture.no-connection',
  severity: 'note',
  level: null,
  spec: null,
  about: 'capture',
  look: ({ capture, connections }: LookedAt) =>
    connections.length === 0
      ? [{ args: { frames: capture.frames, links: capture.linkTypes.join(', ') || '-' }, stream: null, frames: [] }]
      : [],
});

export const capture = [nothing, oneDirection, midStream, missingBytes, notRead, notKept, cut, undecoded, dropped];
