/** TCP segments whose headers are plain: Ethernet or the like without tags, no fragment, no extension header, no tunnel, and no flag that matters but ACK. */

const ETHERTYPE_IPV4: u32 = 0x0800;
const ETHERTYPE_IPV6: u32 = 0x86dd;
const PROTOCOL_TCP: u8 = 6;
const IPV4_HEADER_MIN: usize = 20;
const IPV6_HEADER: usize = 40;
const TCP_HEADER_MIN: usize = 20;
/** MF and the fragment offset (RFC 791 §3.1). */
const IS_FRAGMENT: u32 = 0x3fff;
/** FIN, SYN, RST, ACK and URG. */
const FLAGS_THAT_MATTER: u32 = 0x37;
const ACK: u32 = 0x10;

/** Bytes of the link layer's header, and where in it the EtherType is; −1: it has none. */
let linkBytes: usize = 14;
let etherTypeAt: i32 = 12;

export let version: u32 = 0;
/** Places of the addresses. */
export let source: usize = 0;
export let destination: usize = 0;
/** In the order of the bytes on the wire. */
export let sourcePort: u16 = 0;
export let destinationPort: u16 = 0;
export let seq: i32 = 0;
export let ack: i32 = 0;
export let window: u32 = 0;
export let payload: usize = 0;
export let payloadEnd: usize = 0;

export function linkLayer(bytes: u32, etherType: i32): void {
  linkBytes = bytes;
  etherTypeAt = etherType;
}

function uint16(at: usize): u32 {
  return bswap<u16>(load<u16>(at));
}

function int32(at: usize): i32 {
  return bswap<i32>(load<i32>(at));
}

/** Reads the packet of `[start, end)`, all of which was captured. False where it is not plain. */
export function read(start: usize, end: usize): bool {
  const ip = start + linkBytes;
  if (end < ip + IPV4_HEADER_MIN + TCP_HEADER_MIN) return false;
  if (etherTypeAt >= 0) {
    const type = uint16(start + etherTypeAt);
    if (type !== ETHERTYPE_IPV4 && type !== ETHERTYPE_IPV6) return false;
  }
  version = load<u8>(ip) >> 4;
  let tcp: usize;
  if (version === 4) {
    const headerLength: usize = (load<u8>(ip) & 0x0f) << 2;
    const total: usize = uint16(ip + 2);
    if (headerLength < IPV4_HEADER_MIN || (uint16(ip + 6) & IS_FRAGMENT) !== 0 || load<u8>(ip + 9) !== PROTOCOL_TCP) return false;
    if (total !== 0) {
      if (total < headerLength || total > end - ip) return false;
      end = ip + total;
    }
    tcp = ip + headerLength;
    source = ip + 12;
    destination = ip + 16;
  } else if (version === 6) {
    const length: usize = uint16(ip + 4);
    if (end < ip + IPV6_HEADER + TCP_HEADER_MIN || load<u8>(ip + 6) !== PROTOCOL_TCP) return false;
    if (length !== 0) {
      if (length > end - ip - IPV6_HEADER) return false;
      end = ip + IPV6_HEADER + length;
    }
    tcp = ip + IPV6_HEADER;
    source = ip + 8;
    destination = ip + 24;
  } else {
    return false;
  }
  if (end < tcp + TCP_HEADER_MIN) return false;
  const headerLength: usize = (load<u8>(tcp + 12) >> 4) << 2;
  if (headerLength < TCP_HEADER_MIN || headerLength > end - tcp) return false;
  sourcePort = load<u16>(tcp);
  destinationPort = load<u16>(tcp + 2);
  seq = int32(tcp + 4);
  ack = int32(tcp + 8);
  if ((<u32>load<u8>(tcp + 13) & FLAGS_THAT_MATTER) !== ACK) return false;
  window = uint16(tcp + 14);
  payload = tcp + headerLength;
  payloadEnd = end;
  return true;
}
