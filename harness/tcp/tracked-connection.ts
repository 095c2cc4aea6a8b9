/** What is kept of a connection while its frames go by, and the `Connection` that it becomes. */

import { type Connection, type Endpoint, FRAMES_KEPT, type FrameRecord, type Side, type SideStats, type TcpWait } from '../model.ts';
import { DOUBLE_ZERO } from '../wire/double-zero.ts';
import type { ConnectionList } from './connection-list.ts';
import type { DirectionIndex, Reassembly } from './reassembly.ts';
import { type HandshakeClock, SequenceState } from './sequence-analysis.ts';
import type { StreamSink } from './stream-sink.ts';

/** Bits of Wireshark's `tcp.completeness`. */
export const COMPLETENESS_SYN = 1;
export const COMPLETENESS_SYN_ACK = 2;
export const COMPLETENESS_ACK = 4;
export const COMPLETENESS_DATA = 8;
export const COMPLETENESS_FIN = 16;
export const COMPLETENESS_RST = 32;

/** A window of zero that one end advertises. `openFrame` is 0 while it is shut. */
export interface ShutWindow {
  frame: number;
  ns: number;
  openFrame: number;
  openNs: number;
  /** The other end had something to send: it asked. */
  probed: boolean;
}

/** One end of a connection: what it sent. */
export class End {
  port = 0;
  /** Sequence number of the SYN, signed; `hasSyn`: whether it was captured. */
  initialSeq = 0;
  hasSyn = false;
  mss = -1;
  windowScale = -1;
  sackPermitted = false;
  frames = 0;
  segments = 0;
  largestSegment = 0;
  retransmissions = 0;
  retransmissionFrames: number[] | null = null;
  outOfOrder = 0;
  duplicateAcks = 0;
  duplicatePackets = 0;
  zeroWindows = 0;
  zeroWindowFrames: number[] | null = null;
  zeroWindowProbes = 0;
  /** Of its last frame: IP identification and TCP checksum, number, payload, SYN, FIN and RST. The next one may be the same packet. */
  lastIdentity = 0;
  /** Its packets have different identifications: one that comes again with its own is a copy. */
  hasOwnIds = false;
  lastSeq = 0;
  lastLength = 0;
  lastControl = 0;
  keepAliveProbeFrames: number[] | null = null;
  keepAliveProbeTimesNs: number[] | null = null;
  keepAliveAckFrames: number[] | null = null;
  finFrame = 0;
  finNs = DOUBLE_ZERO;
  rstFrame = 0;
  rstNs = DOUBLE_ZERO;
  /** Sequence number of its RST; and whether it sent new data after it. */
  rstSeq = 0;
  wentOnAfterRst = false;
  lastPayloadFrame = 0;
  lastPayloadNs = DOUBLE_ZERO;
  lastPayloadLength = 0;
  /** A full segment of its waited for an ACK, as under a congestion window of a few segments. */
  ackClocked = false;
  /** Its window of zero, from when it told one until the other end has sent what waited for it. */
  shut: ShutWindow | null = null;
  readonly sequence = new SequenceState();
}

/** A SYN-ACK with another number than the one before it, until the client's ACK shows which of them counts. */
export interface OtherSynAck {
  seq: number;
  frame: number;
  timeNs: number;
  mss: number;
  windowScale: number;
  sackPermitted: boolean;
}

/** A RST inside the window, but not at the next number: it counts where the peer falls silent (RFC 5961 §3.2). */
export interface DoubtfulReset {
  direction: DirectionIndex;
  seq: number;
  frame: number;
  timeNs: number;
  /** `acknowledged` of the close that it may be. */
  acknowledged: number;
}

/** What is known of a connection while it is still followed. Which end is the client is settled before the first byte is delivered. */
export interface ConnectionIdentity {
  readonly stream: number;
  /** As long as it is false, `endpoint` may have the sides the wrong way round. */
  readonly clientSettled: boolean;
  /** The capture begins in its middle. */
  readonly midStream: boolean;
  /** As the model's, so far; `null` while there are none. */
  readonly handshake: Connection['handshake'];
  readonly waits: readonly TcpWait[] | null;
  endpoint(side: Side): Endpoint;
}

