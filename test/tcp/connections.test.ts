import { describe, expect, it } from 'vitest';
import { decodeCapture, decodeFile } from '../../harness/decode/decode-capture.ts';
import type { Connection } from '../../harness/model.ts';
import { type Packet, pcap } from '../packets/captures.ts';
import { conversation, REQUEST, RESPONSE } from '../packets/conversation.ts';
import { fixtures } from '../packets/fixtures.ts';
import { FLAG, text } from '../packets/layers.ts';

const connectionsOf = async (packets: readonly Packet[]): Promise<Connection[]> => (await decodeFile(pcap(packets))).connections;

async function only(name: string): Promise<Connection> {
  const { bytes } = fixtures.find((fixture) => fixture.name === `${name}.pcap`)!;
  const { connections } = await decodeFile(bytes);
  expect(connections).toHaveLength(1);
  return connections[0]!;
}

describe('Zeek conn_state', () => {
  const states: readonly (readonly [string, string])[] = [
    ['close-by-server', 'SF'],
    ['close-by-client', 'SF'],
    ['close-by-server-rst', 'RSTR'],
    ['close-by-client-rst', 'RSTO'],
    ['handshake-only', 'S1'],
    ['refused', 'REJ'],
    ['syn-unanswered', 'S0'],
    ['syn-then-rst', 'RSTOS0'],
    ['syn-then-fin', 'SH'],
    ['mid-stream', 'OTH'],
  ];
  for (const [name, state] of states) it(`${name}: ${state}`, async () => expect((await only(name)).zeekState).toBe(state));

  it('half-closed: S2 of the client, S3 of the server', async () => {
    const talk = (side: 'client' | 'server') => conversation().handshake().fin(side).packets;
    expect((await connectionsOf(talk('client')))[0]?.zeekState).toBe('S2');
    expect((await connectionsOf(talk('server')))[0]?.zeekState).toBe('S3');
  });

  it('only the answering half: RSTRH, SHR', async () => {
    const half = (last: (talk: ReturnType<typeof conversation>) => unknown): Packet[] => {
      const talk = conversation().syn().synAck();
      last(talk);
      return talk.packets.slice(1);
    };
    expect((await connectionsOf(half((talk) => talk.rst('server'))))[0]?.zeekState).toBe('RSTRH');
    expect((await connectionsOf(half((talk) => talk.fin('server'))))[0]?.zeekState).toBe('SHR');
  });
});

describe('a simultaneous open', () => {
  it('sends a SYN-ACK from each end, and none of them again', async () => {
    const talk = conversation().segment('client', { flags: FLAG.syn, ack: 0 }).segment('server', { flags: FLAG.syn, ack: 0 });
    for (const end of ['client', 'server'] as const) talk.next[end]++;
    talk.segment('client', { flags: FLAG.syn | FLAG.ack, seq: 1000 }).segment('server', { flags: FLAG.syn | FLAG.ack, seq: 5000 });
    talk.data('client', REQUEST).data('server', RESPONSE).ack('client').close('client');
    const [connection] = await connectionsOf(talk.packets);
    expect(connection).toMatchObject({
      handshake: { synFrame: 1, synAckFrame: 4, ackFrame: 5, synAcks: 1 },
      sides: { client: { retransmissions: 0 }, server: { retransmissions: 0 } },
      exchangeCount: 1,
    });
  });

  it('counts a SYN-ACK that the server sends again', async () => {
    const talk = conversation().syn().synAck().wait(1000);
    talk.segment('server', { flags: FLAG.syn | FLAG.ack, seq: 5000 }).ack('client');
    const [connection] = await connectionsOf(talk.packets);
    expect(connection).toMatchObject({ handshake: { synAcks: 2 }, sides: { server: { retransmissions: 1 } } });
  });
});

