/** The TCP header and its options (RFC 9293 §3.1, §3.2). The accessors can't fail where `HEADER_READABLE` bytes are there. */
import { int32, uint16, uint32 } from './bytes.ts';

export const PROTOCOL_NUMBER = 6;
export const HEADER_MIN = 20;
/** Bytes up to the window: all that is read beside checksum, urgent pointer and options. A snap length may have cut those off. */
export const HEADER_READABLE = 16;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const SEQUENCE_NUMBER = 4;
const ACKNOWLEDGMENT_NUMBER = 8;
const DATA_OFFSET = 12;
const FLAGS = 13;
const WINDOW = 14;

export const sourcePort = (bytes: Uint8Array, offset: number): number => uint16(bytes, offset + SOURCE_PORT);
export const destinationPort = (bytes: Uint8Array, offset: number): number => uint16(bytes, offset + DESTINATION_PORT);
/** As a signed 32-bit number, for arithmetic that wraps. */
export const sequenceNumber = (bytes: Uint8Array, offset: number): number => int32(bytes, offset + SEQUENCE_NUMBER);
export const acknowledgmentNumber = (bytes: Uint8Array, offset: number): number => int32(bytes, offset + ACKNOWLEDGMENT_NUMBER);
/** Bytes of the header, options included. */
export const headerLength = (bytes: Uint8Array, offset: number): number => (bytes[offset + DATA_OFFSET]! >>> 4) * 4;
export const flags = (bytes: Uint8Array, offset: number): number => bytes[offset + FLAGS]!;
export const windowSize = (bytes: Uint8Array, offset: number): number => uint16(bytes, offset + WINDOW);

const END_OF_OPTION_LIST = 0;
const NO_OPERATION = 1;
const MAXIMUM_SEGMENT_SIZE = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;

/** RFC 7323 §2.3: a larger shift count means 14. */
const WINDOW_SCALE_MAX = 14;

/** What the options of one header say; -1 where an option is absent. Filled again by each `readOptions`. */
export interface TcpOptions {
  maximumSegmentSize: number;
  windowScale: number;
  sackPermitted: boolean;
  /** SACK blocks in the header; their edges are at `sackOffset`, left and right by turns. */
  sackBlocks: number;
  sackOffset: number;
  timestampValue: number;
  timestampEchoReply: number;
}

/** Options to be filled. */
export const newOptions = (): TcpOptions => ({
  maximumSegmentSize: -1,
  windowScale: -1,
  sackPermitted: false,
  sackBlocks: 0,
  sackOffset: -1,
  timestampValue: -1,
  timestampEchoReply: -1,
});

/** Reads the options in `bytes[start, end)`. An option of impossible length ends the reading; those before it count. */
export function readOptions(bytes: Uint8Array, start: number, end: number, options: TcpOptions): void {
  options.maximumSegmentSize = options.windowScale = options.sackOffset = options.timestampValue = options.timestampEchoReply = -1;
  options.sackPermitted = false;
  options.sackBlocks = 0;
  while (start < end) {
    const kind = bytes[start]!;
    if (kind === END_OF_OPTION_LIST) return;
    if (kind === NO_OPERATION) {
      start++;
      continue;
    }
    if (start + 2 > end) return;
    const length = bytes[start + 1]!;
    if (length < 2 || start + length > end) return;
    if (kind === MAXIMUM_SEGMENT_SIZE && length === 4) options.maximumSegmentSize = uint16(bytes, start + 2);
    else if (kind === WINDOW_SCALE && length === 3) options.windowScale = Math.min(bytes[start + 2]!, WINDOW_SCALE_MAX);
    else if (kind === SACK_PERMITTED && length === 2) options.sackPermitted = true;
    else if (kind === SACK) {
      options.sackBlocks = (length - 2) >>> 3;
      options.sackOffset = start + 2;
    } else if (kind === TIMESTAMPS && length === 10) {
      options.timestampValue = uint32(bytes, start + 2);
      options.timestampEchoReply = uint32(bytes, start + 6);
    }
    start += length;
  }
}
