/** One captured packet. `bytes` is the caller's to keep. */
export interface CapturedPacket {
  /** Nanoseconds since the epoch. */
  epochNs: bigint;
  /** Length on the wire; `bytes.length` is what was captured of it. */
  originalLength: number;
  bytes: Uint8Array;
}
