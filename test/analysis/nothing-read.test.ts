import { describe, expect, it } from 'vitest';
import { nothingRead } from '../../harness/analysis/nothing-read.ts';
import { FIXTURES, wirematrix } from '../commands/cli.ts';

const of = (undecoded: Record<string, number>, otherProtocols: Record<string, number> = {}, frames = 100) =>
  nothingRead({ frames, undecoded, otherProtocols });

describe('of a capture without a TCP connection', () => {
  it('says so where it is cut short before its first packet ends, and where it has one frame', () => {
    const cut = nothingRead({ frames: 0, undecoded: { 'file-cut-short': 1 } });
    expect(cut.why).toBe('it is cut short before its first packet ends');
    expect(cut.remedies[0]).toMatch(/^copy the file again/);
    expect(nothingRead({ frames: 1, undecoded: {}, otherProtocols: { udp: 1 } }).why).toBe(
      'no TCP segment could be read in its only frame: 1 × udp',
    );
  });

  it('says so where it holds no packet', () => {
    expect(nothingRead({ frames: 0, undecoded: {} })).toEqual({
      why: 'it holds no packet',
      remedies: ['capture on the interface that the traffic passes through, and check the capture filter'],
    });
  });

  it('names what its frames hold, the most first, and what to do about each', () => {
    const { why, remedies } = of({ esp: 5, 'link-type-189': 70, 'cut-by-snap-length': 90, 'file-cut-short': 1 }, { udp: 25 });
    expect(why).toBe('no TCP segment could be read in its 100 frames: 70 × link type 189 (USB of Linux), 25 × udp, 5 × esp');
    expect(remedies).toHaveLength(3);
    expect(remedies[0]).toContain('tcpdump -i any');
    expect(remedies[2]).toContain('encrypted');
  });

  it('names no more kinds than can be read at a glance', () => {
    const { why, remedies } = of({ a: 9, b: 8, c: 7, 'ethertype-0x1234': 6, 'wlan-encrypted': 5, quic: 4 });
    expect(why).toMatch(/9 × a, 8 × b, 7 × c, 6 × ethertype-0x1234, 2 other kinds$/);
    expect(new Set(remedies).size).toBe(remedies.length);
  });

  it.each([
    ['link-type-147', 'editcap -F pcapng -T rawip IN OUT'],
    ['link-type-252', 'exported'],
    ['wlan-encrypted', 'airdecap-ng'],
    ['wlan-management', 'data frames'],
    ['wireguard', 'encrypted'],
    ['ppp-vj-compressed', 'compressed'],
    ['quic', '--disable-quic'],
    ['tcp-cut-short', 'tcpdump -s 0'],
    ['ipv4-fragment', 'fragments are missing'],
    ['gre-version-5', 'tshark -r FILE'],
    ['arp', 'on another interface'],
  ])('knows what to do about %s', (name, remedy) => {
    expect(of({ [name]: 1 }).remedies.join()).toContain(remedy);
  });
});

describe('analyze', () => {
  it('ends with 1 where nothing could be read, and says why and what to do', async () => {
    const file = `${FIXTURES}/packets/link-unknown.pcap`;
    for (const options of [[], ['--json']]) {
      const { code, stdout, stderr } = await wirematrix(['analyze', file, ...options]);
      expect(code).toBe(1);
      expect(stdout).toContain('link-type-147');
      expect(stderr).toMatch(
        /^wirematrix: nothing in .*link-unknown\.pcap could be read: no TCP segment .* 10 × link type 147 \(for private use\)\n {2}- if .*editcap -F pcapng -T rawip IN OUT/,
      );
    }
  });

  it('ends with 0 where a connection could be read, whatever else is there or was asked for', async () => {
    const file = `${FIXTURES}/packets/tunnel-esp.pcap`;
    for (const options of [[], ['--port', '9']]) {
      const { code, stdout, stderr } = await wirematrix(['analyze', file, ...options]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/ 1 × esp\n {2}1 × gre-version-5\n/);
    }
  });

  it('counts what it left aside in the JSON', async () => {
    const { stdout } = await wirematrix(['analyze', '--json', `${FIXTURES}/packets/tunnel-esp.pcap`]);
    expect(JSON.parse(stdout).capture).toMatchObject({
      undecoded: { esp: 1, 'gre-version-5': 1, 'ethertype-0x1234': 1 },
      otherProtocols: { udp: 1, arp: 1 },
    });
  });

  it('shows whose connection a proxy forwards', async () => {
    const text = await wirematrix(['analyze', `${FIXTURES}/packets/proxy-protocol-v1.pcap`]);
    expect(text.stdout).toMatch(/; PROXY protocol version 1, for 203\.0\.113\.9:51234\n/);
    const json = await wirematrix(['analyze', '--json', `${FIXTURES}/packets/proxy-protocol-v2.pcap`]);
    expect(JSON.parse(json.stdout).connections[0].proxyHeader).toMatchObject({
      version: 2,
      source: { address: '2001:db8::9', port: 51_234 },
    });
  });
});
