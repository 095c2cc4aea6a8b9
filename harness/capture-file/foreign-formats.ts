/** Files that are no pcap or pcapng but that Wireshark or a common program can turn into one: what they are, and with which command. */

interface Format {
  /** As it stands after "it is". */
  name: string;
  magic: readonly number[];
  /** Of the magic; 0 where it is left out. */
  offset?: number;
  command: string;
}

const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];

const EDITCAP = 'editcap -F pcapng IN OUT';

/** Captures by the names that `editcap -F` has for them; then packed files. */
const FORMATS: readonly Format[] = [
  { name: 'a snoop capture', magic: ascii('snoop\0\0\0'), command: EDITCAP },
  { name: 'a Bluetooth capture (btsnoop)', magic: ascii('btsnoop\0'), command: EDITCAP },
  { name: 'a Network Monitor 1 capture', magic: ascii('RTSS'), command: EDITCAP },
  { name: 'a Network Monitor 2 capture', magic: ascii('GMBU'), command: EDITCAP },
  { name: 'a Sniffer capture (DOS)', magic: ascii('TRSNIFF data    \x1a'), command: EDITCAP },
  { name: 'a Sniffer capture (Windows, NetXRay)', magic: ascii('XCP\0'), command: EDITCAP },
  { name: 'a NetXRay capture', magic: ascii('VL\0\0'), command: EDITCAP },
  { name: 'an AIX iptrace capture', magic: ascii('iptrace '), command: EDITCAP },
  { name: 'a Tektronix K12 capture', magic: [0x00, 0x00, 0x02, 0x00, 0x12, 0x05, 0x00, 0x10], command: EDITCAP },
  { name: 'a K12 text capture', magic: ascii('+---------+---------------+'), command: EDITCAP },
  { name: 'an Observer capture', magic: ascii('ObserverPktBuffe'), command: EDITCAP },
  { name: 'a Visual Networks capture', magic: [0x05, ...ascii('VNF')], command: EDITCAP },
  { name: 'an EtherPeek or OmniPeek capture', magic: [0x7f, ...ascii('ver')], command: EDITCAP },
  { name: 'a 5View capture', magic: [0xaa, 0xaa, 0xaa, 0xaa], command: EDITCAP },
  { name: 'an HP-UX nettl capture', magic: ascii('TR\0'), command: EDITCAP },
  { name: 'a LANalyzer capture', magic: [0x01, 0x10, 0x4c, 0x00], command: EDITCAP },
  { name: 'an EyeSDN capture', magic: ascii('EyeSDN'), command: EDITCAP },
  { name: "a capture of Kuznetzov's modified tcpdump (modpcap)", magic: [0xa1, 0xb2, 0xcd, 0x34], command: EDITCAP },
  { name: "a capture of Kuznetzov's modified tcpdump (modpcap)", magic: [0x34, 0xcd, 0xb2, 0xa1], command: EDITCAP },
  { name: 'an IXIA capture', magic: [0x1c, 0x00, 0x01, 0xac], command: EDITCAP },
  { name: 'an IXIA capture', magic: [0xac, 0x01, 0x00, 0x1c], command: EDITCAP },
  { name: 'packed with zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], command: 'zstd -d IN -o OUT' },
  { name: 'packed with lz4', magic: [0x04, 0x22, 0x4d, 0x18], command: 'lz4 -d IN OUT' },
  { name: 'packed with xz', magic: [0xfd, ...ascii('7zXZ\0')], command: 'xz -dc IN > OUT' },
  { name: 'packed with bzip2', magic: ascii('BZh'), command: 'bzip2 -dc IN > OUT' },
  { name: 'packed with compress', magic: [0x1f, 0x9d], command: 'gzip -dc IN > OUT' },
  { name: 'a ZIP archive', magic: ascii('PK\x03\x04'), command: 'unzip IN' },
  { name: 'a 7-Zip archive', magic: ascii('7z\xbc\xaf\x27\x1c'), command: '7z x IN' },
  { name: 'a tar archive', magic: ascii('ustar'), offset: 257, command: 'tar -xf IN' },
];

const ERF: Pick<Format, 'name' | 'command'> = { name: 'probably an ERF capture', command: EDITCAP };

/** What the file that begins with `bytes[start, end)` is, with the command that makes a pcapng file of it; `null` where nothing is known. */
export function foreignFormat(bytes: Uint8Array, start: number, end: number): { name: string; command: string } | null {
  const format = FORMATS.find(({ magic, offset = 0 }) => {
    const at = start + offset;
    return at + magic.length <= end && magic.every((byte, index) => bytes[at + index] === byte);
  });
  if (format) return { name: format.name, command: format.command };
  return looksLikeErf(bytes, start, end) ? ERF : null;
}

/** Whether text stands where a capture should: what `tcpdump` prints, say. */
export function isText(bytes: Uint8Array, start: number, end: number): boolean {
  const stop = Math.min(end, start + 64);
  for (let at = start; at < stop; at++) {
    const byte = bytes[at]!;
    if (byte < 0x20 ? byte !== 0x09 && byte !== 0x0a && byte !== 0x0d : byte === 0x7f) return false;
  }
  return stop > start;
}

const ERF_HEADER_BYTES = 16;
const ERF_TYPE_MAX = 48;

const ERF_META = 27;
/** The upper byte of the seconds, from 1987 on. */
const ERF_SECONDS_MIN = 0x20;

/** ERF has no magic: two records in a row, each with a time (but for metadata), a known type and a length that leads to the next. */
function looksLikeErf(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (let records = 0; records < 2; records++) {
    if (end - at < ERF_HEADER_BYTES) return false;
    const type = bytes[at + 8]! & 0x7f;
    const length = (bytes[at + 10]! << 8) | bytes[at + 11]!;
    if (type === 0 || type > ERF_TYPE_MAX || length < ERF_HEADER_BYTES) return false;
    if (type !== ERF_META && bytes[at + 7]! < ERF_SECONDS_MIN) return false;
    at += length;
  }
  return true;
}
