import { describe, expect, it } from 'vitest';
import { sectionComments, stepComment } from '../../harness/capture-file/cell-comments.ts';
import { toEvidence } from '../../harness/decode/cell-evidence.ts';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import { stepAt, stepMarks } from '../../harness/decode/steps.ts';
import type { CaptureInfo } from '../../harness/model.ts';
import { evidence } from '../observe/evidence-builder.ts';
import { EPOCH_NS, type Packet, pcapng } from '../packets/captures.ts';
import { conversation } from '../packets/conversation.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
/** By frame. */
const COMMENTS: Record<number, string[]> = { 1: [stepComment('first-visit')], 9: [stepComment('revisit')] };

/** The first connection sends its request between the two of the second one. */
function twoConnections(): Packet[] {
  const first = conversation().handshake();
  const second = conversation({ clientPort: 40_001, startNs: EPOCH_NS + 1n }).handshake();
  second.wait(10).data('client', GET).data('server', OK);
  first.wait(30).data('client', GET).data('server', OK);
  second.wait(40).data('client', GET).data('server', OK);
  return [...first.packets, ...second.packets].sort((a, b) => Number(a.timeNs - b.timeNs));
}

const capture = (more: Partial<CaptureInfo>): CaptureInfo => ({
  ...evidence({ connections: [] }).capture,
  frames: 50,
  endNs: 9e9,
  ...more,
});

describe('stepMarks', () => {
  it('reads the marks of packets in the order of frames, two on one packet too', () => {
    const frameComments = [
      { frame: 20, timeNs: 20, text: stepComment('idle') },
      { frame: 20, timeNs: 20, text: stepComment('close') },
      { frame: 1, timeNs: 1, text: stepComment('visit') },
      { frame: 3, timeNs: 3, text: 'a remark of a person' },
    ];
    expect(stepMarks(capture({ frameComments }))).toEqual([
      { id: 'visit', frame: 1, timeNs: 1 },
      { id: 'idle', frame: 20, timeNs: 20 },
      { id: 'close', frame: 20, timeNs: 20 },
    ]);
  });

  it('puts a step that sent no packet after the last frame', () => {
    const marks = stepMarks(
      capture({
        sectionComments: ['wirematrix cell a/b/c', stepComment('revisit')],
        frameComments: [{ frame: 1, timeNs: 1, text: stepComment('first-visit') }],
      }),
    );
    expect(marks.at(-1)).toEqual({ id: 'revisit', frame: 51, timeNs: 9e9 });
  });

  it('gives it the time that its mark names', () => {
    const baseEpochNs = 1_700_000_000_000_000_000n;
    const sectionComments = [stepComment('shutdown-idle', baseEpochNs + 1_000_000_000n)];
    expect(stepMarks(capture({ sectionComments, baseEpochNs }))).toEqual([{ id: 'shutdown-idle', frame: 51, timeNs: 1e9 }]);
  });
});

describe('stepAt', () => {
  const steps = [
    { id: 'a', frame: 4, timeNs: 0 },
    { id: 'b', frame: 9, timeNs: 0 },
  ];
  it.each([
    [3, null],
    [4, 'a'],
    [8, 'a'],
    [9, 'b'],
    [100, 'b'],
  ])('frame %i is in %s', (frame, step) => {
    expect(stepAt(steps, frame)).toBe(step);
  });
});

describe('toEvidence', () => {
  const { connections } = evidence({
    connections: [
      { syn: 1, requests: [{ frame: 30 }] },
      { syn: 4, requests: [{ frame: 10 }, { frame: 40 }] },
    ],
  });

  it('puts all exchanges in the order of their requests, each with its step', async () => {
    const packets = twoConnections();
    const marked = packets.map((packet, index) => ({ ...packet, comments: COMMENTS[index + 1] ?? [] }));
    const decoded = await decodeFile(pcapng(marked));
    const { exchanges } = toEvidence(decoded.capture, decoded.connections);
    expect(exchanges.map((exchange) => [exchange.request?.frames[0], exchange.step])).toEqual([
      [7, 'first-visit'],
      [9, 'revisit'],
      [11, 'revisit'],
    ]);
  });

  it('changes nothing of what it is given', () => {
    const before = JSON.stringify(connections);
    toEvidence(capture({ frameComments: [{ frame: 1, timeNs: 1, text: stepComment('first-visit') }] }), connections);
    expect(JSON.stringify(connections)).toBe(before);
  });

  it('takes a capture of somebody else as one nameless cell without steps', async () => {
    const decoded = await decodeFile(pcapng(twoConnections()));
    const from = toEvidence({ ...decoded.capture, sectionComments: ['made with care'] }, decoded.connections);
    expect(from.header).toBeNull();
    expect(from.cell).toEqual({ server: 'unknown', client: 'unknown', scenario: 'unknown' });
    expect(from.exchanges.map((exchange) => exchange.step)).toEqual([null, null, null]);
  });

  it('reads the cell that the lane wrote', () => {
    const header = {
      ...{
        server: 'koa',
        client: 'chromium',
        scenario: 'revisit',
        origin: 'http://127.0.0.1:8080',
        windowMs: 8_000,
        startedAt: '2026-01-01T00:00:00Z',
      },
      ...{
        serverTitle: 'Koa',
        serverVersion: '3',
        serverProvenance: 'real' as const,
        clientTitle: 'Chromium',
        clientVersion: '1',
        clientProvenance: 'emulated' as const,
      },
    };
    const from = toEvidence(capture({ sectionComments: sectionComments(header) }), connections);
    expect(from.header).toEqual(header);
    expect(from.cell).toEqual({ server: 'koa', client: 'chromium', scenario: 'revisit' });
  });
});
