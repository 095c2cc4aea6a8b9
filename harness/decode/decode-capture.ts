/** From a capture to its connections and exchanges: puts the readers of files, the layers, reassembly and HTTP together. */
import { stat } from 'node:fs/promises';
import { countFault, newFacts, type OnPacket } from '../capture-file/packet-reader.ts';
import { type CaptureSource, readCapture } from '../capture-file/read-capture.ts';
import { ContentBudget, type ContentLimits } from '../http/content-budget.ts';
import type { ExchangeBudget } from '../http/exchange-budget.ts';
import { type ExchangeSummary, summaryOf } from '../http/exchange-summary.ts';
import { createHttpStream, type HttpStream } from '../http/http-stream.ts';
import { looksLike } from '../http/start-line.ts';
import type { CaptureInfo, Connection, Endpoint, Exchange, FrameRecord, StepMark } from '../model.ts';
import { CONNECTION_LIMITS, type ConnectionLimits, ConnectionTracker } from '../tcp/connection-tracker.ts';
import type { ConnectionIdentity } from '../tcp/tracked-connection.ts';
import { Fragments, HELD_FRAGMENT } from '../wire/fragments.ts';
import { isOrdinary } from '../wire/protocol-names.ts';
import { newSegment, readSegment } from '../wire/segment.ts';
import { type OnSummary, type OpenPlainReader, SharedConnections } from './plain-reader.ts';
import { firstFrame, stepAt, stepMarks } from './steps.ts';

/** How a capture is decoded. */
export interface DecodeOptions {
  /** Ports on which servers listen, for connections whose start was not captured. */
  ports?: readonly number[];
  /** How many exchanges all connections together keep. Without it each keeps `EXCHANGES_KEPT`. */
  budget?: ExchangeBudget;
  /** How many connections are followed at one time; without it `CONNECTION_LIMITS`. */
  limits?: ConnectionLimits;
  /** How much content the responses keep; without it, and where a plain reader takes packets, none. */
  content?: ContentLimits;
  /** Opens a reader that takes packets before the layers do. It changes nothing but the time that decoding takes. Not used where frames are asked for. */
  plainReader?: OpenPlainReader;
}

/** Called with what is found, while the capture is read; a connection comes after its exchanges. `steps`: those that have begun so far. */
export interface DecodeSink {
  connection?(connection: Connection, steps: StepMark[]): void;
  exchange?(exchange: Exchange, connection: ConnectionIdentity): void;
  /** Called for each exchange, as `exchange` is, with as much as lists need. Where only this is given, decoding is faster. */
  summary?(exchange: ExchangeSummary, server: Endpoint, connection: ConnectionIdentity): void;
  frame?(record: FrameRecord): void;
}

/** A whole capture, decoded. */
export interface DecodedCapture {
  capture: CaptureInfo;
  /** In the order of `stream`. */
  connections: Connection[];
  /** Only where they were asked for. */
  frames?: FrameRecord[];
}

/**
 * Decodes a capture of any size in constant memory: connections that are over are reported and dropped.
 * @throws NotACaptureError where the source is no capture at all, the file system's error where it can't be read. Damage further on
 * ends the decoding and is named in `undecoded`.
 */
export async function decodeCapture(source: CaptureSource, options: DecodeOptions, sink: DecodeSink): Promise<CaptureInfo> {
  const undecoded: Record<string, number> = {};
  const facts = newFacts();
  const otherProtocols: Record<string, number> = {};
  const fragments = new Fragments();
  const segment = newSegment();
  const { budget, limits = CONNECTION_LIMITS } = options;
  let steps: StepMark[] = [];
  let commentsRead = 0;
  const stepsSoFar = (): StepMark[] => {
    const { frameComments } = facts;
    if (frameComments.length !== commentsRead) {
      commentsRead = frameComments.length;
      steps = stepMarks({ frameComments, sectionComments: [], frames: 0, endNs: 0, baseEpochNs: 0n });
    }
    return steps;
  };
  const onExchange = (exchange: Exchange, isReported: boolean, connection: ConnectionIdentity): void => {
    exchange.step = stepAt(stepsSoFar(), firstFrame(exchange));
    if (isReported) return;
    sink.exchange?.(exchange, connection);
    sink.summary?.(summaryOf(exchange), connection.endpoint('server'), connection);
  };
  const onSummary: OnSummary = (exchange, server, connection) => {
    const marks = stepsSoFar();
    // Most captures have no steps, and some hundreds of thousands of exchanges.
    exchange.step = marks.length === 0 ? null : stepAt(marks, (exchange.requestFrames ?? exchange.responseFrames)?.[0] ?? 0);
    sink.summary?.(exchange, server, connection);
  };
  const reader = options.plainReader && !sink.frame ? options.plainReader(await sizeOf(source), sink.exchange ? null : onSummary) : null;
  const content = options.content && reader === null ? new ContentBudget(options.content) : null;
  const tracker = new ConnectionTracker<HttpStream>({
    createSink: (connection) =>
      createHttpStream(
        (exchange, isReported) => onExchange(exchange, isReported, connection),
        connection.stream,
        budget,
        budget?.isClosedTo(connection),
        connection,
        content,
      ),
    onConnection: (connection) => sink.connection?.(connection, stepsSoFar()),
    speaker,
    limits,
    ...(sink.frame ? { onFrame: (record: FrameRecord) => sink.frame?.(record) } : {}),
    ...(options.ports ? { ports: options.ports } : {}),
  });
  const connections = new SharedConnections(tracker, reader, limits.open);
  const onPacket: OnPacket = (packet) => {
    const { bytes, start, end, originalLength } = packet;
    if (end - start < originalLength) countFault(undecoded, 'cut-by-snap-length');
    segment.timeNs = packet.timeNs;
    const fault = readSegment(packet.linkType, bytes, start, end, originalLength, segment, fragments);
    if (fault === null) {
      if (segment.fault !== null) countFault(undecoded, segment.fault);
      segment.frame = packet.frame;
      connections.segment(segment);
    } else if (fault !== HELD_FRAGMENT) {
      countFault(isOrdinary(fault) ? otherProtocols : undecoded, fault);
    }
  };
  await readCapture(source, onPacket, facts, reader);
  connections.end();
  fragments.countLost(undecoded);
  if (tracker.lateFrames > 0) undecoded['after-its-connection-was-reported'] = tracker.lateFrames;
  const baseEpochNs = facts.baseEpochNs ?? 0n;
  return {
    baseEpochNs,
    linkTypes: facts.linkTypes,
    frames: facts.frames,
    undecoded: { ...undecoded, ...facts.faults },
    ...(Object.keys(otherProtocols).length > 0 ? { otherProtocols } : {}),
    received: facts.received,
    dropped: facts.dropped,
    // A clock that went back, or a file with zeros at its end, has the last packet before the first.
    endNs: Math.max(0, facts.lastNs, facts.endEpochNs === null ? 0 : Number(facts.endEpochNs - baseEpochNs)),
    hasEnd: facts.endEpochNs !== null,
    sectionComments: facts.sectionComments,
    frameComments: facts.frameComments,
  };
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
