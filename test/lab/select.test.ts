import { describe, expect, test } from 'vitest';
import { captureFilter, LOOPBACK } from '../../harness/lab/capture/filter.ts';
import { type BackendState, backendById, pickBackend } from '../../harness/lab/capture/select.ts';
import { parseCounters } from '../../harness/lab/capture/tcpdump.ts';

const works = (id: string): BackendState => ({ id, clock: 'kernel', state: { version: '1' } });
const lacks = (id: string): BackendState => ({
  id,
  clock: 'user',
  state: { skipped: { reason: `${id} is not there`, remedy: `install ${id}` } },
});

describe('picking a backend', () => {
  test('takes the first that can work', () => {
    expect(pickBackend(['a', 'b'], [works('a'), works('b')])).toMatchObject({ id: 'a' });
    expect(pickBackend(['a', 'b'], [lacks('a'), works('b')])).toMatchObject({ id: 'b' });
    expect(pickBackend(['b'], [works('a'), works('b')])).toMatchObject({ id: 'b' });
  });

  test('gives every reason, and the remedy of the best', () => {
    expect(pickBackend(['a', 'b'], [lacks('a'), lacks('b')])).toEqual({
      skipped: { reason: 'a is not there; b is not there', remedy: 'install a' },
    });
  });

  test('knows no other', () => {
    expect(() => backendById('winpcap')).toThrow('there is no capture backend "winpcap"; there are tcpdump, cap');
  });
});

test("tcpdump's counters, or that it wrote none", () => {
  const messages =
    'tcpdump: listening on lo, link-type EN10MB (Ethernet), snapshot length 130000 bytes\n1 packet captured\n12 packets received by filter\n1 packet dropped by kernel\n';
  expect(parseCounters(messages)).toEqual({ received: 12, dropped: 1 });
  expect(parseCounters('Terminated')).toEqual({ received: null, dropped: null });
});

test.skipIf(process.platform !== 'linux')('a filter takes one direction of the loopback, the port and the mark', () => {
  expect(captureFilter({ interface: LOOPBACK })).toBe('inbound');
  expect(captureFilter({ interface: LOOPBACK, port: 80, markerPort: 9 })).toBe('inbound and (tcp port 80 or udp port 9)');
  expect(captureFilter({ interface: 'eth0', port: 80 })).toBe('tcp port 80');
});