/** A connection while its frames go by. `S`: what takes the bytes of its streams. */
export class TrackedConnection<S extends StreamSink = StreamSink> implements HandshakeClock, ConnectionIdentity {
  readonly stream: number;
  /** End 0 sent the first frame. Its address as four words (IPv4: the first); likewise of end 1. */
  ipVersion = 4;
  address0: [number, number, number, number] = [0, 0, 0, 0];
  address1: [number, number, number, number] = [0, 0, 0, 0];
  addressText: [string, string] = ['', ''];
  hash = DOUBLE_ZERO;
  /** As `keyOf`: identifies the addresses and ports when the connection itself is gone. */
  key = DOUBLE_ZERO;
  readonly ends: readonly [End, End] = [new End(), new End()];
  /** Which end is the client. Settled before the first byte is delivered. */
  client: DirectionIndex = 0;
  clientSettled = false;
  midStream = true;
  firstFrame = 0;
  lastFrame = 0;
  startNs = DOUBLE_ZERO;
  endNs = DOUBLE_ZERO;
  frameCount = 0;
  completeness = 0;
  /** What the first frame adds to `completeness` once a second one has come. */
  completenessOfFirst = 0;
  synFrame = 0;
  synNs = DOUBLE_ZERO;
  synAckFrame = 0;
  synAckNs = DOUBLE_ZERO;
  synAcks = 0;
  lastSynAckFrame = 0;
  ackFrame = 0;
  ackNs = DOUBLE_ZERO;
  firstClose: DirectionIndex | -1 = -1;
  firstCloseHow: 'FIN' | 'RST' = 'FIN';
  firstCloseFrame = 0;
  firstCloseNs = DOUBLE_ZERO;
  firstCloseSinceNs = DOUBLE_ZERO;
  /** −1: nothing, or not known. */
  firstCloseAcknowledged = DOUBLE_ZERO;
  /** Bytes before the first close had not been captured by then. */
  firstCloseAfterHole = false;
  /** By how much the file's times went back since the last payload; and between that and the first close. */
  backNs = DOUBLE_ZERO;
  firstCloseBackNs = DOUBLE_ZERO;
  doubtfulReset: DoubtfulReset | null = null;
  otherSynAcks: OtherSynAck[] | null = null;
  outOfTimeOrder = 0;
  synNumberRepeated = 0;
  portReused = false;
  waits: TcpWait[] | null = null;
  lastSynNs = Number.NEGATIVE_INFINITY;
  firstRoundTripNs = DOUBLE_ZERO;
  /** Records of frames whose sender's side is not settled yet, with the direction of each. */
  heldRecords: { record: FrameRecord; direction: DirectionIndex }[] | null = null;
  reassembly: Reassembly | null = null;
  sink: S | null = null;
  /** The next connection in its bucket of the table; and the list it is in, with its neighbours. */
  nextInBucket: TrackedConnection<S> | null = null;
  list: ConnectionList<TrackedConnection<S>> | null = null;
  older: TrackedConnection<S> | null = null;
  newer: TrackedConnection<S> | null = null;

  constructor(stream: number) {
    this.stream = stream;
  }

  side(index: DirectionIndex): Side {
    return index === this.client ? 'client' : 'server';
  }

  endpoint(side: Side): Endpoint {
    const index = (side === 'client') === (this.client === 0) ? 0 : 1;
    return { address: this.addressText[index], port: this.ends[index].port };
  }

  get handshake(): Connection['handshake'] {
    if (this.synFrame === 0 || this.synAckFrame === 0 || this.ackFrame === 0) return null;
    return {
      synFrame: this.synFrame,
      synAckFrame: this.synAckFrame,
      ackFrame: this.ackFrame,
      synNs: this.synNs,
      synAckNs: this.synAckNs,
      ackNs: this.ackNs,
      synAcks: this.synAcks,
      ...(this.synAcks > 1 ? { lastSynAckFrame: this.lastSynAckFrame } : {}),
    };
  }

  /** Nothing is expected any more: a RST, or a FIN of both ends. */
  get finished(): boolean {
    const [a, b] = this.ends;
    return a.rstFrame > 0 || b.rstFrame > 0 || (a.finFrame > 0 && b.finFrame > 0);
  }
}

