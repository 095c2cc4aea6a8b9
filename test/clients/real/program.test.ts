import { afterEach, expect, test, vi } from 'vitest';
import { locate } from '../../../clients/real/program.ts';

const program = { variable: 'WIREMATRIX_TEST_BROWSER', candidates: ['no-such-browser'], product: 'Browser', remedy: 'install it' };

afterEach(() => void vi.unstubAllEnvs());

test('a browser is found by its names, or by the path in its variable', () => {
  expect(locate({ ...program, candidates: ['no-such-browser', 'node'] })).toEqual({ file: expect.stringMatching(/\/node$/) });
  vi.stubEnv(program.variable, process.execPath);
  expect(locate(program)).toEqual({ file: process.execPath });
});

test('where there is none, the reason and the remedy are given', () => {
  expect(locate(program)).toEqual({ skipped: { reason: 'Browser is not installed', remedy: 'install it' } });
  vi.stubEnv(program.variable, '/no/such/browser');
  expect(locate(program)).toEqual({
    skipped: {
      reason: 'WIREMATRIX_TEST_BROWSER=/no/such/browser is not a program that can be run',
      remedy: 'unset WIREMATRIX_TEST_BROWSER',
    },
  });
});
