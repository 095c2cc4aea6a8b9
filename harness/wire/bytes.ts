/** Network byte order. The caller has checked the length. */

/** An unsigned integer of 16 bits. */
export const uint16 = (bytes: Uint8Array, offset: number): number => (bytes[offset]! << 8) | bytes[offset + 1]!;

/** An unsigned integer of 32 bits. */
export const uint32 = (bytes: Uint8Array, offset: number): number => int32(bytes, offset) >>> 0;

/** As a signed 32-bit number: for comparing, hashing and sequence arithmetic. */
export const int32 = (bytes: Uint8Array, offset: number): number =>
  (bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!;
