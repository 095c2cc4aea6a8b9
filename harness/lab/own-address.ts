/** Which addresses can be probed from here: this machine's own, and those behind its bridges, where containers live. */
import { existsSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';

const LOOPBACK = /^(127\.|::1$)/;

type Interfaces = ReturnType<typeof os.networkInterfaces>;

/**
 * The interface where packets to the address pass.
 * @returns `null` for the loopback interface (also for this machine's own addresses, whose packets never leave it); `undefined` for an address
 * that is elsewhere
 */
export function interfaceTo(
  address: string,
  interfaces: Interfaces = os.networkInterfaces(),
  isBridge: (name: string) => boolean = (name) => existsSync(`/sys/class/net/${name}/bridge`),
): string | null | undefined {
  if (LOOPBACK.test(address)) return null;
  const all = Object.entries(interfaces).flatMap(([name, list]) => (list ?? []).map((one) => ({ name, ...one })));
  if (all.some((one) => one.address === address)) return null;
  const family = net.isIPv6(address) ? 'ipv6' : 'ipv4';
  return all.find(({ name, cidr, family: its }) => its.toLowerCase() === family && cidr !== null && isBridge(name) && isIn(cidr, address))
    ?.name;
}

function isIn(cidr: string, address: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  const block = new net.BlockList();
  const family = net.isIPv6(address) ? 'ipv6' : 'ipv4';
  block.addSubnet(base, Number(length), family);
  return block.check(address, family);
}
