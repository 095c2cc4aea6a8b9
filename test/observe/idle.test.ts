import { describe, expect, it } from 'vitest';
import { questions } from '../../clients/probe/questions/index.ts';
import type { ResponseMessage } from '../../harness/model.ts';
import { idle } from '../../harness/observe/idle.ts';
import { keepalive, REQUESTS_ASKED } from '../../harness/observe/keepalive.ts';
import { type ConnectionInput, evidence, type RequestInput, show } from './evidence-builder.ts';

const watched = (scenario: string, connection: ConnectionInput, endMs = 10_000) => evidence({ scenario, connections: [connection], endMs });

/** An answer that nobody asked for, as the decoder tells it. */
function warn(visit: ReturnType<typeof evidence>, status: number, frame: number, atMs: number): void {
  const [connection] = visit.connections;
  const [model] = evidence({
    connections: [{ requests: [{ frame: frame - 1, responseFrame: frame, responseMs: atMs, response: { status } }] }],
  }).exchanges;
  const exchange = { ...model!, stream: 0, index: connection!.exchanges.length, step: visit.steps[0]!.id, request: null };
  connection!.exchanges.push(exchange);
  visit.exchanges.push(exchange);
}

describe('idle.used-s', () => {
  const once: RequestInput[] = [{ frame: 4, atMs: 4, responseMs: 10 }];

  it("counts from the response's last byte to the server's FIN", () => {
    const visit = watched('idle-used', { requests: once, close: { by: 'server', frame: 8, atMs: 5_010.4 } });
    expect(show(idle, 'idle.used-s', visit)).toEqual({ value: 5, frames: [5, 8] });
  });

  it('says how long was watched where it stayed open', () => {
    expect(show(idle, 'idle.used-s', watched('idle-used', { requests: once }, 8_010))).toEqual({
      value: null,
      frames: [5],
      windowS: 8,
    });
  });

  const sampled = (closes: (number | null)[], endMs = 12_000) =>
    evidence({
      scenario: 'idle-used',
      endMs,
      connections: closes.map((atMs, index) => ({
        syn: 1 + index * 10,
        requests: [{ frame: 4 + index * 10, atMs: 0, responseMs: 0 }],
        ...(atMs === null ? {} : { close: { by: 'server' as const, frame: 100 + index, atMs } }),
      })),
    });

  it('takes the least of several connections, and says the spread', () => {
    expect(show(idle, 'idle.used-s', sampled([10_700, 6_400, 8_000]))).toEqual({
      value: 6.4,
      frames: [5, 15, 100, 101],
      note: '3 connections: 6.4 to 10.7 s',
    });
    expect(show(idle, 'idle.used-s', sampled([6_000, 6_050]))).toEqual({ value: 6, frames: [5, 100] });
  });

  it('says which are still open', () => {
    expect(show(idle, 'idle.used-s', sampled([null, 6_000]))?.note).toBe('1 of 2 still open after 12 s');
    expect(show(idle, 'idle.used-s', sampled([null, null]))).toMatchObject({ value: null, windowS: 12 });
  });

  it('does not take the close of the client for one of the server', () => {
    const visit = watched('idle-used', { requests: once, close: { by: 'client', frame: 8, atMs: 3_010 } });
    expect(show(idle, 'idle.used-s', visit)).toEqual({ value: null, frames: [5, 8], windowS: 3, note: 'the client closed first' });
  });

  it('names a RST, and a 408 before the close', () => {
    const visit = watched('idle-used', { requests: once, close: { by: 'server', how: 'RST', frame: 9, atMs: 60_010 } });
    warn(visit, 408, 8, 60_005);
    expect(show(idle, 'idle.used-s', visit)).toEqual({ value: 60, frames: [5, 8, 9], note: '408 sent 59.995 s in; closed by RST' });
  });

  it('speaks of its own step alone', () => {
    expect(show(idle, 'idle.used-s', watched('first-visit', { requests: once, close: { by: 'server', frame: 8, atMs: 9 } }))).toBeNull();
    expect(show(idle, 'idle.used-s', watched('idle-used', { requests: [{ frame: 4, response: null }] }))).toBeNull();
  });
});

