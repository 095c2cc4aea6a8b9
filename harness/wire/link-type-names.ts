/** What link types that are not read stand for (tcpdump.org/linktypes.html): those that captures are met with. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [3, 'AX.25'],
  [7, 'ARCNET'],
  [8, 'SLIP'],
  [19, 'IP over ATM'],
  [106, 'ATM of Linux'],
  [117, 'OpenBSD pflog'],
  [122, 'IP over Fibre Channel'],
  [123, 'SunATM'],
  [129, 'ARCNET of Linux'],
  [138, 'IP over IEEE 1394'],
  [143, 'DOCSIS'],
  [177, 'Linux LAPD'],
  [187, 'Bluetooth HCI'],
  [189, 'USB of Linux'],
  [195, 'IEEE 802.15.4'],
  [201, 'Bluetooth HCI'],
  [220, 'USB of Linux'],
  [224, 'Fibre Channel'],
  [225, 'Fibre Channel'],
  [227, 'CAN bus'],
  [230, 'IEEE 802.15.4'],
  [231, 'D-Bus'],
  [240, 'netANALYZER'],
  [241, 'netANALYZER'],
  [243, 'MPEG-2'],
  [247, 'InfiniBand'],
  [248, 'SCTP'],
  [249, 'USBPcap'],
  [251, 'Bluetooth LE'],
  [252, 'PDUs that Wireshark exported'],
  [253, 'Netlink'],
  [254, 'Bluetooth monitor'],
  [256, 'Bluetooth LE'],
  [272, 'Nordic Bluetooth LE'],
  [283, 'IEEE 802.15.4'],
]);

const PRIVATE_FIRST = 147;
const PRIVATE_LAST = 162;

/** `link type 8 (SLIP)`. */
export function describeLinkType(linkType: number): string {
  const name = linkType >= PRIVATE_FIRST && linkType <= PRIVATE_LAST ? 'for private use' : NAMES.get(linkType);
  return `link type ${linkType}${name ? ` (${name})` : ''}`;
}
