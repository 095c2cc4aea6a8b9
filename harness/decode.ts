/** From a capture to its connections and exchanges: the composition of readers, layers, reassembly and HTTP. */
import { countFault, newFacts, type OnPacket } from './capture/packet-reader.ts';
import { type CaptureSource, readCapture } from './capture/read-capture.ts';
import { createHttpStream, type KeptExchanges } from './http/http-stream.ts';
import { looksLike } from './http/start-line.ts';
import type { CaptureInfo, Connection, Exchange, FrameRecord } from './model.ts';
import { type ConnectionLimits, ConnectionTracker } from './tcp/connection-tracker.ts';
import type { ConnectionIdentity } from './tcp/tracked-connection.ts';
import { newSegment, OTHER_PROTOCOL, readSegment } from './wire/segment.ts';

export interface DecodeOptions {
  /** Ports on which servers listen, for connections whose start was not captured. */
  ports?: readonly number[];
  /** How many exchanges connections may keep in all; the rest are told to `exchange` only. Without it each keeps `EXCHANGES_KEPT`. */
  kept?: KeptExchanges;
  /** How many connections are followed at one time; without it `CONNECTION_LIMITS`. */
  limits?: ConnectionLimits;
}

/** Who is told what, with what has been read of the capture's own comments so far. A connection is told after its exchanges. */
export interface DecodeSink {
  connection?(connection: Connection, comments: FrameComments): void;
  exchange?(exchange: Exchange, connection: ConnectionIdentity, comments: FrameComments): void;
  frame?(record: FrameRecord): void;
}

export type FrameComments = CaptureInfo['frameComments'];

export interface DecodedCapture {
  capture: CaptureInfo;
  /** In the order of `stream`. */
  connections: Connection[];
  /** Only where they were asked for. */
  frames?: FrameRecord[];
}

/**
 * Decodes a capture of any size in constant memory: connections that are over are told and dropped.
 * @throws NotACaptureError where the source is no capture at all, the file system's error where it can't be read. Damage further on
 * ends the decoding and is named in `undecoded`.
 */
export async function decodeCapture(source: CaptureSource, options: DecodeOptions, sink: DecodeSink): Promise<CaptureInfo> {
  const undecoded: Record<string, number> = {};
  const facts = newFacts();
  const segment = newSegment();
  const tracker = new ConnectionTracker({
    createSink: (connection) =>
      createHttpStream((exchange) => sink.exchange?.(exchange, connection, facts.frameComments), connection.stream, options.kept),
    onConnection: (connection) => sink.connection?.(connection, facts.frameComments),
    speaker,
    ...(sink.frame ? { onFrame: (record: FrameRecord) => sink.frame?.(record) } : {}),
    ...(options.ports ? { ports: options.ports } : {}),
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const onPacket: OnPacket = (packet) => {
    const { bytes, start, end, originalLength } = packet;
    if (end - start < originalLength) countFault(undecoded, 'cut-by-snap-length');
    const fault = readSegment(packet.linkType, bytes, start, end, originalLength, segment);
    if (fault === null) {
      if (segment.fault !== null) countFault(undecoded, segment.fault);
      segment.frame = packet.frame;
      segment.timeNs = packet.timeNs;
      tracker.segment(segment);
    } else if (fault !== OTHER_PROTOCOL) {
      countFault(undecoded, fault);
    }
  };
  await readCapture(source, onPacket, facts);
  tracker.end();
  if (tracker.lateFrames > 0) undecoded['after-its-connection-was-told'] = tracker.lateFrames;
  const baseEpochNs = facts.baseEpochNs ?? 0n;
  return {
    baseEpochNs,
    linkTypes: facts.linkTypes,
    frames: facts.frames,
    undecoded: { ...undecoded, ...facts.faults },
    received: facts.received,
    dropped: facts.dropped,
    endNs: facts.endEpochNs === null ? facts.lastNs : Math.max(Number(facts.endEpochNs - baseEpochNs), facts.lastNs),
    sectionComments: facts.sectionComments,
    frameComments: facts.frameComments,
  };
}

/** Decodes a capture that fits in memory. `frames: true` records every TCP frame, for ladder diagrams. */
export async function decodeFile(source: CaptureSource, options: DecodeOptions & { frames?: boolean } = {}): Promise<DecodedCapture> {
  const connections: Connection[] = [];
  const frames: FrameRecord[] = [];
  const limits = { open: Number.POSITIVE_INFINITY, finished: Number.POSITIVE_INFINITY };
  const capture = await decodeCapture(
    source,
    { limits, ...options },
    {
      connection: (connection) => connections.push(connection),
      ...(options.frames ? { frame: (record: FrameRecord) => frames.push(record) } : {}),
    },
  );
  connections.sort((a, b) => a.stream - b.stream);
  frames.sort((a, b) => a.frame - b.frame);
  return { capture, connections, ...(options.frames ? { frames } : {}) };
}

function speaker(bytes: Uint8Array, start: number, end: number, cut: boolean): 'client' | 'server' | null {
  const kind = looksLike(bytes, start, end, cut);
  return kind === null ? null : kind === 'request' ? 'client' : 'server';
}