describe('idle.unused-s', () => {
  it("counts from the handshake's ACK on the connection that was never used", () => {
    const visit = evidence({
      scenario: 'idle-unused',
      connections: [
        // The server's own request to itself.
        { syn: 10, synMs: 10, requests: [{ frame: 13, method: 'OPTIONS', target: '*' }], close: { by: 'server', frame: 15, atMs: 20 } },
        { syn: 1, synMs: 0, handshakeMs: 1, close: { by: 'server', frame: 30, atMs: 2_501 } },
      ],
    });
    expect(show(idle, 'idle.unused-s', visit)).toEqual({ value: 2.5, frames: [3, 30] });
  });

  it('is null where the connection stayed open', () => {
    const visit = watched('idle-unused', { syn: 1, synMs: 0, handshakeMs: 0 }, 8_000);
    expect(show(idle, 'idle.unused-s', visit)).toEqual({ value: null, frames: [3], windowS: 8 });
  });
});

describe('idle.restarts', () => {
  /** Beside a connection that is closed 5 s after its only response, one that is used again after 2 s. */
  const again = (closeMs: number | null, otherMs: number | null = 5_000, second = {}) =>
    evidence({
      scenario: 'idle-used',
      connections: [
        {
          syn: 1,
          requests: [
            { frame: 4, atMs: 0, responseMs: 0 },
            { frame: 14, atMs: 2_000, responseMs: 2_000, response: second },
          ],
          ...(closeMs === null ? {} : { close: { by: 'server', frame: 30, atMs: closeMs } }),
        },
        {
          syn: 10,
          requests: [{ frame: 16, atMs: 0, responseMs: 0 }],
          ...(otherMs === null ? {} : { close: { by: 'server', frame: 31, atMs: otherMs } }),
        },
      ],
    });
  const value = (from: ReturnType<typeof evidence>) => show(idle, 'idle.restarts', from)?.value;

  it('tells a timer that starts again from one of the whole connection', () => {
    expect(show(idle, 'idle.restarts', again(7_000))).toEqual({
      value: 'yes',
      frames: [5, 15, 30],
      note: 'closed 7 s after the first response, 5 s after the second',
    });
    expect(value(again(5_000))).toBe('no');
    expect(value(again(null))).toBe('yes');
  });

  it('has no value where the window or another cause leaves it open', () => {
    expect(value(again(null, null))).toBeUndefined();
    expect(value(again(2_010))).toBeUndefined();
    expect(value(again(5_000, 5_000, { headers: [['Connection', 'close']] }))).toBeUndefined();
  });
});

describe('idle.partial-body-s', () => {
  const posted = (more: Partial<RequestInput>, close?: ConnectionInput['close']) =>
    evidence({
      scenario: 'idle-partial-head',
      steps: [
        { id: 'idle-partial-body', frame: 1 },
        { id: 'idle-partial-head', frame: 50 },
      ],
      connections: [{ requests: [{ frame: 4, atMs: 0, method: 'POST', ...more }], ...(close ? { close } : {}) }],
    });
  const close: ConnectionInput['close'] = { by: 'server', frame: 60, atMs: 4_000 };

  it('is the time until the server gives up, with its answer', () => {
    expect(show(idle, 'idle.partial-body-s', posted({ response: null }, close))).toEqual({ value: 4, frames: [4, 60] });
    const answered = posted({ response: { status: 408 }, responseMs: 4_000 }, close);
    expect(show(idle, 'idle.partial-body-s', answered)?.value).toBe(4);
    expect(show(idle, 'idle.partial-body-answer', answered)?.value).toBe('408');
  });

  it('is none where the server does not wait for the body', () => {
    const refused = posted({ response: { status: 405 }, responseMs: 3 });
    expect(show(idle, 'idle.partial-body-s', refused)).toBeNull();
    expect(show(idle, 'idle.partial-body-answer', refused)?.value).toBe('405');
  });
});

