/** What the hand-made captures show of how their connections end, and what of it can not be known. */
import { describe, expect, it } from 'vitest';
import { connectionRow, observeAll } from '../../harness/compare/cell-result.ts';
import type { ConnectionRow } from '../../harness/compare/run-result.ts';
import { toEvidence } from '../../harness/decode/cell-evidence.ts';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import type { Evidence } from '../../harness/model.ts';
import { observations } from '../../harness/observe/index.ts';
import { type Packet, pcap } from '../packets/captures.ts';
import { conversation, REQUEST, RESPONSE } from '../packets/conversation.ts';
import { fixtures } from '../packets/fixtures.ts';

async function evidenceOf(name: string): Promise<Evidence> {
  const { bytes } = fixtures.find((fixture) => fixture.name === `${name}.pcap`)!;
  const { capture, connections } = await decodeFile(bytes);
  return toEvidence(capture, connections);
}

async function rowOf(name: string): Promise<ConnectionRow> {
  const evidence = await evidenceOf(name);
  expect(evidence.connections).toHaveLength(1);
  return connectionRow(evidence.connections[0]!, evidence);
}

const valuesOf = async (name: string) => observeAll(await evidenceOf(name), observations);

describe('the cause of a close', () => {
  const causes: readonly (readonly [name: string, cause: string | null, frame: number | undefined])[] = [
    ['abort-length', 'server-abort', 8],
    ['abort-chunked', 'server-abort', 8],
    ['abort-reset', 'server-abort', 8],
    ['race-after-fin', 'advertised-timer', 8],
    ['race-crossing', 'advertised-timer', 9],
    ['close-inside-next-head', 'request-timeout', 9],
    ['upload-reset', 'unread-data', 6],
    ['refused', 'refused', 2],
    ['challenge-ack', 'client-policy', 11],
    ['two-syn-acks-first', 'client-policy', 9],
    ['two-syn-acks-second', 'client-policy', 9],
    ['reset-outside-window', 'unadvertised-timer', 14],
    ['reset-challenged', 'unadvertised-timer', 14],
    ['syn-unanswered', null, undefined],
    ['reset-alone', null, 1],
    ['requests-only', null, 5],
    ['responses-only', null, 4],
    ['tls', null, 6],
    ['http-2', null, 6],
    ['smtp', null, 9],
    ['opc-ua', null, 6],
  ];
  for (const [name, cause, frame] of causes) {
    it(`${name}: ${cause}`, async () => {
      const { closeCause, firstClose } = await rowOf(name);
      expect(closeCause?.cause).toBe(cause);
      expect(firstClose?.frame).toBe(frame);
    });
  }

  it('says what came of a response that the server cut off', async () => {
    expect((await rowOf('abort-length')).closeCause?.because).toBe('FIN after 9 of 1000 bytes');
    expect((await rowOf('abort-chunked')).closeCause?.because).toBe('FIN after 5 bytes, without the last chunk');
    expect((await rowOf('abort-reset')).closeCause?.because).toBe('RST after 4 bytes of a body that ends with the connection');
  });

  it('counts no idle time after a response that was cut off', async () => {
    for (const name of ['abort-length', 'abort-chunked', 'abort-reset']) {
      const values = await valuesOf(name);
      expect(values['close.cause']?.value, name).toBe('server-abort');
      expect(values['close.idle-ms'], name).toBeUndefined();
    }
  });

  it('counts the idle time up to the last byte before the close, not to one that came after it', async () => {
    expect((await valuesOf('close-inside-next-head'))['close.idle-ms']?.frames).toEqual([8, 9]);
  });

  it('names a race by its frames, and counts the idle time up to it', async () => {
    const after = await rowOf('race-after-fin');
    expect(after.keepAliveRace).toEqual({ close: 8, request: 9, reset: 10 });
    const crossing = await rowOf('race-crossing');
    expect(crossing.keepAliveRace).toEqual({ close: 9, request: 8, reset: 10 });
    expect(crossing.firstClose?.idleMs).toBeCloseTo(5000.3, 1);
    expect((await rowOf('close-inside-next-head')).keepAliveRace).toBeNull();
    expect((await rowOf('close-by-server')).keepAliveRace).toBeNull();
  });

  it('says that a refused connection had no payload, and that no SYN-ACK came', async () => {
    expect((await rowOf('refused')).firstClose?.idleMs).toBeNull();
    expect((await rowOf('syn-unanswered')).closeCause).toEqual({ cause: null, because: 'no SYN-ACK came', frames: [1, 3], missing: [] });
  });

  it('says which part is missing', async () => {
    const missing = async (name: string) => (await rowOf(name)).closeCause?.missing;
    expect(await missing('reset-alone')).toEqual(['start', 'server-side']);
    expect(await missing('requests-only')).toEqual(['start', 'server-side']);
    expect(await missing('responses-only')).toEqual(['start', 'client-side']);
    for (const name of ['reset-alone', 'requests-only', 'responses-only']) expect((await rowOf(name)).firstClose?.idleMs, name).toBeNull();
  });

  it('takes a RST inside the window where nothing comes after it', async () => {
    expect((await rowOf('reset-in-window')).firstClose).toMatchObject({ by: 'server', how: 'RST', frame: 8 });
  });

  it('says that FIN-WAIT-2 had ended', async () => {
    const { finWaitExpired, firstClose } = await rowOf('fin-wait-2-expired');
    expect(finWaitExpired).toMatchObject({ by: 'client', frame: 11 });
    expect(finWaitExpired?.afterS).toBeCloseTo(75, 0);
    expect(firstClose).toMatchObject({ by: 'client', how: 'FIN' });
    expect((await rowOf('close-late-rst')).finWaitExpired).toMatchObject({ by: 'server', frame: 11 });
    expect((await rowOf('close-by-server')).finWaitExpired).toBeNull();
  });
});

