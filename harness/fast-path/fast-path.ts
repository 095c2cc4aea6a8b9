/**
 * The fast path: most packets of a large capture change a few numbers, and most exchanges are like the one before. What is plain in every way is read in
 * WebAssembly (`assembly/`); whatever is not, the layers read as ever. The fast path never judges: it passes over what there is nothing to say of.
 *
 * A connection that is established, and between two exchanges or in a response's body, is lent to the fast path: its numbers are copied into the shared memory (`layout.ts`).
 * With the first packet that is not plain it comes back, with the exchange that is under way. Later connections to a server whose exchanges are only listed are
 * followed there from their SYN on (`followed-connections.ts`).
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PacketCursor, PlainPackets } from '../capture-file/packet-reader.ts';
import { READ_BUFFER_BYTES } from '../capture-file/read-capture.ts';
import type { HttpStream } from '../http/http-stream.ts';
import type { LinkType } from '../model.ts';
import { projectRoot } from '../system/project-root.ts';
import type { AddressPair } from '../tcp/connection-table.ts';
import type { LendingTracker, LentConnections } from '../tcp/lent-connections.ts';
import type { DirectionIndex } from '../tcp/reassembly.ts';
import type { TrackedConnection } from '../tcp/tracked-connection.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2, LINKTYPE_RAW } from '../wire/link.ts';
import { newFollowed, readFollowed, readOn } from './followed-connections.ts';
import * as at from './layout.ts';
import { ListedServers, type Listing } from './listed-servers.ts';
import { bodyAt, requestAt, responseAt, setBody } from './messages.ts';
import { SharedMemory } from './shared-memory.ts';
import { lendSide, reclaimSide, setAddresses } from './sides.ts';

/** What `assembly/index.ts` exports. */
interface Assembly {
  memory: WebAssembly.Memory;
  signature(): number;
  linkLayer(bytes: number, etherTypeAt: number): void;
  pcap(tickNs: number, seconds: number, ns: number): void;
  pcapng(id: number, tickNs: number, high: number, low: number, baseNs: number): void;
  run(start: number, end: number, before: number, streams: number): number;
  emptyList(): void;
  allocate(): number;
  insert(connection: number): void;
  remove(connection: number): void;
  followed(): number;
  track(by: number): void;
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

/**
 * A fast path for one capture; `null` where it was not built, or for another layout: then everything takes the slow path.
 * Nothing is awaited: while WebAssembly compiles in the background nothing else may be under way, and for a thread without work Node waits until V8's
 * compiler is through, which in turn may wait for that thread to collect garbage, forever (nodejs/node#54918).
 */
export function loadFastPath(listing: Listing | null): FastPath | null {
  module ??= compiledModule();
  if (module === null) return null;
  const assembly = new WebAssembly.Instance(module, {}).exports as Assembly;
  return assembly.signature() === at.SIGNATURE ? new FastPath(assembly, listing) : null;
}

let module: WebAssembly.Module | null | undefined;

function compiledModule(): WebAssembly.Module | null {
  const file = path.join(projectRoot(), 'dist', 'harness', 'fast-path', 'fast-path.wasm');
  return existsSync(file) ? new WebAssembly.Module(readFileSync(file)) : null;
}

export class FastPath implements PlainPackets, LentConnections {
  readonly bytes: Uint8Array;
  readonly most = at.LENT_MAX;
  tracker: LendingTracker | null = null;
  readonly #assembly: Assembly;
  readonly #memory: SharedMemory;
  readonly #listing: Listing | null;
  readonly #servers: ListedServers;
  /** By place; and those that are followed, once they had to be told of. */
  readonly #lent: (Lent | null)[] = new Array(at.LENT_MAX).fill(null);
  readonly #followed: (TrackedConnection | null)[] = new Array(at.LENT_MAX).fill(null);
  #ready = false;
  #follows = true;