describe('a segment of one byte below the next number', () => {
  const sentBelow = async (isAcknowledged: boolean): Promise<Connection> => {
    const talk = conversation()
      .handshake()
      .data('client', REQUEST)
      .data('server', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n')
      .data('server', 'x');
    if (isAcknowledged) talk.ack('client');
    talk.wait(250).segment('server', { seq: talk.next.server - 1, payload: text('x') });
    return (await connectionsOf(talk.ack('client').close('client').packets))[0]!;
  };

  it('is a keep-alive probe where the byte had been acknowledged, and else sent again', async () => {
    expect((await sentBelow(true)).sides.server).toMatchObject({ retransmissions: 0, keepAliveProbeFrames: [8] });
    expect((await sentBelow(false)).sides.server).toMatchObject({ retransmissions: 1, keepAliveProbeFrames: [] });
  });
});

describe('a packet that was captured twice', () => {
  it('needs no identification of its own where nothing asked for it again', async () => {
    const copied = async (us: number, isAsked = false) => {
      const talk = conversation({ ipVersion: 6, stepNs: 0n }).handshake().data('client', REQUEST).data('server', RESPONSE);
      const response = talk.packets.at(-1)!;
      talk.wait(us / 2e3);
      if (isAsked) talk.ack('client');
      const copy = { ...response, timeNs: response.timeNs + BigInt(us) * 1000n };
      const { server } = (await connectionsOf([...talk.packets, copy]))[0]!.sides;
      return [server.duplicatePackets, server.retransmissions];
    };
    expect(await copied(900)).toEqual([1, 0]);
    expect(await copied(1_100)).toEqual([0, 1]);
    expect(await copied(900, true)).toEqual([0, 1]);
    expect(await copied(90, true)).toEqual([1, 0]);
  });
});

describe('a capture that was merged of both ends', () => {
  /** Each packet as the one end sent it, and as the other got it `delayMs` later. */
  const merged = async (delayMs: number, hasIds = true) => {
    const talk = conversation({ stepNs: 1n }).syn().wait(delayMs).synAck().wait(delayMs).ack('client').data('client', REQUEST);
    talk
      .wait(delayMs + 3)
      .data('server', RESPONSE.slice(0, 20))
      .data('server', RESPONSE.slice(20))
      .wait(delayMs)
      .ack('client');
    talk.wait(5000).fin('server').wait(delayMs).ack('client').wait(20).fin('client').wait(delayMs).ack('server');
    const packets = talk.packets.flatMap((packet, place) => {
      const bytes = packet.bytes.slice();
      // Linux gives its SYN-ACKs none.
      if (hasIds) bytes.set([0, place === 1 ? 0 : place + 1], 18);
      return [0, delayMs].map((ms) => ({ bytes, timeNs: packet.timeNs + BigInt(ms) * 1_000_000n }));
    });
    const [connection] = await connectionsOf(packets.sort((a, b) => Number(a.timeNs - b.timeNs)));
    const { client, server } = connection!.sides;
    return {
      copies: client.duplicatePackets + server.duplicatePackets,
      again: client.retransmissions + server.retransmissions,
      synAcks: connection!.handshake?.synAcks,
    };
  };

  it('has each packet twice, and none that was sent again', async () => {
    expect(await merged(10)).toEqual({ copies: 11, again: 0, synAcks: 1 });
    expect(await merged(150)).toEqual({ copies: 11, again: 0, synAcks: 1 });
  });

  it('is not told from one where packets were sent again, where they have no identifications or come after a time-out', async () => {
    expect((await merged(10, false)).again).toBeGreaterThan(0);
    expect((await merged(250)).again).toBeGreaterThan(0);
  });
});

describe('a FIN of an earlier connection', () => {
  it('is not that of the one that asks for the same ports', async () => {
    const opening = (ack: number) => {
      const talk = conversation({ clientSeq: 100_000, serverSeq: 900_000 }).segment('client', { flags: FLAG.syn, ack: 0 });
      talk.segment('server', { seq: 5_000, ack, flags: FLAG.fin | FLAG.ack }).wait(1_000);
      return talk.handshake().data('client', REQUEST).data('server', RESPONSE).wait(5_000).close('server');
    };
    expect((await connectionsOf(opening(2_000).packets))[0]?.firstClose).toMatchObject({ by: 'server', frame: 8 });
    // The SYN-ACK and a request may not be in the capture.
    expect((await connectionsOf(opening(100_100).packets))[0]?.firstClose).toMatchObject({ by: 'server', frame: 2 });
  });
});

describe('the end of a connection', () => {
  it('reports who closed first, how, and after what idle time', async () => {
    const { firstClose, timeWait } = await only('close-by-server');
    expect(firstClose).toMatchObject({ by: 'server', how: 'FIN', frame: 8 });
    // The last payload was the answer in frame 6: one frame and 5 s before.
    expect(firstClose?.idleMs).toBeCloseTo(5000.2, 3);
    expect(timeWait).toBe('server');
  });

  it('has no TIME_WAIT where a RST ended it', async () => {
    expect((await only('close-late-rst')).timeWait).toBeNull();
    expect((await only('close-by-server-rst')).timeWait).toBeNull();
  });

  it('counts idle time from the handshake where no byte was sent', async () => {
    const talk = conversation().handshake().wait(1000).close('server');
    const [connection] = await connectionsOf(talk.packets);
    expect(connection?.firstClose?.idleMs).toBeCloseTo(1000.1, 3);
  });

  it('does not take a keep-alive probe for payload', async () => {
    const { firstClose } = await only('keep-alive');
    expect(firstClose?.idleMs).toBeGreaterThan(90_000);
  });
});

describe('who is the server', () => {
  it('is who sent the SYN-ACK, whatever the ports', async () => {
    const [connection] = await connectionsOf(conversation({ clientPort: 80, serverPort: 50_000 }).handshake().packets);
    expect(connection?.server.port).toBe(50_000);
  });

  it('is who answers, where the handshake was not captured', async () => {
    const connection = await only('mid-stream-server-first');
    expect(connection.server.port).toBe(50_000);
  });

  it('is who listens on a port that was named', async () => {
    const packets = conversation({ clientPort: 40_000, serverPort: 50_000 }).handshake().packets.slice(2);
    const { connections } = await decodeFile(pcap(packets), { ports: [50_000] });
    expect(connections[0]?.server.port).toBe(50_000);
    expect((await connectionsOf(packets))[0]?.server.port).toBe(40_000);
  });
});

describe('ports used again', () => {
  it('make a new connection, and the old one says so', async () => {
    const { bytes } = fixtures.find(({ name }) => name === 'ports-reused.pcap')!;
    const { connections } = await decodeFile(bytes);
    expect(connections.map(({ stream, portReused, exchangeCount }) => [stream, portReused, exchangeCount])).toEqual([
      [0, true, 1],
      [1, true, 1],
      [2, false, 1],
    ]);
  });

  it('stay one connection for a SYN that comes again', async () => {
    expect((await only('syn-unanswered')).sides.client.retransmissions).toBe(2);
  });
});

describe('constant memory', () => {
  const limits = { open: 5, finished: 3 };
  const reported = async (packets: readonly Packet[]): Promise<{ streams: number[]; undecoded: Record<string, number> }> => {
    const streams: number[] = [];
    const { undecoded } = await decodeCapture(pcap(packets), { limits }, { connection: ({ stream }) => streams.push(stream) });
    return { streams, undecoded };
  };

  it('reports and drops the longest idle of too many open connections', async () => {
    const packets = Array.from({ length: 9 }, (_, index) => conversation({ clientPort: 2000 + index }).syn().packets[0]!);
    expect((await reported(packets)).streams).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // The first one speaks again: it is not the longest idle.
    const again = [...packets.slice(0, 5), packets[0]!, ...packets.slice(5)];
    expect((await reported(again)).streams.slice(0, 4)).toEqual([1, 2, 3, 4]);
  });

  it('reports finished connections first, while open ones stay', async () => {
    const open = conversation({ clientPort: 1999 }).handshake().packets;
    const finished = Array.from(
      { length: 6 },
      (_, index) =>
        conversation({ clientPort: 2000 + index })
          .handshake()
          .close('server').packets,
    ).flat();
    expect((await reported([...open, ...finished])).streams).toEqual([1, 2, 3, 0, 4, 5, 6]);
  });

  it('does not take a late frame of a dropped connection for a new one, but does take a SYN', async () => {
    const visits = Array.from(
      { length: 6 },
      (_, index) =>
        conversation({ clientPort: 2000 + index })
          .handshake()
          .close('server').packets,
    );
    const late = visits[0]!.at(-1)!;
    const { streams, undecoded } = await reported([...visits.flat(), late]);
    expect(streams).toEqual([0, 1, 2, 3, 4, 5]);
    expect(undecoded).toEqual({ 'after-its-connection-was-reported': 1 });
    expect((await reported([...visits.flat(), ...visits[0]!])).streams).toHaveLength(7);
  });
});

describe('frames', () => {
  it('of a connection in mid-stream bear the side that the first payload shows', async () => {
    const talk = conversation({ clientPort: 80, serverPort: 50_000 }).handshake().data('client', REQUEST).data('server', RESPONSE);
    const { frames } = await decodeFile(pcap(talk.packets.slice(2)), { frames: true });
    expect(frames?.map(({ frame, from }) => [frame, from])).toEqual([
      [1, 'client'],
      [2, 'client'],
      [3, 'server'],
    ]);
  });
});
