/**
 * Where things lie in the memory that the fast path shares with the rest: read by both sides, the AssemblyScript one in `assembly/` and `fast-path.ts`.
 * Numbers of 64 bits lie at multiples of 8.
 */

// ------------------------------------------------------------------------------------------------------------ the memory

/** Connections that are lent at one time; more are followed by the slow path alone. */
export const LENT_MAX = 1024;
/** With so many in use no more are followed: SYNs that nobody answers leave room for connections that bring something. */
export const FOLLOWED_MAX = 768;
/** Buckets of the table of lent connections: a power of two. */
export const BUCKETS = 4096;
/** Heads longer than this are the slow path's. */
export const HEAD_BYTES_MAX = 2048;
/** As the model's `FRAMES_KEPT`: segments of a response that are kept one by one. */
export const SEGMENTS_KEPT = 256;

/** What `run` leaves behind: it costs less to read than what WebAssembly exports. */
export const RAN_AT = 0xf000;
export const BUCKETS_AT = 0x1_0000;
/** Lines of exchanges that are only listed, and room for them; behind it a longest line finds room. */
export const LIST_AT = 0x2_0000;
export const LIST_BYTES = 0xf000;
/** Servers whose exchanges are not handed out; behind the last one of them zeros follow. */
export const SERVERS_AT = 0x3_0000;
export const SERVERS_MAX = 127;
export const SERVER_BYTES = 0x100;
/** How many connections that are not lent have addresses and ports of a bucket (16 bits each); buckets: a power of two. */
export const TRACKED_AT = 0x3_8000;
export const TRACKED_BUCKETS = 8192;
/** Addresses and ports that are asked for, as at the beginning of a connection. */
export const ASKED_FOR_AT = 0x3_c000;
/** Field lines seen before: those of requests, then those of responses. */
export const FIELDS_AT = 0x4_0000;
export const CONNECTIONS_AT = 0x8_0000;
/** Bytes of one connection: its numbers, the two heads, then sizes and frames of the response's segments. */
export const CONNECTION_BYTES = 0x1a00;
/** The capture's bytes. How large the memory is stands in `asconfig.json`. */
export const INPUT_AT = 0x70_0000;

// -------------------------------------------------------------------------------------------------------- one connection

/** Addresses and ports in the bytes of the wire; of IPv4 addresses the first four bytes count. */
export const CLIENT_ADDRESS = 0;
export const SERVER_ADDRESS = 16;
export const CLIENT_PORT = 32;
export const SERVER_PORT = 34;
export const IP_VERSION = 36;
export const NEXT_IN_BUCKET = 40;
/** What becomes of an exchange that is whole. */
export const EXCHANGES = 44;
export const STATE = 48;
/** Exchanges that were not handed out since the connection was lent. */
export const COUNTED = 52;
/** Frames of both sides since the connection was lent, the last of them and its time. */
export const LAST_FRAME = 56;
/** As the model's `stream`. */
export const STREAM = 60;
export const END_NS = 64;
/** Where in `SERVERS_AT` its server is, if its exchanges are listed. */
export const LISTED_AS = 72;
/** 1: it was never lent, but followed here from its SYN on. The rest up to `CLIENT` is of such connections. */
export const FOLLOWED = 76;
export const SYN_NS = 80;
export const SYN_ACK_NS = 88;
export const ACK_NS = 96;
export const SYN_FRAME = 104;
/** 0: not yet. */
export const SYN_ACK_FRAME = 108;
export const ACK_FRAME = 112;

/** What one side sends: the offsets below count from here. */
export const CLIENT = 120;
export const SERVER = 264;

export const NEXT_SEQ = 0;
export const MAX_SEQ_TO_BE_ACKED = 4;
export const LAST_ACK = 8;
export const WINDOW = 12;
/** The shift count that the side's SYN told, as in `SequenceState`; and the one in use, which is 0 up to the side's first ACK. */
export const WINDOW_SCALE = 16;
export const WINDOW_SHIFT = 20;
export const DUPLICATE_ACKS = 24;
/** Frames, segments with payload and payload bytes since the connection was lent. */
export const FRAMES = 28;
export const SEGMENTS = 32;
export const LARGEST_SEGMENT = 36;
export const LAST_PAYLOAD_FRAME = 40;
/** The packet that brought the side's last acknowledgment first, and its time. */
export const ACK_MOVED_FRAME = 44;
export const NEXT_SEQ_NS = 48;
export const LAST_ACK_NS = 56;
export const LAST_PAYLOAD_NS = 64;
export const PAYLOAD_BYTES = 72;
/** Bytes of this side before those of the message under way, since the connection was lent. */
export const MESSAGE_OFFSET = 80;
/** Length of the message's head in `REQUEST_HEAD` or `RESPONSE_HEAD`, the frame that it came in, its time. */
export const HEAD_BYTES = 88;
export const HEAD_FRAME = 92;
export const HEAD_NS = 96;
/** Of a side that was followed from its SYN on, but for `LAST_PAYLOAD_LENGTH`: its number, its options (−1: absent; SACK permitted: 0 or 1), and its FIN (frame 0: none yet). */
export const INITIAL_SEQ = 104;
export const OFFERED_MSS = 108;
export const OFFERED_SCALE = 112;
export const SACK_PERMITTED = 116;
export const FIN_FRAME = 120;
export const LAST_PAYLOAD_LENGTH = 124;
export const FIN_NS = 128;
export const ACK_MOVED_NS = 136;

