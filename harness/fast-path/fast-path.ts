/**
 * A plain reader in WebAssembly (`assembly/`), over memory that both sides share (`layout.ts`). It holds connections that are established, and between two
 * exchanges or in a response's body. A packet is plain where the rules of `tcp/` and `http/` have nothing to report of it.
 */
import type { PacketCursor } from '../capture-file/packet-reader.ts';
import { READ_BUFFER_BYTES } from '../capture-file/read-capture.ts';
import type { HttpConnection, OnSummary, OpenPlainReader, PlainReader } from '../decode/plain-reader.ts';
import type { LinkType } from '../model.ts';
import type { End } from '../tcp/tracked-connection.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2, LINKTYPE_RAW } from '../wire/link.ts';
import { type Assembly, instantiate } from './binary.ts';
import { ExchangeRecord } from './exchange-record.ts';
import { HeldConnection } from './held-connection.ts';
import * as at from './layout.ts';
import { SharedMemory } from './shared-memory.ts';

/** Link layers whose headers are plain: their bytes, and where in them the EtherType is. */
const LINK_LAYERS: ReadonlyMap<LinkType, readonly [bytes: number, etherTypeAt: number]> = new Map([
  [LINKTYPE_ETHERNET, [14, 12]],
  [LINKTYPE_LINUX_SLL, [16, 14]],
  [LINKTYPE_LINUX_SLL2, [20, 0]],
  [LINKTYPE_RAW, [0, -1]],
]);

/**
 * Holding a connection costs as much time as a few dozen frames in the layers. One that is released after fewer frames is not held again before it has had
 * `WAIT_MIN` more, then twice as many each time, up to `WAIT_MAX`.
 */
const WORTH_HOLDING = 32;
const WAIT_MIN = 8;
const WAIT_MAX = 256;

/** Starting it costs as much time as reading a few megabytes. */
const WORTH_STARTING_BYTES = 4 * 1024 * 1024;

/** The fast path for captures that are large enough for it. `null` also where there is no binary for it (`loadFastPath`). */
export const openFastPath: OpenPlainReader = (bytes, onSummary) => (bytes < WORTH_STARTING_BYTES ? null : loadFastPath(onSummary));

/**
 * A fast path for one capture; `null` where it was not built, or from other sources than these. `waits` is false in tests, so that
 * connections change hands as often as they can.
 */
export function loadFastPath(onSummary: OnSummary | null, { waits = true } = {}): FastPath | null {
  const assembly = instantiate();
  return assembly && new FastPath(assembly, onSummary, waits);
}

/** The fast path for one capture. */
export class FastPath implements PlainReader {
  readonly bytes: Uint8Array;
  readonly #assembly: Assembly;
  readonly #memory: SharedMemory;
  readonly #onSummary: OnSummary | null;
  readonly #record: ExchangeRecord;
  readonly #held = new Map<HttpConnection, HeldConnection>();
  /** By their place in the shared memory. */
  readonly #byPlace: (HeldConnection | null)[] = new Array(at.HELD_MAX).fill(null);
  /** Connections that are not held before they have `until` frames; they wait for `frames` of them. */
  readonly #waiting = new WeakMap<HttpConnection, { until: number; frames: number }>();
  readonly #waits: boolean;
  #isReady = false;

  constructor(assembly: Assembly, onSummary: OnSummary | null, waits: boolean) {
    this.#assembly = assembly;
    this.#onSummary = onSummary;
    this.#waits = waits;
    this.#memory = new SharedMemory(assembly.memory.buffer);
    this.#record = new ExchangeRecord(this.#memory);
    this.bytes = this.#memory.bytes.subarray(at.INPUT_AT, at.INPUT_AT + READ_BUFFER_BYTES);
  }

  // ---------------------------------------------------------------------------------------------------------------- packets

  pcap(linkType: LinkType, nsPerTick: number, seconds: number, ns: number): void {
    this.#assembly.pcap(nsPerTick, seconds, ns);
    this.#link(linkType);
  }

  pcapng(linkType: LinkType, id: number, nsPerTick: number, high: number, low: number, baseNs: number): void {
    this.#assembly.pcapng(id, nsPerTick, high, low, baseNs);
    this.#link(linkType);
  }

