/** From a capture to its connections and exchanges: the composition of readers, layers, reassembly and HTTP. */
import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { countFault, newFacts, type OnPacket } from '../capture-file/packet-reader.ts';
import { type CaptureSource, readCapture } from '../capture-file/read-capture.ts';
import { loadFastPath } from '../fast-path/fast-path.ts';
import type { Listing } from '../fast-path/listed-servers.ts';
import type { ExchangeBudget } from '../http/exchange-budget.ts';
import { createHttpStream } from '../http/http-stream.ts';
import { looksLike } from '../http/start-line.ts';
import type { CaptureInfo, Connection, Exchange, FrameRecord } from '../model.ts';
import { type ConnectionLimits, ConnectionTracker } from '../tcp/connection-tracker.ts';
import type { ConnectionIdentity } from '../tcp/tracked-connection.ts';
import { Fragments, HELD_FRAGMENT } from '../wire/fragments.ts';
import { isOrdinary } from '../wire/protocol-names.ts';
import { newSegment, readSegment } from '../wire/segment.ts';

export interface DecodeOptions {
  /** Ports on which servers listen, for connections whose start was not captured. */
  ports?: readonly number[];
  /** Of the exchanges that connections keep; the rest are told to `exchange` only. Without it each keeps `EXCHANGES_KEPT`. */
  budget?: ExchangeBudget;
  /** How many connections are followed at one time; without it `CONNECTION_LIMITS`. */
  limits?: ConnectionLimits;
  /** Size in bytes from which a capture takes the fast path: loading it costs as much as reading a few megabytes. Without it `FAST_PATH_FROM_BYTES`. */
  fastPathFrom?: number;
}

/** Where no more packets than these take the slow path, collecting garbage early costs more time than the memory is worth. */
const MOSTLY_PLAIN_PACKETS = 50_000;

export const FAST_PATH_FROM_BYTES = 4 * 1024 * 1024;

/** Who is told what, with what has been read of the capture's own comments so far. A connection is told after its exchanges. */
export interface DecodeSink {
  connection?(connection: Connection, comments: FrameComments): void;
  exchange?(exchange: Exchange, connection: ConnectionIdentity, comments: FrameComments): void;
  frame?(record: FrameRecord): void;
  /** Where it is given, the fast path lists plain exchanges that are not among those kept here instead of telling `exchange`. */
  listing?: Listing;
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
  const otherProtocols: Record<string, number> = {};
  const fragments = new Fragments();
  const segment = newSegment();
  const fastPath = await fastPathFor(source, options, sink);
  const tracker = new ConnectionTracker({
    createSink: (connection) =>
      createHttpStream(
        (exchange) => sink.exchange?.(exchange, connection, facts.frameComments),
        connection.stream,
        options.budget,
        options.budget?.isClosedTo(connection),
      ),
    onConnection: (connection) => {
      if (connection.exchanges.length === 0 && connection.exchangeCount > 0) options.budget?.withoutExchanges.add(connection);
      sink.connection?.(connection, facts.frameComments);
    },
    speaker,
    ...(sink.frame ? { onFrame: (record: FrameRecord) => sink.frame?.(record) } : {}),
    ...(options.ports ? { ports: options.ports } : {}),
    ...(options.limits ? { limits: options.limits } : {}),
    ...(fastPath ? { lender: fastPath } : {}),
  });
  let untilHeapIsKeptSmall = fastPath === null ? 1 : MOSTLY_PLAIN_PACKETS;
  const onPacket: OnPacket = (packet) => {
    // What is dropped with a connection is soon most of the heap: without this it grows to four times what is in use.
    if (--untilHeapIsKeptSmall === 0 && options.budget) setFlagsFromString('--heap-growing-percent=50');
    const { bytes, start, end, originalLength } = packet;
    if (end - start < originalLength) countFault(undecoded, 'cut-by-snap-length');
    segment.timeNs = packet.timeNs;
    const fault = readSegment(packet.linkType, bytes, start, end, originalLength, segment, fragments);
    if (fault === null) {
      if (segment.fault !== null) countFault(undecoded, segment.fault);
      segment.frame = packet.frame;
      tracker.segment(segment);
    } else if (fault !== HELD_FRAGMENT) {
      countFault(isOrdinary(fault) ? otherProtocols : undecoded, fault);
    }
  };
  await readCapture(source, onPacket, facts, fastPath);
  tracker.end();
  fragments.countLost(undecoded);
  if (tracker.lateFrames > 0) undecoded['after-its-connection-was-told'] = tracker.lateFrames;
  const baseEpochNs = facts.baseEpochNs ?? 0n;
  return {
    baseEpochNs,
    linkTypes: facts.linkTypes,
    frames: facts.frames,
    undecoded: { ...undecoded, ...facts.faults },
    ...(Object.keys(otherProtocols).length > 0 ? { otherProtocols } : {}),
    received: facts.received,
    dropped: facts.dropped,
    endNs: facts.endEpochNs === null ? facts.lastNs : Math.max(Number(facts.endEpochNs - baseEpochNs), facts.lastNs),
    hasEnd: facts.endEpochNs !== null,
    sectionComments: facts.sectionComments,
    frameComments: facts.frameComments,
  };
}

/** `null` where the slow path is as good, or has to tell more. */
async function fastPathFor(source: CaptureSource, { fastPathFrom = FAST_PATH_FROM_BYTES }: DecodeOptions, sink: DecodeSink) {
  if (sink.frame || (await sizeOf(source)) < fastPathFrom) return null;
  const { listing = null } = sink;
  const fastPath = loadFastPath(listing);
  // What is still hot runs for so short a time that compiling it with all it calls takes longer than it saves.
  if (fastPath !== null && listing !== null) setFlagsFromString('--max-inlined-bytecode-size-cumulative=300');
  return fastPath;
}

/** Bytes, where they are known before reading; else −1. */
async function sizeOf(source: CaptureSource): Promise<number> {
  if (source instanceof Uint8Array) return source.length;
  if (typeof source !== 'string' || source === '-') return -1;
  const found = await stat(source).catch(() => null);
  return found?.isFile() ? found.size : -1;
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