describe('idle.partial-head-s', () => {
  const half = (close?: ConnectionInput['close'], decoded = true) => {
    const visit = watched('idle-partial-head', {
      requests: decoded ? [{ frame: 4, atMs: 0, response: null }] : [],
      ...(close ? { close } : {}),
    });
    const [connection] = visit.connections;
    if (decoded) connection!.exchanges[0]!.request!.complete = false;
    Object.assign(connection!.sides.client, { lastPayloadFrame: 4, lastPayloadNs: 0 });
    return visit;
  };

  it.each([true, false])('counts from the last byte of the half head (a request in the eyes of the decoder: %s)', (decoded) => {
    const visit = half({ by: 'server', frame: 9, atMs: 1_500 }, decoded);
    expect(show(idle, 'idle.partial-head-s', visit)).toEqual({ value: 1.5, frames: [4, 9] });
    expect(show(idle, 'idle.partial-head-answer', visit)).toEqual({ value: 'none', frames: [4, 9] });
  });

  it('tells the 408', () => {
    const visit = half({ by: 'server', frame: 9, atMs: 1_500 }, false);
    warn(visit, 408, 8, 1_499);
    expect(show(idle, 'idle.partial-head-s', visit)).toEqual({ value: 1.5, frames: [4, 8, 9], note: '408 sent 1.499 s in' });
    expect(show(idle, 'idle.partial-head-answer', visit)).toEqual({ value: '408', frames: [8] });
  });
});

describe('keepalive.*', () => {
  const advertising = (...values: string[]) =>
    watched('first-visit', {
      requests: values.map((text, index) => ({
        frame: 4 + index * 2,
        response: { headers: text === '' ? [] : [['Keep-Alive', text] as const] },
      })),
    });

  it.each<[string, number | null, number | null]>([
    ['timeout=5', 5, null],
    ['timeout=5, max=100', 5, 100],
    ['max=99,timeout=15', 15, 99],
    ['Timeout = "20"; Max=3', 20, 3],
    ['300', null, null],
    ['xtimeout=4', null, null],
  ])('reads "%s"', (text, timeout, max) => {
    expect(show(keepalive, 'keepalive.advertised-s', advertising(text))).toEqual({ value: timeout, frames: [5] });
    expect(show(keepalive, 'keepalive.advertised-max', advertising(text))).toEqual({ value: max, frames: [5] });
  });

  it('takes the first header there is', () => {
    expect(show(keepalive, 'keepalive.advertised-max', advertising('', 'max=100', 'max=99'))).toEqual({ value: 100, frames: [7] });
    expect(show(keepalive, 'keepalive.advertised-max', evidence({ connections: [] }))).toBeNull();
  });

  const repeated = (count: number, last: Partial<ResponseMessage>, close: ConnectionInput['close']) =>
    watched('max-requests', {
      requests: Array.from({ length: count }, (_, index) => ({ frame: 4 + index * 2, response: index === count - 1 ? last : {} })),
      ...(close ? { close } : {}),
    });

  it('counts what was served before the close', () => {
    expect(show(keepalive, 'keepalive.max-requests', repeated(3, {}, { by: 'server', frame: 20, atMs: 20 }))).toEqual({
      value: 3,
      frames: [4, 8, 9, 20],
    });
    const announced = repeated(3, { headers: [['Connection', 'close']] }, { by: 'client', frame: 20, atMs: 20 });
    expect(show(keepalive, 'keepalive.max-requests', announced)?.value).toBe(3);
  });

  it('says null where the client stopped after all its requests', () => {
    const last = 4 + (REQUESTS_ASKED - 1) * 2;
    const close = { by: 'client', frame: last + 2, atMs: last + 2 } as const;
    expect(show(keepalive, 'keepalive.max-requests', repeated(REQUESTS_ASKED, {}, close))).toEqual({
      value: null,
      frames: [4, last, last + 1, last + 2],
      note: `no limit within ${REQUESTS_ASKED} requests`,
    });
  });

  it('has no value where the client ran out of time: a limit may come later', () => {
    expect(show(keepalive, 'keepalive.max-requests', repeated(772, {}, { by: 'client', frame: 2000, atMs: 2000 }))).toBeNull();
  });

  it('knows how many requests the probe sends', () => {
    expect(questions.find(({ id }) => id === 'max-requests')?.times).toBe(REQUESTS_ASKED);
  });

  it('does not count a request that got no answer', () => {
    const visit = watched('max-requests', {
      requests: [{ frame: 4 }, { frame: 6, response: null }],
      close: { by: 'server', how: 'RST', frame: 8, atMs: 8 },
    });
    expect(show(keepalive, 'keepalive.max-requests', visit)?.value).toBe(1);
  });
});
