import { describe, expect, it } from 'vitest';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import type { Connection } from '../../harness/model.ts';
import { type Arrow, type Ladder, type LadderOptions, ladderOf } from '../../harness/report/ladder.ts';
import { ladderText } from '../../harness/report/ladder-text.ts';
import { textWidth } from '../../harness/report/width.ts';
import { expectGolden } from '../golden.ts';
import { pcap } from '../packets/captures.ts';
import { type Conversation, conversation, REQUEST, RESPONSE } from '../packets/conversation.ts';

async function ladder(talk: Conversation, options: LadderOptions = {}): Promise<Ladder> {
  const { capture, connections, frames } = await decodeFile(pcap(talk.packets), { frames: true });
  const [connection] = connections;
  if (!connection || !frames) throw new Error('the capture has no connection');
  return ladderOf(connection, frames, { endNs: capture.endNs, ...options });
}

const arrows = ({ events }: Ladder): Arrow[] => events.flatMap((event) => (event.type === 'arrow' ? [event] : []));
const shapes = (one: Ladder): string[] =>
  one.events.map((event) =>
    event.type === 'arrow'
      ? `${event.from} ${event.kind} ${event.frames.join('-')} ${event.states.client}/${event.states.server}`
      : event.type,
  );

describe('a ladder', () => {
  it('follows both ends through a visit that the server ends', async () => {
    const talk = conversation()
      .handshake()
      .data('client', REQUEST)
      .data('server', RESPONSE)
      .ack('client')
      .wait(6_000)
      .fin('server')
      .ack('client');
    expect(shapes(await ladder(talk.fin('client').ack('server')))).toEqual([
      'client syn 1-1 SYN-SENT/SYN-RECEIVED',
      'server syn-ack 2-2 ESTABLISHED/SYN-RECEIVED',
      'client ack 3-3 ESTABLISHED/ESTABLISHED',
      'client message 4-4 ESTABLISHED/ESTABLISHED',
      'server message 5-5 ESTABLISHED/ESTABLISHED',
      'gap',
      'server fin 7-7 CLOSE-WAIT/FIN-WAIT-1',
      'client ack 8-8 CLOSE-WAIT/FIN-WAIT-2',
      'client fin 9-9 LAST-ACK/TIME-WAIT',
      'server ack 10-10 CLOSED/TIME-WAIT',
    ]);
  });

  it('leaves out a middle whose frames were not kept, and joins nothing across it', async () => {
    const talk = conversation().handshake();
    for (let at = 0; at < 10; at++) talk.data('client', REQUEST).data('server', RESPONSE);
    const { connections, frames = [] } = await decodeFile(pcap(talk.close('server').packets), { frames: true });
    const kept = [...frames.slice(0, 6), ...frames.slice(-6)];
    const [connection] = connections as [Connection];
    const exchanges = connection.exchanges.filter(({ index }) => index < 3 || index === 9);
    const { events } = ladderOf({ ...connection, exchanges }, kept, { resumesAt: kept[6]!.frame, arrows: 48 });
    const place = events.findIndex(({ type }) => type === 'left-out');
    expect(events[place]).toMatchObject({ arrows: null, frames: [7, kept[6]!.frame - 1], exchanges: 7 });
    expect(events.filter(({ type }) => type === 'arrow')).toHaveLength(12);
    expect(arrows({ events } as Ladder).at(-3)?.kind).toBe('fin');
  });

  it('names a simultaneous close', async () => {
    const talk = conversation().handshake();
    const before = { ...talk.next };
    talk.fin('client').segment('server', { flags: 17, ack: before.client });
    talk.next.server += 1;
    talk.ack('client').ack('server');
    expect(arrows(await ladder(talk)).at(-1)?.states).toEqual({ client: 'TIME-WAIT', server: 'TIME-WAIT' });
    expect(arrows(await ladder(talk)).map(({ states }) => states.client)).toContain('CLOSING');
  });

  it('shows a refused connection and a reset one', async () => {
    const refused = await ladder(conversation().syn().segment('server', { flags: 20 }));
    expect(shapes(refused).at(-1)).toBe('server rst 2-2 CLOSED/CLOSED');
    const reset = await ladder(conversation().handshake().data('client', REQUEST).rst('server'));
    expect(shapes(reset).at(-1)).toBe('server rst 5-5 CLOSED/CLOSED');
  });

  it('folds the segments of one message and their ACKs into one arrow', async () => {
    const talk = conversation().handshake().data('client', REQUEST).data('server', 'HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n');
    for (let part = 0; part < 3; part++) talk.ack('client').data('server', 'x'.repeat(1000));
    const last = arrows(await ladder(talk)).at(-1);
    expect(last).toMatchObject({ kind: 'message', from: 'server', segments: 4, acks: 3, frames: [5, 11], payload: 3041 });
    expect(last?.messages).toMatchObject([{ name: '200 OK', starts: true, ends: true }]);
  });

  it('shows a pause within a message as one', async () => {
    const talk = conversation().handshake().data('client', REQUEST).data('server', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab');
    expect(shapes(await ladder(talk.wait(900).data('server', 'cd'))).slice(4)).toEqual([
      'server message 5-5 ESTABLISHED/ESTABLISHED',
      'gap',
      'server message 6-6 ESTABLISHED/ESTABLISHED',
    ]);
  });

  it('folds repeated keep-alive probes and tells their interval', async () => {
    const talk = conversation().handshake().data('client', REQUEST).data('server', RESPONSE).ack('client');
    for (let probe = 0; probe < 4; probe++)
      talk
        .wait(45_000)
        .segment('client', { flags: 16, seq: talk.next.client - 1 })
        .ack('server');
    const probes = (await ladder(talk)).events.find((event) => event.type === 'probes');
    expect(probes).toMatchObject({ from: 'client', count: 4, answered: 4, frames: [7, 13] });
    expect(probes?.type === 'probes' && probes.intervalNs / 1e9).toBeCloseTo(45, 0);
  });

  it('says how long a connection that stays open was watched, and nothing of the kind of a closed one', async () => {
    const talk = conversation().handshake().data('client', REQUEST).data('server', RESPONSE);
    const last = (await ladder(talk, { endNs: 8e9 })).events.at(-1);
    expect(last).toMatchObject({ type: 'gap', open: true });
    expect((await ladder(talk.close('server'), { endNs: 8e9 })).events.at(-1)).toMatchObject({ type: 'arrow' });
  });

  it('leaves out the middle of a long connection and counts it', async () => {
    const talk = conversation().handshake();
    for (let request = 0; request < 50; request++) talk.data('client', REQUEST).data('server', RESPONSE);
    const { events } = await ladder(talk.close('client'), { arrows: 12 });
    expect(events.filter((event) => event.type === 'arrow')).toHaveLength(12);
    expect(events.find((event) => event.type === 'left-out')).toMatchObject({ arrows: 94, exchanges: 47 });
  });

  it('names a retransmission', async () => {
    const talk = conversation().handshake().data('client', REQUEST).data('server', RESPONSE);
    const again = { flags: 24, seq: talk.next.server - RESPONSE.length, payload: new Uint8Array(Buffer.from(RESPONSE)) };
    expect(arrows(await ladder(talk.wait(250).segment('server', again))).at(-1)?.analysis).toEqual(['retransmission']);
  });
});

describe('a ladder in text', () => {
  const visit = () => conversation().handshake().data('client', REQUEST).data('server', RESPONSE).wait(5_000).close('server');

  it.each([80, 100, 120])('is no wider than %i columns', async (columns) => {
    for (const line of ladderText(await ladder(visit()), { columns })) expect(textWidth(line), line).toBeLessThanOrEqual(columns);
  });

  it('is the golden one, in every drawing and language', async () => {
    const one = await ladder(visit());
    expectGolden('ladder.txt', `${ladderText(one, {}).join('\n')}\n`);
    expectGolden('ladder-ascii.txt', `${ladderText(one, { ascii: true }).join('\n')}\n`);
    expectGolden('ladder-zh.txt', `${ladderText(one, { language: 'zh' }).join('\n')}\n`);
    expect(ladderText(one, { ascii: true }).join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
