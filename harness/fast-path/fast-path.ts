/**
 * The fast path: most packets of a large capture change a few numbers, and most exchanges are like the one before. What is plain in every way is read in
 * WebAssembly (`assembly/`); whatever is not, the layers read as ever. The fast path never judges: it passes over what there is nothing to say of.
 *
 * A connection that is established, and between two exchanges or in a response's body, is lent to the fast path: its numbers are copied into the shared memory (`layout.ts`).
 * With the first packet that is not plain it comes back, with the exchange that is under way.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PacketCursor, PlainPackets } from '../capture/packet-reader.ts';
import { READ_BUFFER_BYTES } from '../capture/read-capture.ts';
import type { ChunkPlace } from '../http/chunked.ts';
import type { HttpStream } from '../http/http-stream.ts';
import type { BodySeen, MessageSeen } from '../http/seen.ts';
import type { LinkType } from '../model.ts';
import { projectRoot } from '../project-root.ts';
import type { LentConnections } from '../tcp/connection-tracker.ts';
import type { DirectionIndex } from '../tcp/reassembly.ts';
import { COMPLETENESS_ACK, COMPLETENESS_DATA, type ConnectionIdentity, type TrackedConnection } from '../tcp/tracked-connection.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2, LINKTYPE_RAW } from '../wire/link.ts';
import * as at from './layout.ts';

/** Where exchanges are only listed: how a line of the connection begins, in ASCII up to the method (`null`: it is not listed), and who takes lines. */
export interface Listing {
  lineStart(connection: ConnectionIdentity): string | null;
  /** Whole lines, `bytes[start, end)`. Valid during the call only. */
  lines(bytes: Uint8Array, start: number, end: number): void;
}

/** What `assembly/index.ts` exports. */
interface Assembly {
  memory: WebAssembly.Memory;
  signature(): number;
  linkLayer(bytes: number, etherTypeAt: number): void;
  pcap(tickNs: number, seconds: number, ns: number): void;
  pcapng(id: number, tickNs: number, high: number, low: number, baseNs: number): void;
  run(start: number, end: number, before: number): number;
  emptyList(): void;
  insert(connection: number): void;
  remove(connection: number): void;
}

/** Link layers whose headers are plain: their bytes, and where in them the EtherType stands. */
const LINK_LAYERS: ReadonlyMap<LinkType, readonly [bytes: number, etherTypeAt: number]> = new Map([
  [LINKTYPE_ETHERNET, [14, 12]],
  [LINKTYPE_LINUX_SLL, [16, 14]],
  [LINKTYPE_LINUX_SLL2, [20, 0]],
  [LINKTYPE_RAW, [0, -1]],
]);

/**
 * A connection that came back before it had brought so many plain frames waits for so many others, and each time for twice as many: to lend one costs as
 * much as a few dozen frames.
 */
const WORTH_LENDING = 32;
const WAIT_MIN = 8;
const WAIT_MAX = 256;

const CHUNK_STATES: readonly ChunkPlace['state'][] = ['size', 'data', 'data-end'];

/** A fast path for one capture; `null` where it was not built, or for another layout: then everything takes the slow path. */
export async function loadFastPath(listing: Listing | null): Promise<FastPath | null> {
  const file = path.join(projectRoot(), 'dist', 'harness', 'fast-path', 'fast-path.wasm');
  module ??= readFile(file).then(WebAssembly.compile, () => null);
  const compiled = await module;
  if (compiled === null) return null;
  const assembly = (await WebAssembly.instantiate(compiled, {})).exports as Assembly;
  return assembly.signature() === at.SIGNATURE ? new FastPath(assembly, listing) : null;
}

let module: Promise<WebAssembly.Module | null> | null = null;

export class FastPath implements PlainPackets, LentConnections {
  readonly bytes: Uint8Array;
  readonly #assembly: Assembly;
  readonly #listing: Listing | null;
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  /** By place. */
  readonly #lent: (Lent | null)[] = new Array(at.LENT_MAX).fill(null);
  readonly #free: number[] = [];
  #ready = false;