  constructor(assembly: Assembly, listing: Listing | null) {
    this.#assembly = assembly;
    this.#listing = listing;
    this.#memory = new SharedMemory(assembly.memory.buffer);
    this.#servers = new ListedServers(this.#memory);
    this.bytes = this.#memory.bytes.subarray(at.INPUT_AT, at.INPUT_AT + READ_BUFFER_BYTES);
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
    const memory = this.#memory;
    const tracker = this.tracker!;
    let place = start + at.INPUT_AT;
    const stop = end + at.INPUT_AT;
    for (;;) {
      const before = place;
      place = this.#assembly.run(place, stop, cursor.frame, tracker.streams);
      if (place !== before) {
        cursor.frame = memory.get(at.RAN_AT + at.RAN_FRAME);
        cursor.timeNs = memory.getTime(at.RAN_AT + at.RAN_TIME_NS);
        tracker.streams = memory.get(at.RAN_AT + at.RAN_STREAMS);
        this.#tellListed(memory.get(at.RAN_AT + at.RAN_LIST_END));
      }
      const reason = memory.get(at.RAN_AT + at.RAN_REASON);
      if (reason === at.EXCHANGE) this.#handOut(memory.get(at.RAN_AT + at.RAN_CONNECTION));
      else if (reason === at.BOTH_CLOSED) tracker.finished(this.#followedAt(memory.get(at.RAN_AT + at.RAN_CONNECTION)));
      else if (reason !== at.LIST_FULL) return place - at.INPUT_AT;
    }
  }

  #tellListed(end: number): void {
    if (end === at.LIST_AT) return;
    this.#listing?.lines(this.#memory.bytes, at.LIST_AT, end);
    this.#assembly.emptyList();
  }

  // ------------------------------------------------------------------------------------------------------ lent and reclaimed

  lend(connection: TrackedConnection): void {
    if (!this.#ready || !mayBeLent(connection)) return;
    const http = connection.sink as HttpStream;
    const body = http.settled ? null : http.body;
    if (!http.settled && body === null) return;
    const place = this.#assembly.allocate();
    if (place === 0) return;
    const memory = this.#memory;
    const { client } = connection;
    setAddresses(memory, place, connection);
    memory.set(place + at.STATE, body === null ? at.IDLE : at.ANSWERING);
    memory.set(place + at.COUNTED, 0);
    memory.set(place + at.STREAM, connection.stream);
    memory.set(place + at.LAST_FRAME, connection.lastFrame);
    // No earlier time is plain: not even than that of a segment which came before the last one.
    memory.setTime(place + at.END_NS, Math.max(connection.endNs, body?.endNs ?? connection.endNs));
    const { offsets } = http;
    lendSide(memory, place + at.CLIENT, connection, client, offsets[0]);
    lendSide(memory, place + at.SERVER, connection, client === 0 ? 1 : 0, offsets[1]);
    const lent: Lent = { connection, http, offsets, bodyUnderWay: body !== null };
    this.#lent[indexOf(place)] = lent;
    if (body === null) this.#setExchanges(place, lent);
    else {
      memory.set(place + at.EXCHANGES, at.HANDED_OUT);
      setBody(memory, place, body);
    }
    connection.lent = place;
    this.#assembly.insert(place);
  }

  #setExchanges(place: number, { connection, http }: Lent): void {
    const server = this.#listing !== null && http.listedOnly ? this.#servers.find(connection, this.#listing) : 0;
    this.#memory.set(place + at.EXCHANGES, server === 0 ? at.HANDED_OUT : this.#memory.get(server + at.LISTED_EXCHANGES));
    this.#memory.set(place + at.LISTED_AS, server);
  }

  reclaim(connection: TrackedConnection): void {
    const place = connection.lent;
    const lent = this.#lent[indexOf(place)];
    if (lent) this.#reclaimLent(place, lent);
    else this.#reclaimFollowed(place, connection);
    connection.lent = 0;
    this.#assembly.remove(place);
  }

  #reclaimLent(place: number, lent: Lent): void {
    const { connection, http, offsets } = lent;
    const { client, frameCount } = connection;
    const memory = this.#memory;
    const lastFrame = memory.get(place + at.LAST_FRAME);
    if (lastFrame !== connection.lastFrame) {
      connection.lastFrame = lastFrame;
      connection.endNs = memory.getTime(place + at.END_NS);
    }
    const sent = [
      reclaimSide(memory, place + at.CLIENT, connection, client, offsets[0]),
      reclaimSide(memory, place + at.SERVER, connection, client === 0 ? 1 : 0, offsets[1]),
    ] as const;
    if (memory.get(place + at.STATE) !== at.IDLE) this.#resume(place, lent);
    if (!lent.bodyUnderWay) http.skip(memory.get(place + at.COUNTED), sent);
    const isWorthIt = connection.frameCount - frameCount >= WORTH_LENDING;
    connection.waitedFor = isWorthIt ? 0 : Math.min(Math.max(WAIT_MIN, connection.waitedFor * 2), WAIT_MAX);
    connection.notLentBefore = connection.frameCount + connection.waitedFor;
    this.#lent[indexOf(place)] = null;
  }

