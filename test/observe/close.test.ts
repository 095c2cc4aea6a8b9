import { describe, expect, it } from 'vitest';
import { close } from '../../harness/observe/close.ts';
import { tcpKeepalive } from '../../harness/observe/tcp-keepalive.ts';
import { evidence, show } from './evidence-builder.ts';

describe('close.*', () => {
  it('takes the value of the majority of the used connections', () => {
    const visit = evidence({
      connections: [
        { syn: 1, requests: [{ frame: 10, atMs: 10, responseMs: 20 }], close: { by: 'server', frame: 50, atMs: 5_020 } },
        { syn: 4, requests: [{ frame: 12, atMs: 12, responseMs: 22 }], close: { by: 'server', frame: 52, atMs: 6_022 } },
        { syn: 7, requests: [{ frame: 14, atMs: 14, responseMs: 24 }], close: { by: 'client', frame: 40, atMs: 1_000 } },
        // Never used: says nothing about idle connections after a response.
        { syn: 30, close: { by: 'client', frame: 31, atMs: 31 } },
      ],
    });
    expect(show(close, 'close.first', visit)).toEqual({
      value: 'server',
      frames: [50, 52],
      note: '2 closed by the server, 1 closed by the client',
    });
    expect(show(close, 'close.how', visit)).toEqual({ value: 'FIN', frames: [50, 52] });
    // The lower of two middle ones, a connection that was captured: its last payload and its FIN.
    expect(show(close, 'close.idle-ms', visit)).toEqual({
      value: 5_000,
      frames: [11, 50],
      note: 'between 5000 and 6000 ms on 2 connections',
    });
  });

  it('gives a tie to the side that closed earlier', () => {
    const tie = (serverFrame: number, clientFrame: number) =>
      evidence({
        connections: [
          { syn: 1, requests: [{ frame: 10 }], close: { by: 'server', frame: serverFrame, atMs: serverFrame } },
          { syn: 4, requests: [{ frame: 12 }], close: { by: 'client', frame: clientFrame, atMs: clientFrame, how: 'RST' } },
        ],
      });
    expect(show(close, 'close.first', tie(40, 41))?.value).toBe('server');
    expect(show(close, 'close.first', tie(42, 41))?.value).toBe('client');
    expect(show(close, 'close.how', tie(42, 41))?.value).toBe('RST');
  });

  it('says none, and how long was watched, where all stayed open', () => {
    const open = evidence({ connections: [{ syn: 1, requests: [{ frame: 10, atMs: 0, responseMs: 1_000 }] }], endMs: 9_000 });
    expect(show(close, 'close.first', open)).toEqual({ value: 'none', frames: [11], windowS: 8 });
    expect(show(close, 'close.how', open)).toEqual({ value: 'none', frames: [11], windowS: 8 });
    expect(show(close, 'close.idle-ms', open)).toEqual({ value: null, frames: [11], windowS: 8 });
  });

  it('is absent where no connection was used', () => {
    const unused = evidence({ connections: [{ syn: 1, close: { by: 'server', frame: 9, atMs: 9 } }] });
    for (const observation of close) expect(observation.observe(unused)).toBeNull();
  });

  it('counts what was closed in the last step, used before it', () => {
    const steps = [
      { id: 'idle', frame: 1 },
      { id: 'close', frame: 100 },
    ];
    const quit = evidence({
      scenario: 'close',
      steps,
      connections: [
        { syn: 1, requests: [{ frame: 10 }], close: { by: 'server', frame: 60, atMs: 60 } },
        { syn: 4, requests: [{ frame: 12 }], close: { by: 'client', frame: 101, atMs: 101 } },
      ],
    });
    expect(show(close, 'close.first', quit)).toEqual({ value: 'client', frames: [101] });
  });
});

describe('tcp.keepalive-*', () => {
  it('counts probes and takes the median interval of probes of one side of one connection', () => {
    const probed = evidence({
      connections: [
        { syn: 1, requests: [{ frame: 10 }], probes: { side: 'client', frames: [20, 30, 40], timesMs: [45_000, 90_000, 136_000] } },
        { syn: 4, probes: { side: 'server', frames: [25], timesMs: [60_000] } },
      ],
    });
    expect(show(tcpKeepalive, 'tcp.keepalive-probes', probed)).toEqual({
      value: 4,
      frames: [20, 25, 30, 40],
      note: 'sent by the client and the server',
    });
    expect(show(tcpKeepalive, 'tcp.keepalive-interval-s', probed)).toEqual({ value: 45, frames: [20, 30] });
  });

  it('has no interval where there were not two', () => {
    const none = evidence({ connections: [{ syn: 1 }], endMs: 8_000 });
    expect(show(tcpKeepalive, 'tcp.keepalive-probes', none)).toEqual({ value: 0, frames: [] });
    expect(show(tcpKeepalive, 'tcp.keepalive-interval-s', none)).toEqual({
      value: null,
      frames: [],
      note: 'no two probes on one connection in 8 s',
    });
  });
});
