import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proxyHeader } from '../../harness/http/proxy-protocol.ts';
import { proxyV2 } from '../packets/encapsulations.ts';
import { concat, text } from '../packets/layers.ts';

const GET = text('GET / HTTP/1.1\r\n\r\n');
const LINE = 'PROXY TCP4 203.0.113.9 10.0.0.2 51234 80\r\n';

describe('the PROXY protocol', () => {
  it('reads version 1', () => {
    expect(proxyHeader(concat(text(LINE), GET))).toEqual({
      version: 1,
      length: LINE.length,
      source: { address: '203.0.113.9', port: 51_234 },
      destination: { address: '10.0.0.2', port: 80 },
    });
    expect(proxyHeader(text('PROXY TCP6 2001:db8::1 ::1 1 65535\r\n'))).toMatchObject({ source: { address: '2001:db8::1', port: 1 } });
  });

  it('reads UNKNOWN of version 1, whatever follows it', () => {
    for (const line of ['PROXY UNKNOWN\r\n', 'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'])
      expect(proxyHeader(text(line))).toEqual({ version: 1, length: line.length, source: null, destination: null });
  });

  it('reads version 2, with fields after the addresses', () => {
    const header = proxyV2('203.0.113.9', '10.0.0.2', 51_234, 80, Uint8Array.of(0x04, 0, 1, 0));
    expect(proxyHeader(concat(header, GET))).toEqual({
      version: 2,
      length: header.length,
      source: { address: '203.0.113.9', port: 51_234 },
      destination: { address: '10.0.0.2', port: 80 },
    });
    expect(proxyHeader(proxyV2('2001:db8::1', '::1', 7, 8))).toMatchObject({ version: 2, source: { address: '2001:db8::1', port: 7 } });
  });

  it('reads LOCAL and other families of version 2 without addresses', () => {
    const header = proxyV2('1.2.3.4', '5.6.7.8', 1, 2);
    for (const [place, value] of [
      [12, 0x20],
      [13, 0x31],
    ] as const) {
      const changed = header.slice();
      changed[place] = value;
      expect(proxyHeader(changed)).toEqual({ version: 2, length: header.length, source: null, destination: null });
    }
  });

  it('asks for more bytes until the header is whole', () => {
    for (const header of [text(LINE), proxyV2('1.2.3.4', '5.6.7.8', 1, 2)]) {
      for (let length = 1; length < header.length; length++) expect(proxyHeader(header, 0, length)).toBe('incomplete');
      expect(proxyHeader(header)).toMatchObject({ length: header.length });
    }
  });

  it('takes nothing else for one', () => {
    for (const line of [
      'GET / HTTP/1.1\r\n',
      'PROXY TCP4 1.2.3.4\r\n',
      'PROXY / HTTP/1.1\r\n',
      '\r\nGET / HTTP/1.1\r\n',
      `PROXY ${'a'.repeat(200)}`,
    ])
      expect(proxyHeader(text(line))).toBeNull();
    expect(proxyHeader(new Uint8Array(0))).toBeNull();
  });

  it('never reads outside of any bytes', () => {
    const signatures = fc.constantFrom(new Uint8Array(0), text('PROXY '), proxyV2('1.2.3.4', '5.6.7.8', 1, 2).subarray(0, 12));
    fc.assert(
      fc.property(signatures, fc.uint8Array({ maxLength: 120 }), (signature, rest) => {
        const bytes = concat(signature, rest);
        const header = proxyHeader(bytes);
        if (header === null || header === 'incomplete') return;
        expect(header.length).toBeLessThanOrEqual(bytes.length);
        expect(JSON.stringify(header)).not.toContain('NaN');
      }),
    );
  });
});
