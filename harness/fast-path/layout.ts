/**
 * Where things lie in the memory that TypeScript and WebAssembly share: both sides read this file, the AssemblyScript one in `assembly/` and `fast-path.ts`.
 * Numbers of 64 bits lie at multiples of 8. The size of the memory is in `asconfig.json`.
 */

// ------------------------------------------------------------------------------------------------------------ the memory

/** Connections that are held at one time. */
export const HELD_MAX = 1024;
/** Buckets of the table of connections: a power of two. */
export const BUCKETS = 4096;
/** A message with a longer head is not plain. */
export const HEAD_BYTES_MAX = 2048;
/** As the model's `FRAMES_KEPT`: segments of a response that are kept one by one. */
export const SEGMENTS_KEPT = 256;

/** The results of `run`: they cost less to read than what WebAssembly exports. */
export const RAN_AT = 0xf000;
export const BUCKETS_AT = 0x1_0000;
/** Field lines seen before: those of requests, then those of responses. */
export const FIELDS_AT = 0x2_0000;
export const CONNECTIONS_AT = 0x4_0000;
/** Bytes of one connection: its numbers, the two heads, then sizes and frames of the response's segments. */
export const CONNECTION_BYTES = 0x1a00;
/** The capture's bytes. */
export const INPUT_AT = 0x6c_0000;

// -------------------------------------------------------------------------------------------------------- one connection

/** Addresses and ports in the bytes of the wire; of IPv4 addresses the first four bytes count. */
export const CLIENT_ADDRESS = 0;
export const SERVER_ADDRESS = 16;
export const CLIENT_PORT = 32;
export const SERVER_PORT = 34;
export const IP_VERSION = 36;
export const NEXT_IN_BUCKET = 40;
/** How far the last exchange has come. */
export const STATE = 44;
/** Number and time of the connection's last frame. */
export const LAST_FRAME = 48;
export const END_NS = 56;

/** What one side sends: the offsets below count from here. */
export const CLIENT = 64;
export const SERVER = 192;

export const NEXT_SEQ = 0;
export const MAX_SEQ_TO_BE_ACKED = 4;
export const LAST_ACK = 8;
export const WINDOW = 12;
/** As in `SequenceState`; and the shift count in use, which is 0 up to the side's first ACK. */
export const WINDOW_SCALE = 16;
export const WINDOW_SHIFT = 20;
export const DUPLICATE_ACKS = 24;
/** Frames and segments with payload since the connection has been held. */
export const FRAMES = 28;
export const SEGMENTS = 32;
export const LARGEST_SEGMENT = 36;
export const LAST_PAYLOAD_FRAME = 40;
/** The packet that brought the side's last acknowledgment first, and its time. */
export const ACK_MOVED_FRAME = 44;
export const NEXT_SEQ_NS = 48;
export const LAST_ACK_NS = 56;
export const LAST_PAYLOAD_NS = 64;
/** Bytes of this side so far, and those before the message that it sent last. */
export const PAYLOAD_BYTES = 72;
export const MESSAGE_OFFSET = 80;
/** Length of that message's head in `REQUEST_HEAD` or `RESPONSE_HEAD`, the frame that it came in, its time. */
export const HEAD_BYTES = 88;
export const HEAD_FRAME = 92;
export const HEAD_NS = 96;
/** The last segment with payload; and as `End` has them: what the last packet of this side is known by. */
export const LAST_PAYLOAD_LENGTH = 104;
export const LAST_IDENTITY = 108;
export const ACK_MOVED_NS = 112;
export const LAST_SEQ = 120;

/** Of the last exchange. */
export const TARGET_BYTES = 320;
export const STATUS = 324;
export const FRAMING = 328;
export const RESPONSE_SEGMENTS = 332;
export const RESPONSE_LARGEST = 336;
export const RESPONSE_LAST_FRAME = 340;
export const RESPONSE_END_NS = 344;
/** Content bytes seen, bytes of the body on the wire, and content bytes that are still to come: of the whole body, or of the chunk. */
export const BODY_BYTES = 352;
export const BODY_WIRE_BYTES = 360;
export const REMAINING = 368;
export const CHUNK_STATE = 376;

export const REQUEST_HEAD = 0x200;
export const RESPONSE_HEAD = 0xa00;
export const SEGMENT_SIZES = 0x1200;
export const SEGMENT_FRAMES = 0x1600;

/** `STATE`: there has been no exchange here; a request waits for its response; a response's body is under way; the last exchange is whole. */
export const IDLE = 0;
export const ASKED = 1;
export const ANSWERING = 2;
export const ANSWERED = 3;

/** `FRAMING` of a response, as the model's names. */
export const FRAMING_NONE = 0;
export const FRAMING_CONTENT_LENGTH = 1;
export const FRAMING_CHUNKED = 2;

/** `CHUNK_STATE`: at the beginning of a chunk-size line, in a chunk's data, after them. */
export const CHUNK_SIZE = 0;
export const CHUNK_DATA = 1;
export const CHUNK_DATA_END = 2;

// ------------------------------------------------------------------------------------------------------ results of `run`

/** Number and time of the packet that was taken last. */
export const RAN_FRAME = 0;
export const RAN_TIME_NS = 8;
/** Why `run` came back. */
export const RAN_REASON = 16;
/** The connection whose exchange is whole, where that is the reason. */
export const RAN_CONNECTION = 20;

// `RAN_REASON`:

/** No whole record is left. */
export const MORE_BYTES = 0;
/** The next record is not plain. */
export const NOT_PLAIN = 1;
/** The record taken last ends an exchange. */
export const EXCHANGE = 2;
