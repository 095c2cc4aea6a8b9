import { describe, expect, it } from 'vitest';
import { attempts, limits } from '../../harness/observe/limits.ts';
import { starvation } from '../../harness/observe/starvation.ts';
import { type ConnectionInput, evidence, type RequestInput, show } from './evidence-builder.ts';

interface Part {
  step: string;
  requests?: Omit<RequestInput, 'frame'>[];
  close?: 'FIN' | 'RST';
}

/** One connection a step: SYN, SYN-ACK and ACK are its first three frames, ten frames a connection. */
const steps = (parts: readonly Part[], endMs?: number) =>
  evidence({
    scenario: 'limits',
    ...(endMs === undefined ? {} : { endMs }),
    steps: parts.map(({ step }, index) => ({ id: step, frame: 1 + index * 10 })),
    connections: parts.map(({ requests = [], close }, index): ConnectionInput => {
      const first = 1 + index * 10;
      return {
        syn: first,
        requests: requests.map((request, place) => ({ frame: first + 3 + place * 2, ...request })),
        ...(close ? { close: { by: 'server', how: close, frame: first + 9, atMs: first + 9 } } : {}),
      };
    }),
  });
const got = (status: number) => [{ response: { status } }];

describe('limits.*', () => {
  const heads = (...statuses: number[]) =>
    steps([
      { step: 'limits.plain', requests: got(200) },
      ...statuses.map((status, index) => ({ step: `limits.head-${8_000 * 2 ** index}`, requests: got(status) })),
    ]);

  it('is the largest that was taken, and how the next one was refused', () => {
    const seen = heads(200, 200, 431);
    expect(show(limits, 'limits.head', seen)).toEqual({ value: 16_000, frames: [24, 25, 34, 35], note: '32000: 431' });
    expect(show(limits, 'limits.head-refusal', seen)).toEqual({ value: '431', frames: [34, 35] });
    expect(show(limits, 'limits.line', seen)).toBeNull();
  });

  it('says that none was refused, and up to where', () => {
    expect(show(limits, 'limits.head', heads(200, 200))).toEqual({ value: null, frames: [24, 25], note: 'none refused up to 16000' });
    expect(show(limits, 'limits.head-refusal', heads(200, 200))?.value).toBe('none');
  });

  it('is 0 where the smallest is refused', () => {
    expect(show(limits, 'limits.head', heads(414))?.value).toBe(0);
    // It was read to its end.
    expect(show(limits, 'limits.head', heads(404))?.value).toBeNull();
  });

  it('takes for an answer what the plain request gets, too', () => {
    const seen = steps([
      { step: 'limits.plain', requests: got(401) },
      { step: 'limits.head-8000', requests: got(401) },
      { step: 'limits.head-16000', requests: got(400) },
    ]);
    expect(attempts(seen, 'head').map(({ taken }) => taken)).toEqual([true, false]);
  });

  it('names a close without an answer, and silence', () => {
    const without = (close?: 'FIN' | 'RST') =>
      steps([
        { step: 'limits.plain', requests: got(200) },
        { step: 'limits.fields-90', requests: [{ response: null }], ...(close ? { close } : {}) },
      ]);
    expect(show(limits, 'limits.fields-refusal', without('RST'))).toEqual({ value: 'RST', frames: [14, 20] });
    expect(show(limits, 'limits.fields-refusal', without())?.value).toBe('no answer');
  });

  it('has nothing to compare with where the plain request got no answer', () => {
    const seen = steps([
      { step: 'limits.plain', requests: [{ response: null }] },
      { step: 'limits.head-8000', requests: got(431) },
    ]);
    expect(show(limits, 'limits.head', seen)).toBeNull();
  });
});

describe('starvation.*', () => {
  const wait = (...ms: number[]) => ms.map((waited, index) => ({ atMs: 100 + index * 5_000, responseMs: 100 + index * 5_000 + waited }));
  const alone = { step: 'starvation.plain', requests: wait(4) };

  it('times a request beside a silent connection, with what it takes alone', () => {
    const seen = steps([alone, { step: 'starvation.silent' }, { step: 'starvation.beside-one', requests: wait(3_000) }]);
    expect(show(starvation, 'starvation.beside-one-ms', seen)).toEqual({ value: 3_000, frames: [11, 24, 25], note: 'alone: 4 ms' });
  });

  it('says how long was waited in vain', () => {
    const unanswered = [{ atMs: 100, response: null }];
    const seen = steps([alone, { step: 'starvation.silent' }, { step: 'starvation.beside-one', requests: unanswered }], 5_100);
    expect(show(starvation, 'starvation.beside-one-ms', seen)).toMatchObject({ value: null, windowS: 5 });
  });

  it('has no value where the other connection was closed before', () => {
    const seen = steps([alone, { step: 'starvation.silent', close: 'FIN' }, { step: 'starvation.beside-one', requests: wait(4) }]);
    expect(show(starvation, 'starvation.beside-one-ms', seen)).toBeNull();
  });

  it('takes no reader for slow whose download is over', () => {
    const beside = (complete: boolean) =>
      steps([
        alone,
        { step: 'starvation.reader', requests: [{ atMs: 50, response: { complete } }] },
        { step: 'starvation.beside-reader', requests: wait(4) },
      ]);
    expect(show(starvation, 'starvation.beside-reader-ms', beside(false))?.value).toBe(4);
    expect(show(starvation, 'starvation.beside-reader-ms', beside(true))).toBeNull();
  });

  it('compares the first answer of a connection with the second', () => {
    const seen = steps(
      ['starvation.plain', 'starvation.plain-second', 'starvation.plain-third'].map((step, index) => ({
        step,
        requests: wait([900, 405, 412][index]!, 5),
      })),
    );
    expect(show(starvation, 'starvation.accept-ms', seen)).toEqual({ value: 407, frames: [24, 25, 26, 27] });
  });
});
