import type os from 'node:os';
import { describe, expect, it } from 'vitest';
import { interfaceTo } from '../../harness/lab/own-address.ts';

type Interfaces = ReturnType<typeof os.networkInterfaces>;

const one = (address: string, cidr: string, family: 'IPv4' | 'IPv6' = 'IPv4') =>
  ({ address, cidr, family, internal: false, netmask: '', mac: '' }) as os.NetworkInterfaceInfo;
const here = {
  eth0: [one('192.0.2.10', '192.0.2.10/24')],
  docker0: [one('172.17.0.1', '172.17.0.1/16')],
} as Interfaces;
const isBridge = (name: string): boolean => name === 'docker0';

describe('the interface to an address', () => {
  it.each([
    ['127.0.0.1', null],
    ['::1', null],
    ['192.0.2.10', null],
    ['172.17.0.1', null],
    ['172.17.0.5', 'docker0'],
    ['192.0.2.11', undefined],
    ['2001:db8::1', undefined],
  ])('%s', (address, expected) => {
    expect(interfaceTo(address, here, isBridge)).toBe(expected);
  });
});
