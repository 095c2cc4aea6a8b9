/** Why a capture shows no TCP connection, and what to do about it. */
import type { CaptureInfo } from '../model.ts';
import { describeLinkType } from '../wire/link-type-names.ts';

export interface NothingRead {
  why: string;
  /** One thing to do each, the most likely first. */
  remedies: string[];
}

/** So many kinds of frames are named. */
const NAMED = 4;

type Capture = Pick<CaptureInfo, 'frames' | 'undecoded' | 'otherProtocols'>;

/** Of a capture in which no connection was found. */
export function nothingRead({ frames, undecoded, otherProtocols = {} }: Capture): NothingRead {
  if (frames === 0 && undecoded['file-cut-short'])
    return {
      why: 'it is cut short before its first packet ends',
      remedies: ['copy the file again, whole; or capture again, and end tcpdump with Ctrl-C (-U writes each packet at once)'],
    };
  if (frames === 0)
    return {
      why: 'it holds no packet',
      remedies: ['capture on the interface that the traffic passes through, and check the capture filter'],
    };
  const counts = Object.entries({ ...undecoded, ...otherProtocols }).filter(([name]) => !OF_THE_FILE.test(name));
  counts.sort(([, a], [, b]) => b - a);
  const named = counts.slice(0, NAMED).map(([name, count]) => `${count} × ${describe(name)}`);
  if (counts.length > NAMED) named.push(`${counts.length - NAMED} other kinds`);
  const remedies = new Set(counts.map(([name]) => remedyFor(name)));
  return {
    why: `no TCP segment could be read in its ${frames === 1 ? 'only frame' : `${frames} frames`}${named.length > 0 ? `: ${named.join(', ')}` : ''}`,
    remedies: [...remedies].slice(0, NAMED),
  };
}

/** Counted beside what the frame holds, or of the file and not of a frame. */
const OF_THE_FILE = /^(?:cut-by-snap-length|file-|gzip-|pcap-|pcapng-|too-many-comments)/;
const LINK_TYPE = /^link-type-(\d+)$/;

const describe = (name: string): string => {
  const linkType = LINK_TYPE.exec(name)?.[1];
  return linkType === undefined ? name : describeLinkType(Number(linkType));
};

const OTHER_INTERFACE =
  'capture the TCP traffic itself: on another interface (tcpdump -i any), with a filter that lets it pass (tcp port 80)';

/** By the beginning of a name. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^link-type-(?:14[7-9]|15\d|16[0-2])$/,
    'if the frames are IP or Ethernet, give the file that link type: editcap -F pcapng -T rawip IN OUT, or -T ether',
  ],
  [/^link-type-252$/, 'analyze the capture from which these PDUs were exported'],
  [
    /^link-type-/,
    'capture on an interface of another type (tcpdump -i any); tshark -r FILE -T fields -e frame.protocols says what these frames hold',
  ],
  [
    /^wlan-encrypted$/,
    'decrypt the frames with the key of the network (airdecap-ng -e SSID -p PASSPHRASE FILE), or capture on the wired side',
  ],
  [/^wlan-(?:management|control|without-data)$/, 'capture data frames: on the client itself, or on the channel of its network'],
  [/^(?:esp|wireguard|macsec-encrypted|ppp-encrypted)$/, 'the packets are encrypted: capture where the tunnel ends, on its own interface'],
  [
    /^(?:ppp-compressed|ppp-vj-compressed|ip-compression)$/,
    'the packets are compressed: capture where the tunnel ends, on its own interface',
  ],
  [/^quic$/, 'HTTP/3 goes over QUIC, which is encrypted and not read here: switch it off (chromium --disable-quic), and capture again'],
  [/-cut-short$/, 'the packets were cut before their headers end: capture whole packets (tcpdump -s 0)'],
  [/^ipv[46]-fragment/, 'fragments are missing: let the capture filter pass the later ones too (tcp port 80 or (ip[6:2] & 0x1fff != 0))'],
  [
    /^(?:ethertype|ip-protocol|gre|ppp|mpls|nsh|vxlan|l2tp|tzsp)-/,
    'capture where the encapsulation ends; tshark -r FILE -T fields -e frame.protocols says what it is',
  ],
];

const remedyFor = (name: string): string => REMEDIES.find(([pattern]) => pattern.test(name))?.[1] ?? OTHER_INTERFACE;
