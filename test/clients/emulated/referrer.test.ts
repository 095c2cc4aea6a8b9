import { expect, test } from 'vitest';
import { type ReferrerPolicy, refererOf, referrerPolicy } from '../../../clients/emulated/referrer.ts';

const page = new URL('https://user:secret@example.com/a/page?q=1#part');
const same = new URL('https://example.com/style.css');
const other = new URL('https://other.example/logo.png');
const plain = new URL('http://example.com/logo.png');
const FULL = 'https://example.com/a/page?q=1';
const ORIGIN = 'https://example.com/';

/** W3C Referrer Policy §3.1 to §3.8: to the same origin, to another one, to one without TLS. */
test.each<[ReferrerPolicy | null, string | null, string | null, string | null]>([
  [null, FULL, ORIGIN, null],
  ['no-referrer', null, null, null],
  ['no-referrer-when-downgrade', FULL, FULL, null],
  ['same-origin', FULL, null, null],
  ['origin', ORIGIN, ORIGIN, ORIGIN],
  ['strict-origin', ORIGIN, ORIGIN, null],
  ['origin-when-cross-origin', FULL, ORIGIN, ORIGIN],
  ['strict-origin-when-cross-origin', FULL, ORIGIN, null],
  ['unsafe-url', FULL, FULL, FULL],
])('%s', (policy, toSame, toOther, toPlain) => {
  const referrer = { url: page, policy };
  expect([same, other, plain].map((target) => refererOf(referrer, target))).toEqual([toSame, toOther, toPlain]);
});

test('a page that is no http page is not named', () => {
  expect(refererOf({ url: new URL('about:blank'), policy: 'unsafe-url' }, same)).toBeNull();
});

test.each([
  [undefined, null],
  ['', null],
  ['Same-Origin', 'same-origin'],
  ['no-referrer, strict-origin', 'strict-origin'],
  ['origin, of-the-future', 'origin'],
  ['of-the-future', null],
])('the policy of %j is %j', (value, policy) => {
  expect(referrerPolicy(value)).toBe(policy);
});