  constructor(assembly: Assembly, listing: Listing | null) {
    this.#assembly = assembly;
    this.#listing = listing;
    this.#memory = new Uint8Array(assembly.memory.buffer);
    this.#view = new DataView(assembly.memory.buffer);
    this.bytes = this.#memory.subarray(at.INPUT_AT, at.INPUT_AT + READ_BUFFER_BYTES);
    for (let index = at.LENT_MAX - 1; index >= 0; index--) this.#free.push(at.CONNECTIONS_AT + index * at.CONNECTION_BYTES);
  }

  pcap(linkType: LinkType, nsPerTick: number, seconds: number, ns: number): void {
    this.#assembly.pcap(nsPerTick, seconds, ns);
    this.#link(linkType);
  }

  pcapng(linkType: LinkType, id: number, nsPerTick: number, high: number, low: number, baseNs: number): void {
    this.#assembly.pcapng(id, nsPerTick, high, low, baseNs);
    this.#link(linkType);
  }

  stop(): void {
    this.#ready = false;
  }

  #link(linkType: LinkType): void {
    const link = LINK_LAYERS.get(linkType);
    this.#ready = link !== undefined;
    if (link !== undefined) this.#assembly.linkLayer(...link);
  }

  take(start: number, end: number, cursor: PacketCursor): number {
    if (!this.#ready) return start;
    let place = start + at.INPUT_AT;
    const stop = end + at.INPUT_AT;
    for (;;) {
      const before = place;
      place = this.#assembly.run(place, stop, cursor.frame);
      if (place !== before) {
        cursor.frame = this.#get(at.RAN_AT + at.RAN_FRAME);
        cursor.timeNs = this.#getTime(at.RAN_AT + at.RAN_TIME_NS);
        this.#tellListed(this.#get(at.RAN_AT + at.RAN_LIST_END));
      }
      const reason = this.#get(at.RAN_AT + at.RAN_REASON);
      if (reason === at.EXCHANGE) this.#handOut(this.#get(at.RAN_AT + at.RAN_CONNECTION));
      else if (reason !== at.LIST_FULL) return place - at.INPUT_AT;
    }
  }

  #tellListed(end: number): void {
    if (end === at.LIST_AT) return;
    this.#listing?.lines(this.#memory, at.LIST_AT, end);
    this.#assembly.emptyList();
  }

  // ------------------------------------------------------------------------------------------------------ lent and reclaimed

  lend(connection: TrackedConnection): void {
    if (!this.#ready || !mayBeLent(connection)) return;
    const http = connection.sink as HttpStream;
    const isBetweenExchanges = http.settled;
    const body = isBetweenExchanges ? null : http.body;
    if (!isBetweenExchanges && body === null) return;
    const place = this.#free.pop();
    if (place === undefined) return;
    const view = this.#view;
    const { client } = connection;
    const server: DirectionIndex = client === 0 ? 1 : 0;
    const address = [connection.address0, connection.address1];
    for (let word = 0; word < 4; word++) {
      view.setInt32(place + at.CLIENT_ADDRESS + word * 4, address[client]![word]!);
      view.setInt32(place + at.SERVER_ADDRESS + word * 4, address[server]![word]!);
    }
    view.setUint16(place + at.CLIENT_PORT, connection.ends[client].port);
    view.setUint16(place + at.SERVER_PORT, connection.ends[server].port);
    this.#set(place + at.IP_VERSION, connection.ipVersion);
    this.#set(place + at.STATE, at.IDLE);
    this.#set(place + at.COUNTED, 0);
    this.#set(place + at.LAST_FRAME, connection.lastFrame);
    // No earlier time is plain: not even than that of a segment which came before the last one.
    this.#setTime(place + at.END_NS, Math.max(connection.endNs, body?.endNs ?? connection.endNs));
    const offsets = http.offsets;
    this.#lendSide(place + at.CLIENT, connection, client, offsets[0]);
    this.#lendSide(place + at.SERVER, connection, server, offsets[1]);
    const lent: Lent = { connection, http, offsets, bodyUnderWay: body !== null };
    this.#lent[indexOf(place)] = lent;
    if (body === null) this.#setExchanges(place, lent);
    else this.#lendBody(place, body);
    connection.lent = place;
    this.#assembly.insert(place);
  }

  #setExchanges(place: number, { connection, http }: Lent): void {
    this.#set(place + at.EXCHANGES, at.HANDED_OUT);
    if (this.#listing === null || !http.listedOnly) return;
    const lineStart = this.#listing.lineStart(connection);
    if (lineStart === null) {
      this.#set(place + at.EXCHANGES, at.COUNTED_ONLY);
    } else if (lineStart.length <= at.LINE_START_BYTES_MAX) {
      this.#set(place + at.EXCHANGES, at.LISTED_ONLY);
      this.#set(place + at.LINE_START_BYTES, lineStart.length);
      for (let index = 0; index < lineStart.length; index++) this.#memory[place + at.LINE_START + index] = lineStart.charCodeAt(index);
    }
  }

  #lendBody(place: number, body: BodySeen): void {
    const { chunk } = body;
    this.#set(place + at.EXCHANGES, at.HANDED_OUT);
    this.#set(place + at.STATE, at.ANSWERING);
    this.#set(place + at.FRAMING, chunk === null ? at.FRAMING_CONTENT_LENGTH : at.FRAMING_CHUNKED);
    this.#setTime(place + at.REMAINING, chunk === null ? body.remaining : chunk.remaining);
    this.#set(place + at.CHUNK_STATE, chunk === null ? at.CHUNK_SIZE : CHUNK_STATES.indexOf(chunk.state));
    this.#setTime(place + at.BODY_BYTES, body.bodyBytes);
    this.#setTime(place + at.BODY_WIRE_BYTES, body.bodyWireBytes);
    this.#set(place + at.RESPONSE_SEGMENTS, body.segments);
    this.#set(place + at.RESPONSE_LARGEST, body.largest);
    this.#set(place + at.RESPONSE_LAST_FRAME, body.lastFrame);
    this.#setTime(place + at.RESPONSE_END_NS, body.endNs);
    for (let index = 0; index < body.sizes.length; index++) {
      this.#set(place + at.SEGMENT_SIZES + index * 4, body.sizes[index]!);
      this.#set(place + at.SEGMENT_FRAMES + index * 4, body.frames[index]!);
    }
  }

  #lendSide(side: number, { ends }: TrackedConnection, index: DirectionIndex, offset: number): void {
    const { sequence, largestSegment, lastPayloadFrame, lastPayloadNs } = ends[index];
    this.#set(side + at.NEXT_SEQ, sequence.nextSeq);
    this.#setTime(side + at.NEXT_SEQ_NS, sequence.nextSeqNs);
    this.#set(side + at.MAX_SEQ_TO_BE_ACKED, sequence.maxSeqToBeAcked);
    this.#set(side + at.LAST_ACK, sequence.lastAck);
    this.#setTime(side + at.LAST_ACK_NS, sequence.lastAckNs);
    this.#set(side + at.WINDOW, sequence.window);
    this.#set(side + at.WINDOW_SCALE, sequence.windowScale);
    this.#set(side + at.WINDOW_SHIFT, sequence.isFirstAck ? 0 : Math.max(sequence.windowScale, 0));
    this.#set(side + at.DUPLICATE_ACKS, sequence.duplicateAcks);
    this.#set(side + at.FRAMES, 0);
    this.#set(side + at.SEGMENTS, 0);
    this.#set(side + at.LARGEST_SEGMENT, largestSegment);
    this.#set(side + at.LAST_PAYLOAD_FRAME, lastPayloadFrame);
    this.#setTime(side + at.LAST_PAYLOAD_NS, lastPayloadNs);
    this.#setTime(side + at.PAYLOAD_BYTES, offset);
  }

  reclaim(connection: TrackedConnection): void {
    const place = connection.lent;
    const lent = this.#lent[indexOf(place)]!;
    const { http, offsets } = lent;
    const { client, frameCount } = connection;
    this.#assembly.remove(place);
    const lastFrame = this.#get(place + at.LAST_FRAME);
    if (lastFrame !== connection.lastFrame) {
      connection.lastFrame = lastFrame;
      connection.endNs = this.#getTime(place + at.END_NS);
    }
    const sent = [
      this.#reclaimSide(place + at.CLIENT, connection, client, offsets[0]),
      this.#reclaimSide(place + at.SERVER, connection, client === 0 ? 1 : 0, offsets[1]),
    ] as const;
    if (this.#get(place + at.STATE) !== at.IDLE) this.#resume(place, lent);
    if (!lent.bodyUnderWay) http.skip(this.#get(place + at.COUNTED), sent);
    connection.lent = 0;
    const isWorthIt = connection.frameCount - frameCount >= WORTH_LENDING;
    connection.waitedFor = isWorthIt ? 0 : Math.min(Math.max(WAIT_MIN, connection.waitedFor * 2), WAIT_MAX);
    connection.notLentBefore = connection.frameCount + connection.waitedFor;
    this.#lent[indexOf(place)] = null;
    this.#free.push(place);
  }

  /** @returns payload bytes of the side so far */
  #reclaimSide(side: number, connection: TrackedConnection, index: DirectionIndex, offset: number): number {
    const end = connection.ends[index];
    const { sequence } = end;
    const frames = this.#get(side + at.FRAMES);
    sequence.nextSeq = this.#get(side + at.NEXT_SEQ);
    sequence.nextSeqNs = this.#getTime(side + at.NEXT_SEQ_NS);
    sequence.maxSeqToBeAcked = this.#get(side + at.MAX_SEQ_TO_BE_ACKED);
    sequence.lastAck = this.#get(side + at.LAST_ACK);
    sequence.lastAckNs = this.#getTime(side + at.LAST_ACK_NS);
    sequence.window = this.#get(side + at.WINDOW);
    sequence.duplicateAcks = this.#get(side + at.DUPLICATE_ACKS);
    if (frames > 0) {
      sequence.isFirstAck = false;
      // That of a plain segment is none, or the update of a window; neither is asked for again.
      sequence.lastFlags = 0;
      connection.reassembly!.acknowledge(index === 0 ? 1 : 0, sequence.lastAck);
    }
    const segments = this.#get(side + at.SEGMENTS);
    if (segments > 0) connection.completeness |= COMPLETENESS_DATA;
    if (segments < frames) connection.completeness |= COMPLETENESS_ACK;
    connection.frameCount += frames;
    end.frames += frames;
    end.segments += segments;
    end.largestSegment = this.#get(side + at.LARGEST_SEGMENT);
    end.lastPayloadFrame = this.#get(side + at.LAST_PAYLOAD_FRAME);
    end.lastPayloadNs = this.#getTime(side + at.LAST_PAYLOAD_NS);
    const bytes = this.#getTime(side + at.PAYLOAD_BYTES);
    connection.reassembly!.skip(index, bytes - offset);
    return bytes;
  }

  // --------------------------------------------------------------------------------------------------------------- exchanges

  /** The exchange that is whole goes the way of all others; the connection stays lent. */
  #handOut(place: number): void {
    const lent = this.#lent[indexOf(place)]!;
    this.#resume(place, lent);
    lent.bodyUnderWay = false;
    this.#set(place + at.STATE, at.IDLE);
    this.#setExchanges(place, lent);
  }

  #resume(place: number, { http, bodyUnderWay }: Lent): void {
    if (bodyUnderWay) http.proceed(this.#body(place));
    else http.resume(this.#request(place), this.#get(place + at.STATE) === at.ASKED ? null : this.#response(place));
  }

  #request(place: number): MessageSeen {
    const side = place + at.CLIENT;
    const headBytes = this.#get(side + at.HEAD_BYTES);
    const frame = this.#get(side + at.HEAD_FRAME);
    const timeNs = this.#getTime(side + at.HEAD_NS);
    return {
      bytes: this.#memory,
      start: place + at.REQUEST_HEAD,
      headBytes,
      offset: this.#getTime(side + at.MESSAGE_OFFSET),
      frame,
      timeNs,
      body: {
        sizes: [headBytes],
        frames: [frame],
        segments: 1,
        largest: headBytes,
        lastFrame: frame,
        endNs: timeNs,
        bodyBytes: 0,
        bodyWireBytes: 0,
        remaining: 0,
        chunk: null,
        whole: true,
      },
    };
  }

  #response(place: number): MessageSeen {
    const side = place + at.SERVER;
    return {
      bytes: this.#memory,
      start: place + at.RESPONSE_HEAD,
      headBytes: this.#get(side + at.HEAD_BYTES),
      offset: this.#getTime(side + at.MESSAGE_OFFSET),
      frame: this.#get(side + at.HEAD_FRAME),
      timeNs: this.#getTime(side + at.HEAD_NS),
      body: this.#body(place),
    };
  }

  #body(place: number): BodySeen {
    const segments = this.#get(place + at.RESPONSE_SEGMENTS);
    const kept = Math.min(segments, at.SEGMENTS_KEPT);
    const remaining = this.#getTime(place + at.REMAINING);
    const isChunked = this.#get(place + at.FRAMING) === at.FRAMING_CHUNKED;
    return {
      sizes: this.#numbers(place + at.SEGMENT_SIZES, kept),
      frames: this.#numbers(place + at.SEGMENT_FRAMES, kept),
      segments,
      largest: this.#get(place + at.RESPONSE_LARGEST),
      lastFrame: this.#get(place + at.RESPONSE_LAST_FRAME),
      endNs: this.#getTime(place + at.RESPONSE_END_NS),
      bodyBytes: this.#getTime(place + at.BODY_BYTES),
      bodyWireBytes: this.#getTime(place + at.BODY_WIRE_BYTES),
      remaining,
      chunk: isChunked ? { state: CHUNK_STATES[this.#get(place + at.CHUNK_STATE)]!, remaining } : null,
      whole: this.#get(place + at.STATE) === at.ANSWERED,
    };
  }

  #numbers(place: number, count: number): number[] {
    if (count === 1) return [this.#get(place)];
    const numbers = [this.#get(place), this.#get(place + 4)];
    for (let index = 2; index < count; index++) numbers.push(this.#get(place + index * 4));
    return numbers;
  }

  #get(place: number): number {
    return this.#view.getInt32(place, true);
  }

  #set(place: number, value: number): void {
    this.#view.setInt32(place, value, true);
  }

  #getTime(place: number): number {
    return this.#view.getFloat64(place, true);
  }

  #setTime(place: number, value: number): void {
    this.#view.setFloat64(place, value, true);
  }
}

interface Lent {
  connection: TrackedConnection;
  http: HttpStream;
  /** Bytes of the client and of the server before it was lent. */
  offsets: readonly [number, number];
  /** The head of the response under way was read before it was lent. */
  bodyUnderWay: boolean;
}

const indexOf = (place: number): number => (place - at.CONNECTIONS_AT) / at.CONNECTION_BYTES;

/** Established, and with nothing that the next packets could still tell of its beginning. */
function mayBeLent(connection: TrackedConnection): boolean {
  const { sink, reassembly, ends } = connection;
  if (connection.lent !== 0 || connection.frameCount < connection.notLentBefore || sink === null || reassembly === null) return false;
  return (
    connection.clientSettled &&
    connection.firstClose === -1 &&
    connection.frameCount > 1 &&
    (connection.ackFrame > 0 || connection.synAckFrame === 0) &&
    (connection.firstRoundTripNs !== 0 || connection.lastSynNs === Number.NEGATIVE_INFINITY) &&
    reassembly.settled &&
    ends.every(({ sequence }, index) => sequence.nextSeq !== 0 && sequence.nextSeq === reassembly.next(index as DirectionIndex))
  );
}
