import { describe, expect, it } from 'vitest';
import { connections } from '../../harness/observe/connections.ts';
import { handshake } from '../../harness/observe/handshake.ts';
import { evidence, show } from './evidence-builder.ts';

describe('connections.*', () => {
  const visit = evidence({
    connections: [
      { syn: 1, requests: [{ frame: 10 }, { frame: 20 }, { frame: 30 }] },
      { syn: 4, requests: [{ frame: 12 }], close: { by: 'server', frame: 40, atMs: 40 } },
      { syn: 50 },
    ],
  });

  it('counts those opened, used and never used, each with its frames', () => {
    expect(show(connections, 'connections.opened', visit)).toEqual({ value: 3, frames: [3, 6, 52] });
    expect(show(connections, 'connections.used', visit)).toEqual({ value: 2, frames: [10, 12] });
    expect(show(connections, 'connections.unused', visit)).toEqual({ value: 1, frames: [52] });
  });

  it('takes a closed connection out of those open at one time', () => {
    expect(show(connections, 'connections.max-concurrent', visit)).toEqual({ value: 2, frames: [3, 6] });
  });

  it('divides requests by the connections that carried them', () => {
    expect(show(connections, 'connections.reuse', visit)).toEqual({ value: 2, frames: [10, 12] });
  });

  it('has no reuse where nothing was asked', () => {
    expect(show(connections, 'connections.reuse', evidence({ connections: [{ syn: 1 }] }))).toBeNull();
  });

  it('does not count a connection without a whole handshake as opened', () => {
    expect(show(connections, 'connections.opened', evidence({ connections: [{ midStream: true }] }))?.value).toBe(0);
  });
});

describe('connections.* of a scenario with an earlier visit', () => {
  const steps = [
    { id: 'first-visit', frame: 1 },
    { id: 'revisit', frame: 100 },
  ];
  const revisit = evidence({
    scenario: 'revisit',
    steps,
    connections: [
      { syn: 1, requests: [{ frame: 10 }, { frame: 110 }] },
      { syn: 4, requests: [{ frame: 14 }], close: { by: 'server', frame: 60, atMs: 60 } },
      { syn: 7 },
      { syn: 101, requests: [{ frame: 120 }] },
    ],
  });

  it('speaks of the last step alone', () => {
    expect(show(connections, 'connections.opened', revisit)).toEqual({ value: 1, frames: [103] });
    expect(show(connections, 'connections.used', revisit)).toEqual({ value: 2, frames: [110, 120] });
    expect(show(connections, 'connections.unused', revisit)).toEqual({ value: 1, frames: [9] });
    expect(show(connections, 'connections.max-concurrent', revisit)).toEqual({ value: 3, frames: [3, 9, 103] });
    expect(show(connections, 'connections.reuse', revisit)?.value).toBe(1);
  });
});

describe('handshake.ms', () => {
  it('is the median, shown by the three frames of that connection', () => {
    const visit = evidence({
      connections: [
        { syn: 1, handshakeMs: 9 },
        { syn: 4, handshakeMs: 0.25 },
        { syn: 7, handshakeMs: 0.5 },
        { syn: 10, handshakeMs: 3 },
      ],
    });
    expect(show(handshake, 'handshake.ms', visit)).toEqual({ value: 0.5, frames: [7, 8, 9] });
  });

  it('is absent where the last step opened none', () => {
    const steps = [
      { id: 'idle', frame: 1 },
      { id: 'close', frame: 90 },
    ];
    expect(show(handshake, 'handshake.ms', evidence({ scenario: 'close', steps, connections: [{ syn: 1 }] }))).toBeNull();
  });
});
