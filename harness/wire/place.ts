/** Where in a frame the reading of its headers has come to. Made for frames that are more than a plain link layer, IP and TCP. */
export interface Place {
  bytes: Uint8Array;
  offset: number;
  /** What was captured ends here; never beyond `wireEnd`. */
  end: number;
  /** Where the packet at `offset` ended on the wire, in the same coordinates. */
  wireEnd: number;
}

/** The EtherType of what is at the place's offset now, or the name of what can't be read there (`protocol-names.ts`). */
export type Next = number | string;

/** A header is not whole: the frame or the snap length cut it. */
export const LINK_CUT_SHORT = 'link-cut-short';
export const TUNNEL_CUT_SHORT = 'tunnel-cut-short';

/** Whether `count` bytes can be read at the offset. */
export const has = ({ offset, end }: Place, count: number): boolean => end - offset >= count;

/** The packet at hand is `length` bytes long from `offset` on: what follows is padding, or a check sequence. */
export function endAt(place: Place, offset: number, length: number): void {
  if (offset + length < place.wireEnd) place.wireEnd = offset + length;
  if (place.end > place.wireEnd) place.end = place.wireEnd;
}
