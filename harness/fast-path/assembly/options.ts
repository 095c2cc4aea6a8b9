/** The options of a SYN (RFC 9293 §3.2), as `wire/tcp.ts` reads them: an option of impossible length ends the reading. */

const END_OF_OPTION_LIST: u8 = 0;
const NO_OPERATION: u8 = 1;
const MAXIMUM_SEGMENT_SIZE: u8 = 2;
const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
/** RFC 7323 §2.3: a larger shift count means 14. */
const WINDOW_SCALE_MAX: i32 = 14;

/** −1: absent. */
export let maximumSegmentSize: i32 = -1;
export let windowScale: i32 = -1;
export let sackPermitted: bool = false;

/** Reads the options in `[at, end)`. */
export function read(at: usize, end: usize): void {
  maximumSegmentSize = -1;
  windowScale = -1;
  sackPermitted = false;
  while (at < end) {
    const kind = load<u8>(at);
    if (kind === END_OF_OPTION_LIST) return;
    if (kind === NO_OPERATION) {
      at++;
      continue;
    }
    if (end - at < 2) return;
    const length: usize = load<u8>(at, 1);
    if (length < 2 || length > end - at) return;
    if (kind === MAXIMUM_SEGMENT_SIZE && length === 4) {
      maximumSegmentSize = <i32>bswap<u16>(load<u16>(at, 2));
    } else if (kind === WINDOW_SCALE && length === 3) {
      const offered: i32 = load<u8>(at, 2);
      windowScale = offered < WINDOW_SCALE_MAX ? offered : WINDOW_SCALE_MAX;
    } else if (kind === SACK_PERMITTED && length === 2) {
      sackPermitted = true;
    }
    at += length;
  }
}
