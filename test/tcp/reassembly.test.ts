import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection, Side } from '../../harness/model.ts';
import { ConnectionTracker } from '../../harness/tcp/connection-tracker.ts';
import type { StreamSink } from '../../harness/tcp/stream-sink.ts';
import { newSegment, readSegment } from '../../harness/wire/segment.ts';
import type { Packet } from '../packets/captures.ts';
import { EPOCH_NS } from '../packets/captures.ts';
import { conversation } from '../packets/conversation.ts';
import { FLAG, text } from '../packets/layers.ts';

/** The calls of a sink, in short: `c:bytes@frame`, `s-gap 5@frame`, `c-fin@frame`. */
function follow(packets: readonly Packet[]): { reported: string[]; connections: Connection[] } {
  const reported: string[] = [];
  const connections: Connection[] = [];
  const letter = (side: Side): string => side[0]!;
  const createSink = (): StreamSink => ({
    data: (side, bytes, start, end, frame) =>
      reported.push(`${letter(side)}:${Buffer.from(bytes.subarray(start, end)).toString('latin1')}@${frame}`),
    gap: (side, count, frame) => reported.push(`${letter(side)}-gap ${count}@${frame}`),
    fin: (side, frame) => reported.push(`${letter(side)}-fin@${frame}`),
    reset: (side, frame) => reported.push(`${letter(side)}-reset@${frame}`),
    end: () => reported.push('end'),
  });
  const tracker = new ConnectionTracker({ createSink, onConnection: (connection) => connections.push(connection) });
  const segment = newSegment();
  packets.forEach(({ bytes, originalLength = bytes.length, timeNs }, index) => {
    if (readSegment(1, bytes, 0, bytes.length, originalLength, segment) === null)
      tracker.segment(Object.assign(segment, { frame: index + 1, timeNs: Number(timeNs - EPOCH_NS) }));
  });
  tracker.end();
  return { reported, connections };
}

const swap = (packets: readonly Packet[], place: number): Packet[] => {
  const list = [...packets];
  [list[place], list[place + 1]] = [list[place + 1]!, list[place]!];
  return list;
};

