import { describe, expect, it } from 'vitest';
import { reasonOf, reasonWithPlace } from '../../harness/system/reason.ts';

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

describe('reasonWithPlace', () => {
  const thrown = (...stack: string[]) => Object.assign(new Error('gone'), { stack: ['Error: gone', ...stack].join('\n') });

  it('names the place in the code of the user', () => {
    expect(reasonWithPlace(thrown('    at look (file:///home/me/own.mjs:3:7)'))).toBe('gone (/home/me/own.mjs:3:7)');
  });

  it('names no place in Node.js itself', () => {
    expect(reasonWithPlace(thrown('    at compile (node:internal/modules/esm/utils:346:16)'))).toBe('gone');
  });
});
