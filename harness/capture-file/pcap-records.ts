/** Writing pcap (draft-ietf-opsawg-pcap), little-endian with nanoseconds. */

/** The 24 bytes at the start of a file. */
export function pcapFileHeader(linkType: number, snapLength: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b23c4d, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

/** Writes the 16 bytes of a record before its packet. Lengths in bytes: `captured` of the packet in the file, `original` on the wire. */
export function pcapRecordHeader(target: Buffer, offset: number, epochNs: bigint, captured: number, original: number): void {
  target.writeUInt32LE(Number(epochNs / 1_000_000_000n), offset);
  target.writeUInt32LE(Number(epochNs % 1_000_000_000n), offset + 4);
  target.writeUInt32LE(captured, offset + 8);
  target.writeUInt32LE(original, offset + 12);
}