describe('reassembly', () => {
  it('hands on bytes in order, with the frames that brought them', () => {
    const { packets } = conversation().handshake().data('client', 'ask').data('server', 'ans').data('server', 'wer').close('server');
    expect(follow(packets).reported).toEqual(['c:ask@4', 's:ans@5', 's:wer@6', 's-fin@7', 'c-fin@8', 'end']);
  });

  it('puts segments in order, each with its own frame', () => {
    const { packets } = conversation().handshake().data('server', 'one').data('server', 'two').data('server', 'six');
    const { reported } = follow([...packets.slice(0, 3), packets[5]!, packets[4]!, packets[3]!]);
    expect(reported).toEqual(['s:one@6', 's:two@5', 's:six@4', 'end']);
  });

  it('hands on retransmitted and overlapping bytes once', () => {
    const talk = conversation({ clientSeq: 1000 }).handshake().data('client', 'abc');
    talk.segment('client', { seq: 1001, payload: text('abc') }).segment('client', { seq: 1003, payload: text('cdef') });
    expect(follow(talk.packets).reported).toEqual(['c:abc@4', 'c:def@6', 'end']);
  });

  it('holds an answer that was captured before its question', () => {
    const { packets } = conversation().handshake().data('client', 'ask').data('server', 'answer');
    expect(follow(swap(packets, 3)).reported).toEqual(['c:ask@5', 's:answer@4', 'end']);
  });

  it('waits for a late frame, and then calls what was acknowledged a gap', () => {
    const talk = conversation().handshake().data('client', 'lost').data('server', 'answer').wait(300).data('client', 'more');
    expect(follow(talk.without(3)).reported).toEqual(['c-gap 4@5', 's:answer@4', 'c:more@5', 'end']);
  });

  it('waits as long for it however many frames come meanwhile', () => {
    const talk = conversation({ stepNs: 1000n }).handshake().data('client', 'late').data('server', 'answer');
    for (let count = 0; count < 300; count++) talk.data('server', '.');
    const { packets } = talk;
    const [late] = packets.splice(3, 1);
    const { reported } = follow([...packets, { ...late!, timeNs: packets.at(-1)!.timeNs + 1000n }]);
    expect(reported.slice(0, 3)).toEqual(['c:late@305', 's:answer@4', 's:.@5']);
    expect(reported).toHaveLength(303);
  });

  it('takes bytes that a capture from mid-stream brings after their acknowledgment', () => {
    const { packets } = conversation().handshake().data('client', 'ask').ack('server').data('server', 'answer');
    const [, , , ask, acknowledgment, answer] = packets;
    expect(follow([acknowledgment!, ask!, answer!]).reported.slice(0, 2)).toEqual(['c:ask@2', 's:answer@3']);
  });

  it('so also where the answer comes before its question', () => {
    const { packets } = conversation().handshake().data('client', 'ask').data('server', 'answer').data('client', 'more');
    const [, , , ask, answer, more] = packets;
    expect(follow([answer!, ask!, more!]).reported).toEqual(['c:ask@2', 's:answer@1', 'c:more@3', 'end']);
  });

  it('does not wait for bytes from before the capture', () => {
    const talk = conversation().handshake().data('client', 'ask').data('server', 'answer').data('client', 'more');
    expect(follow(talk.packets.slice(4)).reported).toEqual(['s:answer@1', 'c:more@2', 'end']);
    const alone = conversation().handshake().data('client', 'ask').data('server', 'answer').wait(300).data('server', 'more');
    expect(follow(alone.packets.slice(4)).reported).toEqual(['s:answer@1', 's:more@2', 'end']);
  });

  it('counts acknowledged bytes that are missing, at the end too', () => {
    const talk = conversation().handshake().data('server', 'lost').ack('client');
    const { reported, connections } = follow(talk.without(3));
    expect(reported).toEqual(['s-gap 4@4', 'end']);
    expect(connections[0]?.sides.server.missingBytes).toBe(4);
    expect(connections[0]?.sides.server.payloadBytes).toBe(0);
  });

  it('hands on bytes after a hole that nobody acknowledged, at the end', () => {
    const talk = conversation().handshake().data('server', 'lost').data('server', 'kept');
    const { reported, connections } = follow(talk.without(3));
    expect(reported).toEqual(['s-gap 4@4', 's:kept@4', 'end']);
    expect(connections[0]?.sides.server.missingBytes).toBe(0);
  });

  it('is not led astray by one damaged acknowledgment', () => {
    const talk = conversation()
      .handshake()
      .segment('client', { ack: 5001 + 0x100000 })
      .data('server', 'right')
      .ack('client')
      .wait(300)
      .data('server', 'too');
    expect(follow(talk.packets).reported).toEqual(['s:right@5', 's:too@7', 'end']);
  });

  it('makes a gap of what the snap length cut off', () => {
    const { packets } = conversation().handshake().data('server', 'abcdef').data('server', 'gh');
    const cut = packets.map((packet, index) =>
      index === 3 ? { ...packet, bytes: packet.bytes.subarray(0, packet.bytes.length - 4), originalLength: packet.bytes.length } : packet,
    );
    expect(follow(cut).reported).toEqual(['s:ab@4', 's-gap 4@4', 's:gh@5', 'end']);
  });

  it('counts over the wrap of the sequence numbers', () => {
    const { packets } = conversation({ clientSeq: 0xfffffffd, serverSeq: 0xffffffff })
      .handshake()
      .data('client', 'abcd')
      .data('server', 'efgh')
      .data('client', 'ij');
    expect(follow(packets).reported).toEqual(['c:abcd@4', 's:efgh@5', 'c:ij@6', 'end']);
  });

  it('hands on a reset last, after bytes that the capture brings after it', () => {
    const talk = conversation().handshake().data('client', 'a').rst('client');
    talk.data('client', 'b');
    expect(follow(talk.packets).reported).toEqual(['c:a@4', 'c:b@6', 'c-reset@5', 'end']);
  });

  it('takes data in a SYN (TCP Fast Open)', () => {
    const talk = conversation({ clientSeq: 10 });
    talk.segment('client', { flags: FLAG.syn, seq: 10, ack: 0, payload: text('early') });
    talk.segment('server', { flags: FLAG.syn | FLAG.ack, seq: 5000, ack: 16 });
    expect(follow(talk.packets).reported).toEqual(['c:early@1', 'end']);
  });

  it('begins in mid-stream where the capture does', () => {
    const talk = conversation({ clientPort: 50_000, serverPort: 80 }).handshake().data('client', 'ask').data('server', 'answer');
    const { reported, connections } = follow(talk.packets.slice(3));
    expect(reported).toEqual(['c:ask@1', 's:answer@2', 'end']);
    expect(connections[0]).toMatchObject({ midStream: true, handshake: null, zeekState: 'OTH' });
  });

  it('ignores the byte of a keep-alive probe', () => {
    const talk = conversation({ clientSeq: 1000 }).handshake().data('client', 'ask').wait(5000);
    talk.segment('client', { seq: 1003, payload: text('\0') }).ack('server');
    const { reported, connections } = follow(talk.packets);
    expect(reported).toEqual(['c:ask@4', 'end']);
    expect(connections[0]?.sides.client).toMatchObject({ keepAliveProbeFrames: [5], payloadBytes: 3, lastPayloadFrame: 4, segments: 1 });
  });

  it('gives each side its bytes in order and once, whatever the order and the repetition of the frames', () => {
    const script = fc.array(
      fc.tuple(fc.constantFrom('client' as const, 'server' as const), fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' })),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(script, fc.array(fc.nat(30), { maxLength: 12 }), fc.array(fc.nat(30), { maxLength: 4 }), (lines, swaps, repeats) => {
        const talk = conversation({ stepNs: 1000n, clientSeq: 0xfffffff0 }).handshake();
        const sent = { client: '', server: '' };
        for (const [side, content] of lines) {
          talk.data(side, content);
          sent[side] += content;
        }
        let packets = talk.packets;
        for (const place of swaps) if (3 + place + 1 < packets.length) packets = swap(packets, 3 + place);
        for (const place of repeats) if (3 + place < packets.length) packets = [...packets, packets[3 + place]!];
        const got = { c: '', s: '' };
        for (const line of follow(packets).reported) {
          const match = /^([cs]):([\s\S]*)@\d+$/.exec(line);
          if (match) got[match[1] as 'c' | 's'] += match[2];
          expect(line).not.toMatch(/^[cs]-gap/);
        }
        expect(got).toEqual({ c: sent.client, s: sent.server });
      }),
      { numRuns: 300 },
    );
  });
});
