import { describe, expect, it } from 'vitest';
import type { Evidence, ServerStop } from '../../harness/model.ts';
import { shutdown } from '../../harness/observe/shutdown.ts';
import { type ConnectionInput, evidence, show } from './evidence-builder.ts';

const STEPS = ['shutdown-idle.request', 'shutdown.kept', 'shutdown.silent', 'shutdown.half-head', 'shutdown.half-body'];
const STOP = 100;

/** The connection of one step, ten frames a step; the server is asked to stop at frame 100, 1 s into the capture. */
function stopped(step: string, { requests = [], ...rest }: ConnectionInput, end: ServerStop['end'] = null): Evidence {
  const syn = step === 'new' ? STOP + 5 : 1 + STEPS.indexOf(step) * 10;
  const seen = evidence({
    scenario: 'shutdown-idle',
    steps: [...STEPS.map((id, index) => ({ id, frame: 1 + index * 10 })), { id: 'shutdown-idle', frame: STOP }],
    connections: [{ syn, requests, ...rest }],
  });
  return { ...seen, stop: { signal: 'SIGTERM', timeNs: 1e9, frame: STOP, end } };
}
const close = (how: 'FIN' | 'RST' = 'FIN', frame = 110, atMs = 1_500) => ({ by: 'server' as const, how, frame, atMs });

describe('the time of the stop', () => {
  it('is the one that the capture records', () => {
    const idle = stopped('shutdown-idle.request', { requests: [{ frame: 4 }], close: close() });
    expect(show(shutdown, 'shutdown.idle', idle)?.note).toMatch(/, 0.5 s after the stop$/);
    expect(show(shutdown, 'shutdown.idle-s', idle)).toEqual({ value: 0.5, frames: [5, 110] });
    const open = stopped('shutdown-idle.request', { requests: [{ frame: 4 }] });
    expect(show(shutdown, 'shutdown.idle-s', open)).toEqual({ value: null, frames: [5], windowS: 9 });
  });

  it('is not known of captures of earlier versions', () => {
    const { stop: _, ...earlier } = stopped('shutdown-idle.request', { requests: [{ frame: 4 }], close: close() });
    expect(show(shutdown, 'shutdown.idle', earlier)?.value).toBe('FIN');
    expect(show(shutdown, 'shutdown.idle-s', earlier)).toBeNull();
    expect(show(shutdown, 'shutdown.process-s', earlier)).toBeNull();
  });
});

describe('shutdown.process-s', () => {
  const ended = (end: ServerStop['end']) => show(shutdown, 'shutdown.process-s', stopped('shutdown-idle.request', {}, end));

  it('is from the signal to the end of the process', () => {
    expect(ended({ code: 0, signal: null, timeNs: 3.25e9, frame: 130 })).toEqual({
      value: 2.25,
      frames: [100, 130],
      note: 'SIGTERM: exit code 0',
    });
    expect(ended({ code: null, signal: 'SIGTERM', timeNs: 1e9, frame: 2_000 })).toEqual({
      value: 0,
      // No packet came after the end.
      frames: [100],
      note: 'SIGTERM: ended by SIGTERM',
    });
    expect(ended(null)).toEqual({ value: null, frames: [100], windowS: 9 });
  });
});

describe('what was under way', () => {
  const sayClose = { headers: [['Connection', 'close'] as const] };
  const kept = (response: object | null, end = {}) =>
    stopped('shutdown.kept', { requests: [{ frame: 14 }, { frame: 101, response }], ...end });

  it.each([
    ['answered', {}, {}],
    ['answered, with close', sayClose, { close: close() }],
    ['not answered: RST', null, { close: close('RST') }],
    ['open', null, {}],
  ])('is %s', (value, response, end) => {
    expect(show(shutdown, 'shutdown.next-request', kept(response, end))?.value).toBe(value);
  });

  it('is nothing where the connection had been closed', () => {
    expect(show(shutdown, 'shutdown.next-request', stopped('shutdown.kept', { requests: [{ frame: 14 }], close: close() }))).toBeNull();
  });

  it('is half a request', () => {
    const half = (step: string) =>
      stopped(step, { requests: [{ frame: step === 'shutdown.half-head' ? 34 : 44, response: null }], close: close() });
    expect(show(shutdown, 'shutdown.half-head', half('shutdown.half-head'))).toEqual({
      value: 'not answered: FIN',
      frames: [34, 110],
      note: '0.5 s after the stop',
    });
    expect(show(shutdown, 'shutdown.half-body', half('shutdown.half-body'))?.value).toBe('not answered: FIN');
    // It was answered without the rest.
    const before = stopped('shutdown.half-body', { requests: [{ frame: 44 }], close: close() });
    expect(show(shutdown, 'shutdown.half-body', before)).toBeNull();
  });

  it('is a connection that was never used', () => {
    expect(show(shutdown, 'shutdown.silent', stopped('shutdown.silent', { close: close('RST') }))?.value).toBe('RST');
    expect(show(shutdown, 'shutdown.silent', stopped('shutdown.silent', {}))?.value).toBe('open');
  });

  it('is a new connection', () => {
    const fresh = (connection: ConnectionInput) => show(shutdown, 'shutdown.new-connection', stopped('new', connection))?.value;
    expect(fresh({ midStream: true, close: close('RST') })).toBe('refused');
    expect(fresh({ requests: [{ frame: 108 }] })).toBe('answered');
    expect(fresh({ requests: [{ frame: 108, response: null }], close: close() })).toBe('closed');
    expect(fresh({ requests: [{ frame: 108, response: null }] })).toBe('open');
  });
});
