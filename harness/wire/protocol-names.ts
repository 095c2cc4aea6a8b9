/**
 * Names of what a frame holds instead of a TCP segment. Protocols that carry no TCP are ordinary: they are left aside. All other names stand for
 * packets in which TCP may be: encrypted, compressed, or in an encapsulation that is not opened.
 */

const ORDINARY_ETHERTYPES: ReadonlyMap<number, string> = new Map([
  [0x0200, 'pup'],
  [0x0806, 'arp'],
  [0x0842, 'wake-on-lan'],
  [0x2000, 'cdp'],
  [0x2001, 'nhrp'],
  [0x6001, 'dec-mop'],
  [0x6002, 'dec-mop'],
  [0x6003, 'decnet'],
  [0x6004, 'dec-lat'],
  [0x8035, 'arp'],
  [0x809b, 'appletalk'],
  [0x80f3, 'appletalk'],
  [0x8137, 'ipx'],
  [0x8808, 'ethernet-flow-control'],
  [0x8809, 'lacp'],
  [0x8863, 'pppoe-discovery'],
  [0x887b, 'homeplug'],
  [0x888e, 'eapol'],
  [0x8892, 'profinet'],
  [0x88a2, 'ata-over-ethernet'],
  [0x88a4, 'ethercat'],
  [0x88b8, 'goose'],
  [0x88ba, 'sampled-values'],
  [0x88bf, 'mikrotik-romon'],
  [0x88c7, 'eapol'],
  [0x88cc, 'lldp'],
  [0x88e1, 'homeplug'],
  [0x88e3, 'mrp'],
  [0x88f5, 'mvrp'],
  [0x88f6, 'mmrp'],
  [0x88f7, 'ptp'],
  [0x88fb, 'prp-supervision'],
  [0x8902, 'cfm'],
  [0x8906, 'fcoe'],
  [0x8914, 'fcoe'],
  [0x9000, 'loopback-test'],
]);

const ORDINARY_IP_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0, 'ipv6-hop-by-hop'],
  [1, 'icmp'],
  [2, 'igmp'],
  [3, 'ggp'],
  [8, 'egp'],
  [9, 'igp'],
  [17, 'udp'],
  [27, 'rdp'],
  [33, 'dccp'],
  [46, 'rsvp'],
  [58, 'icmpv6'],
  [59, 'ipv6-no-next-header'],
  [88, 'eigrp'],
  [89, 'ospf'],
  [103, 'pim'],
  [112, 'vrrp'],
  [113, 'pgm'],
  [124, 'is-is'],
  [132, 'sctp'],
  [136, 'udp-lite'],
]);

/** Encapsulations and encryption that are not opened. */
const UNOPENED_IP_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [50, 'esp'],
  [55, 'minimal-encapsulation'],
  [98, 'encapsulation-header'],
  [108, 'ip-compression'],
  [115, 'l2tpv3'],
  [143, 'ethernet-in-ip'],
]);

/** Ordinary protocols that are known by something else than an EtherType or an IP protocol number. */
const ORDINARY_OTHERS = [
  'address-family',
  'bridge-protocol',
  'frame-relay-control',
  'gre-acknowledgment',
  'gre-keepalive',
  'gtp-control',
  'ipx',
  'is-is',
  'l2tp-control',
  'linux-protocol',
  'llc',
  'mpls-channel',
  'netbios',
  'netlink',
  'nflog-without-packet',
  'pktap-without-packet',
  'ppp-control',
  'quic',
  'snap',
  'stp',
  'token-ring-control',
  'wlan-control',
  'wlan-management',
  'wlan-without-data',
] as const;

export type OrdinaryName = (typeof ORDINARY_OTHERS)[number];

const ORDINARY: ReadonlySet<string> = new Set([...ORDINARY_ETHERTYPES.values(), ...ORDINARY_IP_PROTOCOLS.values(), ...ORDINARY_OTHERS]);

/** Nothing is wrong with a frame of this name: it holds a protocol that carries no TCP. */
export const isOrdinary = (name: string): boolean => ORDINARY.has(name);

/** The name as it is: checked to be one of those above. */
export const ordinary = (name: OrdinaryName): string => name;

/** Each name is made once, not for each frame. */
function numbered(prefix: string, write: (value: number) => string): (value: number) => string {
  const made = new Map<number, string>();
  return (value) => {
    let name = made.get(value);
    if (name === undefined) made.set(value, (name = `${prefix}${write(value)}`));
    return name;
  };
}

const hex = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;
const unknownEtherType = numbered('ethertype-', hex);
const unknownIpProtocol = numbered('ip-protocol-', String);

export const etherTypeName = (type: number): string => ORDINARY_ETHERTYPES.get(type) ?? unknownEtherType(type);

export const ipProtocolName = (protocol: number): string =>
  ORDINARY_IP_PROTOCOLS.get(protocol) ?? UNOPENED_IP_PROTOCOLS.get(protocol) ?? unknownIpProtocol(protocol);

export const linkTypeName = numbered('link-type-', String);
export const pppProtocolName = numbered('ppp-protocol-', hex);
export const greVersionName = numbered('gre-version-', String);
export const nshProtocolName = numbered('nsh-protocol-', String);
export const tzspProtocolName = numbered('tzsp-protocol-', String);