/** Keeps the first `FRAMES_KEPT` of a list. */
export function keep(list: number[] | null, value: number): number[] {
  if (!list) return [value];
  if (list.length < FRAMES_KEPT) list.push(value);
  return list;
}

/** Takes a FIN or RST of one end into account. `acknowledged`: bytes of the other end that it acknowledges; −1: none, or not known. */
export function noteClose(
  connection: TrackedConnection,
  direction: DirectionIndex,
  how: 'FIN' | 'RST',
  frame: number,
  timeNs: number,
  acknowledged: number,
): void {
  const end = connection.ends[direction];
  if (connection.firstClose === -1) {
    const [a, b] = connection.ends;
    connection.firstClose = direction;
    connection.firstCloseHow = how;
    connection.firstCloseFrame = frame;
    connection.firstCloseNs = timeNs;
    connection.firstCloseAcknowledged = acknowledged;
    connection.firstCloseBackNs = connection.backNs;
    const lastPayloadNs = Math.max(payloadNsOf(a), payloadNsOf(b));
    const handshakeNs = connection.ackFrame ? connection.ackNs : connection.startNs;
    connection.firstCloseSinceNs = lastPayloadNs === Number.NEGATIVE_INFINITY ? handshakeNs : lastPayloadNs;
  }
  if (how === 'FIN' && end.finFrame === 0) {
    end.finFrame = frame;
    end.finNs = timeNs;
  }
  if (how === 'RST' && end.rstFrame === 0) {
    end.rstFrame = frame;
    end.rstNs = timeNs;
  }
}

const payloadNsOf = (end: End): number => (end.lastPayloadFrame > 0 ? end.lastPayloadNs : Number.NEGATIVE_INFINITY);

/** The connection as the model has it; `exchanges` are the HTTP layer's to fill. */
export function toConnection(tracked: TrackedConnection): Connection {
  const { client } = tracked;
  const server: DirectionIndex = client === 0 ? 1 : 0;
  return {
    stream: tracked.stream,
    client: tracked.endpoint('client'),
    server: tracked.endpoint('server'),
    firstFrame: tracked.firstFrame,
    lastFrame: tracked.lastFrame,
    startNs: tracked.startNs,
    endNs: tracked.endNs,
    frameCount: tracked.frameCount,
    handshake: tracked.handshake,
    rttNs: tracked.synFrame && tracked.ackFrame && tracked.firstRoundTripNs > 0 ? tracked.firstRoundTripNs : null,
    protocol: 'none',
    protocolFrame: null,
    midStream: tracked.midStream,
    completeness: tracked.completeness,
    zeekState: zeekState(tracked),
    sides: { client: stats(tracked, client), server: stats(tracked, server) },
    firstClose:
      tracked.firstClose === -1
        ? null
        : {
            by: tracked.side(tracked.firstClose),
            how: tracked.firstCloseHow,
            frame: tracked.firstCloseFrame,
            timeNs: tracked.firstCloseNs,
            idleMs: idleMs(tracked),
            acknowledged: tracked.firstCloseAcknowledged < 0 ? null : tracked.firstCloseAcknowledged,
            ...(tracked.firstCloseHow === 'RST' && tracked.ends[tracked.firstClose].wentOnAfterRst ? { isForged: true as const } : {}),
          },
    // What follows from the messages is the HTTP layer's to fill.
    keepAliveRace: null,
    outOfTimeOrder: tracked.outOfTimeOrder,
    synNumberRepeated: tracked.synNumberRepeated || null,
    timeWait: timeWait(tracked),
    portReused: tracked.portReused,
    waits: tracked.waits ?? [],
    exchangeCount: 0,
    exchanges: [],
  };
}

/** Frames are out of order by less than this where the clock was not set back meanwhile. */
const CLOCK_BACK_MIN_NS = 10e6;

/** `null` where no payload and no handshake show since when, where bytes before the close are missing, or where the file has no times, or they go back. */
function idleMs(tracked: TrackedConnection): number | null {
  const { ends, ackFrame, firstCloseNs, firstCloseSinceNs, firstCloseAfterHole, firstCloseBackNs, reassembly } = tracked;
  const isOneSided = ends.some(({ frames }) => frames === 0);
  const isSince = ackFrame > 0 || ends.some(({ lastPayloadFrame }) => lastPayloadFrame > 0);
  // What came late was sent before the close.
  const isHole = firstCloseAfterHole && reassembly?.isWhole !== true;
  const isTimed = tracked.startNs !== tracked.endNs && firstCloseBackNs < CLOCK_BACK_MIN_NS;
  const ns = firstCloseNs - firstCloseSinceNs;
  return isOneSided || !isSince || isHole || !isTimed || ns < 0 ? null : ns / 1e6;
}

