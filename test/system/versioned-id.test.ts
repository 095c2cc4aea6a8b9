import { expect, test } from 'vitest';
import { versionedId } from '../../harness/system/versioned-id.ts';

test.each([
  ['node-http@18', { family: 'node-http@', major: 18 }],
  ['express@node24', { family: 'express@node', major: 24 }],
  ['express', null],
  ['python-http-1.1', null],
  ['@18', null],
  ['a@b@18', null],
])('%s', (id, parts) => {
  expect(versionedId(id)).toEqual(parts);
});
