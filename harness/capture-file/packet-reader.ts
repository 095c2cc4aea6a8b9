/**
 * What the parsers of capture files have in common. A push parser takes bytes as they come and calls back once for each packet.
 *
 * No object is made for a packet: the parser fills one `PacketCursor` again and again, and the packet's bytes stay where they were read.
 */

import type { LinkType } from '../model.ts';
import { DOUBLE_ZERO } from '../wire/double-zero.ts';

/** The packet at hand. Valid during the callback only; `bytes` is the read buffer. */
export interface PacketCursor {
  /** From 1, as Wireshark counts. */
  frame: number;
  /** Nanoseconds since the capture's first packet. A packet without a timestamp (pcapng SPB) has that of the packet before it. */
  timeNs: number;
  linkType: LinkType;
  bytes: Uint8Array;
  /** The captured bytes are `bytes[start, end)`. */
  start: number;
  end: number;
  /** Length on the wire. */
  originalLength: number;
}

/** Called for each packet, in the order of the file. */
export type OnPacket = (packet: PacketCursor) => void;

/** What a file says beside its packets. Filled while it is read. */
export interface CaptureFacts {
  format: 'pcap' | 'pcapng' | 'unknown';
  baseEpochNs: bigint | null;
  linkTypes: LinkType[];
  frames: number;
  lastNs: number;
  /** From the interface statistics; `null` where no block has it. */
  received: number | null;
  dropped: number | null;
  endEpochNs: bigint | null;
  sectionComments: string[];
  frameComments: { frame: number; timeNs: number; text: string }[];
  /** Damage and limits, by name. */
  faults: Record<string, number>;
}

/** Takes packets before the parser does, as long as they are plain: what a plain packet is, is its own to decide. */
export interface PlainPackets {
  /** The capture is read into these bytes. */
  readonly bytes: Uint8Array;
  /** Little-endian records of a pcap file follow. `seconds` and `ns` since the epoch: the time of the file's first packet. */
  pcap(linkType: LinkType, nsPerTick: number, seconds: number, ns: number): void;
  /**
   * Little-endian blocks of a pcapng section follow. Packets of its interface `id` may be plain. The timestamp with the halves `high` and `low` is
   * `baseNs` after the capture's first packet.
   */
  pcapng(linkType: LinkType, id: number, nsPerTick: number, high: number, low: number, baseNs: number): void;
  /** What follows is neither: no packet is taken any more. */
  stop(): void;
  /**
   * Takes whole packets of `bytes[start, end)`, up to the first one that is not plain. `cursor` then has the number and time of the last one taken.
   * @returns the offset after it
   */
  take(start: number, end: number, cursor: PacketCursor): number;
}

/** A push parser of one file. */
export interface PacketParser {
  /**
   * Parses the whole records of `bytes[start, end)`.
   * @returns the offset of the first byte that was not consumed; the caller gives it again with what follows. `end` after damage
   * after which no record can be found: the rest is skipped.
   */
  parse(bytes: Uint8Array, start: number, end: number): number;
  /** The file has ended; `rest` bytes were left unconsumed. */
  finish(rest: number): void;
}

/** A packet longer than this is damage: the limit of libpcap and Wireshark for everything but USB and D-Bus. */
export const CAPTURED_BYTES_MAX = 262_144;
/** A pcapng block longer than this is damage (Wireshark's own limit). */
export const BLOCK_BYTES_MAX = 16 * 1024 * 1024;
/** Comments of a capture that are kept; more are counted under `too-many-comments`. */
export const COMMENTS_MAX = 10_000;
/** Interfaces of a section; packets of more are counted under `unknown-interface`. */
export const INTERFACES_MAX = 65_536;

/** Facts of a file of which nothing has been read. */
export const newFacts = (): CaptureFacts => ({
  format: 'unknown',
  baseEpochNs: null,
  linkTypes: [],
  frames: 0,
  lastNs: DOUBLE_ZERO,
  received: null,
  dropped: null,
  endEpochNs: null,
  sectionComments: [],
  frameComments: [],
  faults: {},
});

/** Counts one more fault of this name. */
export function countFault(faults: Record<string, number>, name: string): void {
  faults[name] = (faults[name] ?? 0) + 1;
}

/** An unsigned integer of 16 bits. The caller has checked the length. */
export const uint16 = (bytes: Uint8Array, offset: number, littleEndian: boolean): number =>
  littleEndian ? bytes[offset]! | (bytes[offset + 1]! << 8) : (bytes[offset]! << 8) | bytes[offset + 1]!;

/** An unsigned integer of 32 bits. The caller has checked the length. */
export const uint32 = (bytes: Uint8Array, offset: number, littleEndian: boolean): number =>
  (littleEndian
    ? bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)
    : (bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
