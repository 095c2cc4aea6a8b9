import { expect, test } from 'vitest';
import { shapeCommands } from '../../harness/lab/namespace.ts';

const words = (link: Parameters<typeof shapeCommands>[0]): string[] => shapeCommands(link).map((command) => command.join(' '));

test('a rate is a token bucket whose bucket holds the largest packet of the loopback interface', () => {
  expect(words({ rateKbit: 1000 })).toEqual(['qdisc replace dev lo root handle 2: tbf rate 1000kbit burst 70000 latency 400ms']);
  expect(words({ rateKbit: 10_000_000 })).toEqual([
    'qdisc replace dev lo root handle 2: tbf rate 10000000kbit burst 5000000 latency 400ms',
  ]);
});

test('a delay stands above the rate', () => {
  expect(words({ delayMs: 25 })).toEqual(['qdisc replace dev lo root handle 1: netem delay 25ms limit 100000']);
  expect(words({ delayMs: 25, rateKbit: 400 })).toEqual([
    'qdisc replace dev lo root handle 1: netem delay 25ms limit 100000',
    'qdisc replace dev lo parent 1:1 handle 2: tbf rate 400kbit burst 70000 latency 400ms',
  ]);
});

test('a buffer takes the place of the large ones', () => {
  expect(words({ rateKbit: 1000, mtu: 1500, bufferBytes: 2000 })).toEqual([
    'qdisc replace dev lo root handle 2: tbf rate 1000kbit burst 2000 limit 2000',
  ]);
});

test('an MTU alone shapes no queue', () => {
  expect(words({ mtu: 1500 })).toEqual([]);
});
