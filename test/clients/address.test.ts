import { expect, test } from 'vitest';
import { addressOf } from '../../clients/address.ts';

test.each([
  ['http://127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
  ['http://[::1]:8080', { host: '::1', port: 8080 }],
  ['http://here.example', { host: 'here.example', port: 80 }],
])('the address of %s', (origin, address) => {
  expect(addressOf(new URL(origin))).toEqual(address);
});