describe('a response that is not in the capture', () => {
  const statuses = async (packets: readonly Packet[]): Promise<unknown> => {
    const { capture, connections } = await decodeFile(pcap(packets));
    return observeAll(toEvidence(capture, connections), observations)['http.statuses']?.value;
  };
  const two = conversation().handshake();
  for (let count = 0; count < 2; count++) two.data('client', REQUEST).data('server', RESPONSE).ack('client').wait(100);
  const ofClient = two
    .wait(10_000)
    .close('client')
    .packets.filter(({ bytes }) => bytes[35] === (40_000 & 0xff));

  it('is no request without a response', async () => {
    expect(await statuses(two.packets)).toBe('200 200');
    expect(await statuses(ofClient)).toBe('? ?');
    expect(await statuses(two.without(4))).toBe('? 200');
    expect(await statuses(conversation().handshake().data('client', REQUEST).close('server').packets)).toBe('-');
  });

  it('has no status in HTTP/0.9', async () => {
    const talk = conversation().handshake().data('client', 'GET /old\r\n').data('server', 'bare').close('server');
    expect(await statuses(talk.packets)).toBe('0.9');
  });
});

describe('what TCP shows', () => {
  it('takes the numbers of the connection, not those of an old one', async () => {
    expect(await rowOf('challenge-ack')).toMatchObject({ zeekState: 'SF', exchanges: 1, missingBytes: { client: 0, server: 0 } });
    for (const name of ['two-syn-acks-first', 'two-syn-acks-second'])
      expect(await rowOf(name), name).toMatchObject({ exchanges: 1, retransmissions: 0, missingBytes: { client: 0, server: 0 } });
  });

  it('tells probes of a window of 0 from keep-alive probes', async () => {
    expect(await rowOf('empty-window-probes')).toMatchObject({ zeroWindowProbes: { server: 3 }, zeroWindows: { client: 3 } });
    const values = await valuesOf('empty-window-probes');
    expect(values['tcp.keepalive-probes']?.value).toBe(0);
    expect(values['trap.server-keepalive-probes']?.value).toBe('no');
  });

  it('tells packets that were captured twice from those sent twice', async () => {
    expect(await rowOf('captured-twice')).toMatchObject({
      retransmissions: 0,
      duplicateAcks: { client: 0, server: 0 },
      duplicatePackets: { client: 6, server: 4 },
      exchanges: 1,
    });
    expect(await rowOf('captured-twice-in-bursts')).toMatchObject({
      retransmissionsBy: { server: { count: 1, frames: [12] } },
      duplicatePackets: { client: 0, server: 3 },
    });
    expect(await rowOf('retransmission')).toMatchObject({
      retransmissionsBy: { client: { count: 1, frames: [5] } },
      duplicatePackets: { client: 0 },
    });
  });

  it('has no negative duration, and no retransmission, where the response is stored first', async () => {
    const evidence = await evidenceOf('response-stored-first');
    expect(connectionRow(evidence.connections[0]!, evidence).retransmissions).toBe(0);
    expect(evidence.exchanges[0]).toMatchObject({ request: { frames: [5, 5] }, response: { frames: [4, 4] } });
  });

  it('reads data that begin with the number of the SYN, and says so', async () => {
    const evidence = await evidenceOf('syn-number-repeated');
    expect(evidence.exchanges[0]).toMatchObject({ request: { method: 'GET' }, response: { status: 200 } });
    expect(evidence.connections[0]?.synNumberRepeated).toBe(4);
  });
});

describe('the protocol of a connection', () => {
  const protocols: readonly (readonly [name: string, protocol: string, used: number])[] = [
    ['tls', 'tls', 1],
    ['tls-to-http', 'http/1', 0],
    ['http-2', 'http/2', 1],
    ['http-2-upgrade', 'http/2', 1],
    ['smtp', 'other', 1],
    ['opc-ua', 'other', 0],
    ['handshake-only', 'none', 0],
    ['close-by-server', 'http/1', 1],
  ];
  for (const [name, protocol, used] of protocols) {
    it(`${name}: ${protocol}`, async () => {
      expect((await rowOf(name)).protocol).toBe(protocol);
      const values = await valuesOf(name);
      expect(values['connections.used']?.value).toBe(used);
      if (protocol !== 'none' && name !== 'tls-to-http') expect(values['connections.unused']?.value).toBe(0);
    });
  }

  it('has no HTTP in it where it is another one', async () => {
    for (const name of ['tls', 'http-2', 'smtp', 'opc-ua']) {
      expect((await rowOf(name)).exchanges, name).toBe(0);
      expect((await valuesOf(name))['close.cause'], name).toBeUndefined();
    }
  });

  it('an answer to TLS is not unsolicited', async () => {
    const { exchanges } = await evidenceOf('tls-to-http');
    expect(exchanges[0]?.response?.problems).toMatchObject([{ kind: 'request-not-read', detail: 'what the client sent before it is TLS' }]);
  });
});

describe('unsolicited', () => {
  it('is no response where bytes of the client are missing', async () => {
    for (const name of ['responses-only', 'mid-stream-server-first', 'lost-request', 'tls-to-http'])
      expect((await valuesOf(name))['trap.unsolicited-response'], name).toBeUndefined();
  });
});
