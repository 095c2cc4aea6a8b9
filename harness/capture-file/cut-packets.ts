/** A capture of ours with less of each packet, small enough to be kept or sent. */

const ENHANCED_PACKET = 6;
/** Before the packet in its block: type, length, interface, timestamp, captured and original length. */
const PACKET_OFFSET = 28;

const padded = (length: number): number => (length + 3) & ~3;

/** Bytes to keep of a packet. Frames count from 1. */
export type KeptOf = (frame: number, originalLength: number) => number;

/**
 * Cuts each packet to its first `kept` bytes, as `editcap -s` does; original lengths, timestamps, comments and all other blocks stay. Frame numbers are the same.
 * @param bytes a little-endian pcapng file, as `createPcapngWriter` writes it
 * @param kept as many of every packet, or of each its own
 * @throws RangeError where a block is not whole
 */
export function cutPackets(bytes: Uint8Array, kept: number | KeptOf): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  let frame = 0;
  for (let start = 0; start < bytes.length; ) {
    const total = view.getUint32(start + 4, true);
    if (total < 12 || start + total > bytes.length) throw new RangeError(`the block at byte ${start} is not whole`);
    const block = bytes.subarray(start, start + total);
    if (view.getUint32(start, true) !== ENHANCED_PACKET) parts.push(block);
    else parts.push(cutBlock(block, typeof kept === 'number' ? kept : kept(++frame, view.getUint32(start + 24, true))));
    start += total;
  }
  return Buffer.concat(parts);
}

function cutBlock(block: Uint8Array, kept: number): Uint8Array {
  const captured = new DataView(block.buffer, block.byteOffset).getUint32(20, true);
  if (captured <= kept) return block;
  const options = block.subarray(PACKET_OFFSET + padded(captured));
  const total = PACKET_OFFSET + padded(kept) + options.length;
  const cut = Buffer.alloc(total);
  cut.set(block.subarray(0, PACKET_OFFSET + kept));
  cut.writeUInt32LE(total, 4);
  cut.writeUInt32LE(kept, 20);
  // The options end with the block's length, which stands there twice.
  cut.set(options, PACKET_OFFSET + padded(kept));
  cut.writeUInt32LE(total, total - 4);
  return cut;
}
