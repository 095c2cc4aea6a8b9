/** A capture of ours with fewer packets. */

const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;

/**
 * Keeps the packets of these frame numbers, which count from 1 on. All else stays but the statistics at the end, which counted the others too.
 * @param bytes a little-endian pcapng file, as `createPcapngWriter` writes it
 * @throws RangeError where a block is not whole
 */
export function keepPackets(bytes: Uint8Array, isKept: (frame: number) => boolean): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  let frame = 0;
  for (let start = 0; start < bytes.length; ) {
    const total = start + 8 > bytes.length ? 0 : view.getUint32(start + 4, true);
    if (total < 12 || start + total > bytes.length) throw new RangeError(`the block at byte ${start} is not whole`);
    const type = view.getUint32(start, true);
    if (type === ENHANCED_PACKET) frame++;
    if (type === ENHANCED_PACKET ? isKept(frame) : type !== INTERFACE_STATISTICS) parts.push(bytes.subarray(start, start + total));
    start += total;
  }
  return Buffer.concat(parts);
}
