/**
 * The loop over the records of a pcap file (draft-ietf-opsawg-pcap) or the blocks of a pcapng section, little-endian. It takes plain packets of the
 * connections at hand. With the first packet that is anything else it stops, and leaves everything as it was before that packet.
 */
import { EXCHANGE, MORE_BYTES, NOT_PLAIN, RAN_AT, RAN_CONNECTION, RAN_FRAME, RAN_REASON, RAN_TIME_NS } from '../layout';
import * as connections from './connections';
import * as exchange from './exchange';
import * as segment from './segment';
import * as sequence from './sequence';

export { allocate, insert, remove } from './connections';
export { linkLayer } from './segment';

/** Offsets in the header of a pcap record. */
const RECORD_HEADER_BYTES: usize = 16;
const RECORD_FRACTION: usize = 4;
const RECORD_CAPTURED: usize = 8;
const RECORD_ORIGINAL: usize = 12;

/** Offsets in a pcapng block that is an Enhanced Packet Block without options (draft-ietf-opsawg-pcapng §4.3). */
const ENHANCED_PACKET: u32 = 6;
const BLOCK_TOTAL: usize = 4;
const BLOCK_INTERFACE: usize = 8;
const BLOCK_TIME_HIGH: usize = 12;
const BLOCK_TIME_LOW: usize = 16;
const BLOCK_CAPTURED: usize = 20;
const BLOCK_ORIGINAL: usize = 24;
const BLOCK_PACKET: usize = 28;
const BLOCK_TRAILER_BYTES: usize = 4;

let isPcapng: bool = false;
let interfaceId: u32 = 0;
/** Nanoseconds of a tick; and the time from which ticks are counted: seconds and nanoseconds, or the two halves of a pcapng timestamp. */
let tickNs: f64 = 1000;
let baseHigh: f64 = 0;
let baseLow: f64 = 0;
/** Nanoseconds from the capture's first packet to that time. */
let baseNs: f64 = 0;

let frame: u32 = 0;
let timeNs: f64 = 0;
let reason: u32 = MORE_BYTES;

/** Records of a pcap file follow, whose first packet has this time. */
export function pcap(ticks: f64, seconds: f64, ns: f64): void {
  isPcapng = false;
  tickNs = ticks;
  baseHigh = seconds;
  baseLow = ns;
}

/** Blocks of a pcapng section follow; those of other interfaces are not plain. */
export function pcapng(id: u32, ticks: f64, high: f64, low: f64, ns: f64): void {
  isPcapng = true;
  interfaceId = id;
  tickNs = ticks;
  baseHigh = high;
  baseLow = low;
  baseNs = ns;
}

/** Takes records from `at` on, the first of which comes after frame `before`. Gives the place of the first one that it did not take; its other results are at `RAN_AT`. */
export function run(at: usize, end: usize, before: u32): usize {
  const stopped = takeRecords(at, end, before);
  store<u32>(RAN_AT, frame, RAN_FRAME);
  store<f64>(RAN_AT, timeNs, RAN_TIME_NS);
  store<u32>(RAN_AT, reason, RAN_REASON);
  store<u32>(RAN_AT, <u32>connections.found, RAN_CONNECTION);
  return stopped;
}

function takeRecords(at: usize, end: usize, before: u32): usize {
  frame = before;
  reason = MORE_BYTES;
  while (reason === MORE_BYTES) {
    const next = isPcapng ? block(at, end) : record(at, end);
    if (next === 0) return at;
    frame++;
    at = next;
    if (exchange.whole) reason = EXCHANGE;
  }
  return at;
}

/** Takes the record at `at` and gives the place after it; 0 and the reason where it is not taken. */
function record(at: usize, end: usize): usize {
  if (end - at < RECORD_HEADER_BYTES) return 0;
  const captured: usize = load<u32>(at, RECORD_CAPTURED);
  const start = at + RECORD_HEADER_BYTES;
  if (captured > end - start) return 0;
  const ns = (<f64>load<u32>(at) - baseHigh) * 1e9 + (<f64>load<u32>(at, RECORD_FRACTION) * tickNs - baseLow);
  if (captured !== <usize>load<u32>(at, RECORD_ORIGINAL) || !take(start, start + captured, ns)) return notPlain();
  return start + captured;
}

/** Likewise the block at `at`. */
function block(at: usize, end: usize): usize {
  if (end - at < BLOCK_PACKET + BLOCK_TRAILER_BYTES) return 0;
  if (load<u32>(at) !== ENHANCED_PACKET) return notPlain();
  const total: usize = load<u32>(at, BLOCK_TOTAL);
  if (total > end - at) return 0;
  const captured: usize = load<u32>(at, BLOCK_CAPTURED);
  const start = at + BLOCK_PACKET;
  const next = at + total;
  if (captured > end - start || start + ((captured + 3) & ~3) + BLOCK_TRAILER_BYTES !== next) return notPlain();
  if (load<u32>(next - BLOCK_TRAILER_BYTES) !== <u32>total || load<u32>(at, BLOCK_INTERFACE) !== interfaceId) return notPlain();
  const ticks = (<f64>load<u32>(at, BLOCK_TIME_HIGH) - baseHigh) * 4_294_967_296.0 + (<f64>load<u32>(at, BLOCK_TIME_LOW) - baseLow);
  if (captured !== <usize>load<u32>(at, BLOCK_ORIGINAL) || !take(start, start + captured, baseNs + ticks * tickNs)) return notPlain();
  return next;
}

function notPlain(): usize {
  reason = NOT_PLAIN;
  return 0;
}

/** Takes one packet into account, where it is plain. */
function take(start: usize, end: usize, ns: f64): bool {
  exchange.whole = false;
  if (!segment.read(start, end) || !takeSegment(ns)) return false;
  timeNs = ns;
  return true;
}

function takeSegment(ns: f64): bool {
  if (!connections.find() || !sequence.isPlain(ns)) return false;
  if (segment.payloadEnd > segment.payload && !exchange.payload(frame + 1, ns)) return false;
  sequence.commit(frame + 1, ns);
  return true;
}
