import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../harness/model.ts';
import { firstImpression, reacts } from '../../harness/results/first-impression.ts';

type Seen = Pick<Evidence, 'exchanges' | 'connections'>;

const answered = (thinkMs: number, version = '1.1'): Seen =>
  ({ exchanges: [{ request: { endNs: 1e6 }, response: { startNs: 1e6 + thinkMs * 1e6, version } }], connections: [{}] }) as unknown as Seen;
const silent = (serverSpeaks?: string): Seen =>
  ({ exchanges: [{ request: { endNs: 1e6 }, response: null }], connections: [{ serverSpeaks }] }) as unknown as Seen;

describe('the first impression of a server', () => {
  it('lets the others run where it answers, and waits longer for a slow one', () => {
    expect(firstImpression(answered(3))).toEqual({ stop: null, answerTimeoutMs: null });
    expect(firstImpression(answered(6_000))).toEqual({ stop: null, answerTimeoutMs: 18_000 });
    expect(firstImpression(answered(40_000)).answerTimeoutMs).toBe(60_000);
  });

  it.each([
    ['tls', 'TLS off'],
    ['http/2', 'HTTP/1.1'],
    [undefined, '--path'],
  ] as const)('stops where it gives no HTTP/1.x answer: %s', (speaks, remedy) => {
    expect(firstImpression(silent(speaks)).stop?.remedy).toContain(remedy);
  });

  it('stops at a port of TLS that answers plain HTTP with 400', () => {
    const seen = (status: number, serverSpeaks?: string): Seen =>
      ({
        exchanges: [{ request: { endNs: 1 }, response: { startNs: 2, version: '1.1', status } }],
        connections: [{}, { serverSpeaks }],
      }) as unknown as Seen;
    expect(firstImpression(seen(400, 'tls')).stop).toMatchObject({
      reason: 'the port speaks TLS',
      remedy: expect.stringContaining('TLS off'),
    });
    expect(firstImpression(seen(400)).stop).toBeNull();
    expect(firstImpression(seen(200, 'tls')).stop).toBeNull();
  });

  it('knows one whose answers have no end', () => {
    const { exchanges, connections } = answered(3);
    const endless = exchanges.map((exchange) => ({
      ...exchange,
      response: { ...exchange.response, complete: false },
    })) as Seen['exchanges'];
    expect(firstImpression({ exchanges: endless, connections })).toEqual({ stop: null, answerTimeoutMs: null, endless: true });
    expect(firstImpression({ exchanges: [...endless, ...exchanges], connections }).endless).toBeUndefined();
  });

  it('takes bytes without a status line for no answer', () => {
    expect(firstImpression(answered(1, '0.9')).stop).not.toBeNull();
  });
});

describe('a server that was asked', () => {
  const seen = (response: object | null, by: string | null, complete = true): Seen =>
    ({ exchanges: [{ request: { complete }, response }], connections: [{ firstClose: by && { by } }] }) as unknown as Seen;
  it('answers, or closes at least; one that was asked nothing whole shows nothing', () => {
    expect(reacts(seen(null, null))).toBe(false);
    expect(reacts(seen(null, 'client'))).toBe(false);
    expect(reacts(seen({}, 'client'))).toBe(true);
    expect(reacts(seen(null, 'server'))).toBe(true);
    expect(reacts(seen(null, null, false))).toBeNull();
    expect(reacts({ exchanges: [], connections: [] })).toBeNull();
  });
});