  /** The exchange that is whole goes the way of all others; the connection stays lent. */
  #handOut(place: number): void {
    const lent = this.#lent[indexOf(place)]!;
    this.#resume(place, lent);
    lent.bodyUnderWay = false;
    this.#memory.set(place + at.STATE, at.IDLE);
    this.#setExchanges(place, lent);
  }

  #resume(place: number, { http, bodyUnderWay }: Lent): void {
    const memory = this.#memory;
    if (bodyUnderWay) http.proceed(bodyAt(memory, place));
    else http.resume(requestAt(memory, place), memory.get(place + at.STATE) === at.ASKED ? null : responseAt(memory, place));
  }

  // ---------------------------------------------------------------------------------------------------------------- followed

  track(connection: TrackedConnection, by: 1 | -1): void {
    if (this.#listing === null) return;
    setAddresses(this.#memory, at.ASKED_FOR_AT, connection);
    this.#assembly.track(by);
  }

  followed({ bytes, ipVersion, source, destination, addressBytes, sourcePort, destinationPort }: AddressPair): TrackedConnection | null {
    if (this.#listing === null) return null;
    const memory = this.#memory;
    memory.set(at.ASKED_FOR_AT + at.IP_VERSION, ipVersion);
    memory.bytes.set(bytes.subarray(source, source + addressBytes), at.ASKED_FOR_AT + at.CLIENT_ADDRESS);
    memory.bytes.set(bytes.subarray(destination, destination + addressBytes), at.ASKED_FOR_AT + at.SERVER_ADDRESS);
    memory.setPort(at.ASKED_FOR_AT + at.CLIENT_PORT, sourcePort);
    memory.setPort(at.ASKED_FOR_AT + at.SERVER_PORT, destinationPort);
    const place = this.#assembly.followed();
    return place === 0 ? null : this.#followedAt(place);
  }

  followNoMore(): TrackedConnection[] {
    if (!this.#follows) return [];
    this.#follows = false;
    this.#servers.followNoMore();
    const all: TrackedConnection[] = [];
    for (let index = 0; index < at.LENT_MAX; index++) {
      const place = at.CONNECTIONS_AT + index * at.CONNECTION_BYTES;
      const isOpen = this.#memory.get(place + at.STATE) !== at.CLOSED;
      if (isOpen && this.#memory.get(place + at.FOLLOWED) !== 0) all.push(this.#followedAt(place));
    }
    return all;
  }

  lastFrame(connection: TrackedConnection): number {
    return this.#memory.get(connection.lent + at.LAST_FRAME);
  }

  #followedAt(place: number): TrackedConnection {
    const known = this.#followed[indexOf(place)];
    if (known) return known;
    const connection = newFollowed(this.#memory, place);
    this.#followed[indexOf(place)] = connection;
    return connection;
  }

  #reclaimFollowed(place: number, connection: TrackedConnection): void {
    readFollowed(this.#memory, place, connection);
    if (connection.reassembly !== null) {
      const http = connection.sink as HttpStream;
      if (OPEN_STATES.has(this.#memory.get(place + at.STATE)))
        this.#resume(place, { connection, http, offsets: [0, 0], bodyUnderWay: false });
      readOn(this.#memory, place, connection, connection.reassembly, http);
    }
    this.#followed[indexOf(place)] = null;
  }
}

/** An exchange is under way. */
const OPEN_STATES: ReadonlySet<number> = new Set([at.ASKED, at.ANSWERING]);

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
    ends.every(({ shut }) => shut === null) &&
    ends.every(({ sequence }, index) => sequence.nextSeq !== 0 && sequence.nextSeq === reassembly.next(index as DirectionIndex))
  );
}