  stop(): void {
    this.#isReady = false;
  }

  #link(linkType: LinkType): void {
    const link = LINK_LAYERS.get(linkType);
    this.#isReady = link !== undefined;
    if (link !== undefined) this.#assembly.linkLayer(...link);
  }

  take(start: number, end: number, cursor: PacketCursor): number {
    if (!this.#isReady || this.#held.size === 0) return start;
    const memory = this.#memory;
    let place = start + at.INPUT_AT;
    const stop = end + at.INPUT_AT;
    for (;;) {
      const before = place;
      place = this.#assembly.run(place, stop, cursor.frame);
      if (place !== before) {
        cursor.frame = memory.get(at.RAN_AT + at.RAN_FRAME);
        cursor.timeNs = memory.getTime(at.RAN_AT + at.RAN_TIME_NS);
      }
      if (memory.get(at.RAN_AT + at.RAN_REASON) !== at.EXCHANGE) return place - at.INPUT_AT;
      this.#exchangeEnded(this.#byPlace[indexOf(memory.get(at.RAN_AT + at.RAN_CONNECTION))]!);
    }
  }

  #exchangeEnded(held: HeldConnection): void {
    const onSummary = this.#onSummary;
    if (onSummary === null || !held.mayReport) held.giveToStream();
    else onSummary(this.#record.moveTo(held.place, held.connection.stream, held.report()), held.server, held.connection);
  }

  // ------------------------------------------------------------------------------------------------------------ connections

  hold(connection: HttpConnection): boolean {
    if (!this.#isReady || !isEstablished(connection) || this.#mustWait(connection)) return false;
    const http = connection.sink!;
    const snapshot = http.snapshot();
    if (snapshot === null) return false;
    const place = this.#assembly.allocate();
    if (place === 0) return false;
    const held = new HeldConnection(this.#memory, place, connection, http, snapshot);
    this.#assembly.insert(place);
    this.#byPlace[indexOf(place)] = held;
    this.#held.set(connection, held);
    return true;
  }

  release(connection: HttpConnection): void {
    const held = this.#held.get(connection)!;
    const frames = held.restore();
    this.#wait(connection, frames >= WORTH_HOLDING);
    this.#assembly.remove(held.place);
    this.#byPlace[indexOf(held.place)] = null;
    this.#held.delete(connection);
  }

  #mustWait(connection: HttpConnection): boolean {
    const waiting = this.#waiting.get(connection);
    return waiting !== undefined && connection.frameCount < waiting.until;
  }

  #wait(connection: HttpConnection, wasWorthIt: boolean): void {
    if (wasWorthIt || !this.#waits) {
      this.#waiting.delete(connection);
      return;
    }
    const before = this.#waiting.get(connection)?.frames ?? 0;
    const frames = Math.min(Math.max(WAIT_MIN, before * 2), WAIT_MAX);
    this.#waiting.set(connection, { until: connection.frameCount + frames, frames });
  }
}

const indexOf = (place: number): number => (place - at.CONNECTIONS_AT) / at.CONNECTION_BYTES;

/** Whether the handshake is over, no close has begun, nothing is missing, and the next packets can't show more of what came before. */
function isEstablished(connection: HttpConnection): boolean {
  const { sink, reassembly } = connection;
  if (sink === null || reassembly === null) return false;
  return (
    connection.clientSettled &&
    connection.firstClose === -1 &&
    connection.doubtfulReset === null &&
    connection.frameCount > 1 &&
    (connection.ackFrame > 0 || connection.synAckFrame === 0) &&
    (connection.firstRoundTripNs !== 0 || connection.lastSynNs === Number.NEGATIVE_INFINITY) &&
    reassembly.settled &&
    isLevel(connection.ends[0], reassembly.next(0)) &&
    isLevel(connection.ends[1], reassembly.next(1))
  );
}

/** Whether the end's window is open, and its next byte is the next one to be read. */
const isLevel = ({ shut, sequence: { nextSeq } }: End, next: number): boolean => shut === null && nextSeq !== 0 && nextSeq === next;
