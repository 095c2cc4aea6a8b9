import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../harness/system/reason.ts';

describe('reasonOf', () => {
  it('gives the message of an error', () => {
    expect(reasonOf(new Error('the disk is full'))).toBe('the disk is full');
    expect(reasonOf(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))).toBe('read ECONNRESET');
  });

  it('gives the stack where the program itself is at fault', () => {
    expect(reasonOf(new TypeError('x is not a function'))).toMatch(/^TypeError: x is not a function\n\s+at /);
  });

  it('gives what was thrown where that is no error', () => {
    expect(reasonOf('stopped')).toBe('stopped');
  });
});
