/**
 * What the HTTP layer keeps at most. A message that goes over a limit says so in a problem that names the limit.
 */

/** Bytes of a head or of a trailer section. Chromium stops at 256 KiB, Apache at about 800 KiB, nginx at 32 KiB, Node at 16 KiB. */
export const MAX_HEAD_BYTES = 128 * 1024;

/** Header fields kept of one message; further ones still decide about the framing. */
export const MAX_HEADER_FIELDS = 1000;

/** Bytes of a chunk-size line, its extensions included. */
export const MAX_CHUNK_LINE_BYTES = 16 * 1024;

/** Hexadecimal digits of a chunk size (leading zeros included); 2^53 − 1 has fourteen. */
export const MAX_CHUNK_SIZE_DIGITS = 32;

/** Requests of one connection that wait for their answer. */
export const MAX_PIPELINED_REQUESTS = 1000;

/** Interim (1xx) responses kept of one exchange. */
export const MAX_INTERIM_RESPONSES = 64;

/** Problems kept of one message. */
export const MAX_PROBLEMS = 32;
