import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../harness/system/reason.ts';

describe('reasonOf', () => {
  it('tells an error by its sentence', () => {
    expect(reasonOf(new Error('the disk is full'))).toBe('the disk is full');
    expect(reasonOf(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))).toBe('read ECONNRESET');
  });

  it('tells the place where the program itself is at fault', () => {
    expect(reasonOf(new TypeError('x is not a function'))).toMatch(/^TypeError: x is not a function\n\s+at /);
  });

  it('tells what was thrown and is no error', () => {
    expect(reasonOf('stopped')).toBe('stopped');
  });
});
