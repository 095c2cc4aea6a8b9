import { describe, expect, it } from 'vitest';
import { incompleteness } from '../../harness/decode/completeness.ts';
import { evidence } from '../observe/evidence-builder.ts';

const whole = () => evidence({ connections: [{ syn: 1, requests: [{ frame: 10 }] }] });

describe('incompleteness', () => {
  it('has nothing against a whole capture', () => {
    expect(incompleteness(whole())).toEqual([]);
  });

  it('names acknowledged bytes that are missing, by side and connection', () => {
    const holed = evidence({ connections: [{ syn: 1 }, { syn: 4, missing: { server: 1_460 } }] });
    expect(incompleteness(holed)).toEqual(['1460 acknowledged bytes of the server of connection 1 are missing']);
  });

  it('names a connection whose SYN was not captured', () => {
    expect(incompleteness(evidence({ connections: [{ midStream: true }] }))).toEqual(['connection 0 has no SYN in the capture']);
  });

  it('names data without a whole handshake, but not a SYN that nobody answered', () => {
    const refused = evidence({ connections: [{ syn: 1 }] });
    for (const connection of refused.connections) connection.handshake = null;
    expect(incompleteness(refused)).toEqual([]);
    const half = whole();
    for (const connection of half.connections) connection.handshake = null;
    expect(incompleteness(half)).toEqual(['connection 0 carried data, but its handshake is not whole']);
  });

  it('believes a drop counter, and frames that could not be read', () => {
    const { capture, connections } = whole();
    expect(incompleteness({ connections, capture: { ...capture, dropped: 3 } })).toEqual(['the capture backend dropped 3 packets']);
    expect(incompleteness({ connections, capture: { ...capture, dropped: 0 } })).toEqual([]);
    expect(incompleteness({ connections, capture: { ...capture, undecoded: { 'cut-by-snap-length': 2 } } })).toEqual([
      '2 frames could not be read whole: cut-by-snap-length',
    ]);
  });

  it('calls an empty capture incomplete', () => {
    const { capture } = whole();
    expect(incompleteness({ connections: [], capture: { ...capture, frames: 0 } })).toEqual(['no frame was captured']);
  });

  it('does not spell out a hundred reasons of one kind', () => {
    const holed = evidence({ connections: Array.from({ length: 100 }, () => ({ syn: 1, missing: { client: 5 } })) });
    const reasons = incompleteness(holed);
    expect(reasons).toHaveLength(4);
    expect(reasons.at(-1)).toBe('… and 97 more of this kind');
  });
});