/** The end whose FIN came first waits for two segment lifetimes (RFC 9293 §3.6), unless a RST ended it. */
function timeWait(tracked: TrackedConnection): Side | null {
  const [a, b] = tracked.ends;
  const reset = a.rstFrame > 0 || b.rstFrame > 0;
  if (reset || a.finFrame === 0 || b.finFrame === 0 || tracked.firstClose === -1) return null;
  return tracked.side(tracked.firstClose);
}

function stats(tracked: TrackedConnection, index: DirectionIndex): SideStats {
  const end = tracked.ends[index];
  const isPeerSeen = tracked.ends[index === 0 ? 1 : 0].frames > 0;
  const unacknowledged = isPeerSeen ? (tracked.reassembly?.unacknowledged(index) ?? 0) : 0;
  return {
    initialSequenceNumber: end.hasSyn ? end.initialSeq >>> 0 : null,
    mss: end.mss < 0 ? null : end.mss,
    windowScale: end.windowScale < 0 ? null : end.windowScale,
    sackPermitted: end.sackPermitted,
    frames: end.frames,
    segments: end.segments,
    payloadBytes: tracked.reassembly?.uniqueBytes(index) ?? 0,
    largestSegment: end.largestSegment,
    retransmissions: end.retransmissions,
    retransmissionFrames: end.retransmissionFrames ?? [],
    outOfOrder: end.outOfOrder,
    duplicateAcks: end.duplicateAcks,
    duplicatePackets: end.duplicatePackets,
    zeroWindows: end.zeroWindows,
    ...(end.zeroWindowFrames ? { zeroWindowFrames: end.zeroWindowFrames } : {}),
    zeroWindowProbes: end.zeroWindowProbes,
    missingBytes: tracked.reassembly?.missingBytes(index) ?? 0,
    ...(unacknowledged > 0 ? { unacknowledged } : {}),
    keepAliveProbeFrames: end.keepAliveProbeFrames ?? [],
    keepAliveProbeTimesNs: end.keepAliveProbeTimesNs ?? [],
    keepAliveAckFrames: end.keepAliveAckFrames ?? [],
    finFrame: end.finFrame || null,
    finNs: end.finFrame ? end.finNs : null,
    rstFrame: end.rstFrame || null,
    rstNs: end.rstFrame ? end.rstNs : null,
    lastPayloadFrame: end.lastPayloadFrame || null,
    lastPayloadNs: end.lastPayloadFrame ? end.lastPayloadNs : null,
  };
}

/** Zeek's `conn_state` (base/protocols/conn/main.zeek), from what each end did. */
function zeekState(tracked: TrackedConnection): string {
  const originator = tracked.ends[tracked.client];
  const responder = tracked.ends[tracked.client === 0 ? 1 : 0];
  const established = originator.hasSyn && responder.hasSyn;
  if (responder.rstFrame > 0) {
    // A reset in answer to the SYN rejects; one without a SYN before it has only half a connection.
    if (originator.hasSyn && !responder.hasSyn) return 'REJ';
    return originator.hasSyn ? 'RSTR' : responder.hasSyn ? 'RSTRH' : 'OTH';
  }
  if (originator.rstFrame > 0) {
    if (established) return 'RSTO';
    return originator.hasSyn ? 'RSTOS0' : 'OTH';
  }
  if (originator.finFrame > 0 && responder.finFrame > 0) return established ? 'SF' : 'OTH';
  if (originator.finFrame > 0) return established ? 'S2' : originator.hasSyn ? 'SH' : 'OTH';
  if (responder.finFrame > 0) return established ? 'S3' : responder.hasSyn ? 'SHR' : 'OTH';
  if (established) return 'S1';
  return originator.hasSyn && responder.frames === 0 ? 'S0' : 'OTH';
}