/** Of the exchange under way. */
export const TARGET_BYTES = 408;
export const STATUS = 412;
export const FRAMING = 416;
export const RESPONSE_SEGMENTS = 420;
export const RESPONSE_LARGEST = 424;
export const RESPONSE_LAST_FRAME = 428;
export const RESPONSE_END_NS = 432;
/** Content bytes seen, bytes of the body on the wire, and content bytes that are still to come: of the whole body, or of the chunk. */
export const BODY_BYTES = 440;
export const BODY_WIRE_BYTES = 448;
export const REMAINING = 456;
export const CHUNK_STATE = 464;
/** Up to here a connection is numbers. */
export const NUMBERS_BYTES = 472;

export const REQUEST_HEAD = 0x200;
export const RESPONSE_HEAD = 0xa00;
export const SEGMENT_SIZES = 0x1200;
export const SEGMENT_FRAMES = 0x1600;

/** `STATE`: nothing is under way; a request waits for its response; a response's body is under way; all of an exchange is there. */
export const IDLE = 0;
export const ASKED = 1;
export const ANSWERING = 2;
export const ANSWERED = 3;
/** Likewise, of connections that are followed from their SYN on: it was sent; it was answered; one side has closed; both have. */
export const SYN_SENT = 4;
export const SYN_RECEIVED = 5;
export const CLOSING = 6;
export const CLOSED = 7;

/** `EXCHANGES`: each is handed out; it is listed and counted; it is counted alone. */
export const HANDED_OUT = 0;
export const LISTED_ONLY = 1;
export const COUNTED_ONLY = 2;

/** `FRAMING` of a response, as the model's names. */
export const FRAMING_NONE = 0;
export const FRAMING_CONTENT_LENGTH = 1;
export const FRAMING_CHUNKED = 2;

/** `CHUNK_STATE`: at the beginning of a chunk-size line, in a chunk's data, behind them. */
export const CHUNK_SIZE = 0;
export const CHUNK_DATA = 1;
export const CHUNK_DATA_END = 2;

// -------------------------------------------------------------------------------------------------------------- one server

/** Its address and port in the bytes of the wire; the version, 0 where no server is; then as `EXCHANGES` of its connections. */
export const LISTED_ADDRESS = 0;
export const LISTED_PORT = 16;
export const LISTED_IP_VERSION = 20;
export const LISTED_EXCHANGES = 24;
/** How a line begins: this, the connection's number, and that; of each the length, and the text. */
export const BEFORE_STREAM_BYTES = 28;
export const BEFORE_STREAM = 32;
export const BEFORE_STREAM_BYTES_MAX = 28;
export const BEHIND_STREAM_BYTES = 60;
export const BEHIND_STREAM = 64;
export const BEHIND_STREAM_BYTES_MAX = 96;

// ---------------------------------------------------------------------------------------------------- what `run` leaves behind

/** Number and time of the packet that was taken last. */
export const RAN_FRAME = 0;
export const RAN_TIME_NS = 8;
/** Why it came back. */
export const RAN_REASON = 16;
/** The connection whose exchange is whole, or that was closed, where that is the reason. */
export const RAN_CONNECTION = 20;
/** Behind the last line of the list. */
export const RAN_LIST_END = 24;
/** Connections so far. */
export const RAN_STREAMS = 28;

// `RAN_REASON`:

/** No whole record is left. */
export const MORE_BYTES = 0;
/** The record at hand is for the slow path. */
export const NOT_PLAIN = 1;
/** What was listed has to be taken away. */
export const LIST_FULL = 2;
/** An exchange is whole. */
export const EXCHANGE = 3;
/** Both sides have closed a connection that was followed from its SYN on. */
export const BOTH_CLOSED = 4;

// --------------------------------------------------------------------------------------------------------------- signature

/** Another one where the layout is: a module that was compiled for it is not used. */
export const SIGNATURE =
  BUCKETS_AT +
  2 * LIST_AT +
  3 * FIELDS_AT +
  5 * CONNECTIONS_AT +
  7 * CONNECTION_BYTES +
  11 * INPUT_AT +
  13 * SERVER +
  17 * HEAD_NS +
  19 * ACK_MOVED_NS +
  23 * CHUNK_STATE +
  29 * REQUEST_HEAD +
  31 * RESPONSE_HEAD +
  37 * SEGMENT_SIZES +
  41 * SEGMENT_FRAMES +
  43 * RAN_STREAMS +
  47 * SERVERS_AT +
  53 * BEHIND_STREAM +
  59 * TRACKED_AT +
  61 * ASKED_FOR_AT;
