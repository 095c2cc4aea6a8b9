/** Causes of closes, from scripted packets: what the order of the packets decides. */
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../harness/findings/findings-of.ts';
import type { Connection } from '../../harness/model.ts';
import { type CauseOfClose, causeOfClose } from '../../harness/observe/close-cause.ts';
import { answer, ask, looked } from '../findings/talk.ts';
import { Conversation } from '../packets/conversation.ts';
import { FLAG, text } from '../packets/layers.ts';

async function closed(say: (one: Conversation) => unknown): Promise<CauseOfClose & { connection: Connection }> {
  const talk = new Conversation().handshake();
  say(talk);
  const on = await looked(talk.packets);
  const connection = on.connections[0]!;
  return { ...causeOfClose(connection, on)!, connection };
}

const saysClose = answer('Connection: close\r\n');
const old = ask('', '/', 'GET', '1.0');

describe('the cause of a close', () => {
  it('is no request limit where only the first of pipelined requests was answered', async () => {
    const found = await closed((one) =>
      one
        .data('client', ask() + ask('', '/2') + ask('', '/3'))
        .data('server', saysClose)
        .close('server'),
    );
    expect(found.cause).toBe('connection-close');
    const second = await closed((one) =>
      one
        .data('client', ask())
        .data('server', answer())
        .data('client', ask('', '/2') + ask('', '/3'))
        .data('server', saysClose)
        .close('server'),
    );
    expect(second).toMatchObject({ cause: 'request-limit', because: 'Connection: close on response 2 of the connection' });
  });

  it.each([
    [
      'after 101',
      ask('Connection: Upgrade\r\nUpgrade: websocket\r\n'),
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
    ['after a 200 to CONNECT', ask('', 'a.test:443', 'CONNECT'), 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('is not known %s', async (_, request, response) => {
    for (const by of ['server', 'client'] as const)
      for (const ms of [0, 5_000]) {
        const found = await closed((one) =>
          one.data('client', request).data('server', response).data('server', 'other').wait(ms).close(by),
        );
        expect(found).toMatchObject({ cause: null, because: 'it carries what is not read since it became a tunnel', frames: [5, 7] });
      }
  });

  it('is no obedience where the client ended its side before the response', async () => {
    const half = await closed((one) =>
      one.data('client', ask()).fin('client').wait(500).data('server', saysClose).fin('server').ack('client'),
    );
    expect(half).toMatchObject({
      cause: 'client-policy',
      because: 'it ended its own side only: the response came, or went on, after that',
      frames: [5, 6],
    });
    const left = await closed((one) => one.data('client', ask()).wait(9_000).fin('client').data('server', answer()).rst('client'));
    expect(left).toMatchObject({ cause: 'client-abort', frames: [5, 6] });
    const behind = await closed((one) => one.data('client', ask()).data('server', saysClose).fin('client').fin('server').ack('client'));
    expect(behind.cause).toBe('connection-close');
  });

  it('is HTTP/1.0 where the request is, and does not ask for a connection that is kept', async () => {
    const to = (request: string, response: string, ms = 0) =>
      closed((one) => one.data('client', request).data('server', response).wait(ms).close('server'));
    expect(await to(old, answer())).toMatchObject({ cause: 'http-1.0', because: 'the request is HTTP/1.0', frames: [4, 6] });
    expect((await to(old, answer('', { status: '404 Not Found' }))).cause).toBe('http-1.0');
    expect((await to(ask('Connection: keep-alive\r\n', '/', 'GET', '1.0'), answer())).cause).toBe('after-response');
    expect((await to(old, answer(), 5_000)).cause).toBe('unadvertised-timer');
    expect((await to(ask(), answer())).cause).toBe('after-response');
  });

  it('is no abort where the chunks are broken: the end of the body is not known', async () => {
    const chunked = answer('Transfer-Encoding: chunked\r\n', { length: null, body: '' });
    const broken = await closed((one) => one.data('client', ask()).data('server', `${chunked}xyz\r\nhello`).wait(5_000).close('server'));
    expect(broken).toMatchObject({ cause: 'unadvertised-timer', because: '5 s after the last byte' });
    const cut = await closed((one) => one.data('client', ask()).data('server', `${chunked}5\r\nhello\r\n`).wait(5_000).close('server'));
    expect(cut.cause).toBe('server-abort');
  });

  it('is no timer where the server closes right after the handshake', async () => {
    for (const end of ['fin', 'rst'] as const) {
      const found = await closed((one) => one.wait(1).segment('client').wait(1)[end]('server'));
      expect(found.cause).toBeNull();
      expect(found.because).toMatch(/^nothing was sent, and it closed 0\.002 s after the handshake$/);
    }
    const later = await closed((one) => one.wait(10_000).close('server'));
    expect(later).toMatchObject({ cause: 'unadvertised-timer', because: '10 s after the handshake' });
    expect((await closed((one) => one.wait(10_000).close('client'))).because).toBe('10 s after the handshake');
  });

  it('is not known, and nor is the protocol, where the snap length left no payload', async () => {
    const talk = new Conversation().handshake().data('client', ask()).data('server', answer()).wait(5_000).close('server');
    const cutTo = (length: number) =>
      looked(talk.packets.map((packet) => ({ ...packet, bytes: packet.bytes.subarray(0, length), originalLength: packet.bytes.length })));
    const headers = await cutTo(54);
    expect(headers.connections[0]).toMatchObject({ protocol: 'other', unknownProtocol: 'cut' });
    expect(causeOfClose(headers.connections[0]!, headers)).toMatchObject({ cause: null, because: 'none of its payload was captured' });
    expect((await cutTo(80)).connections[0]).toMatchObject({ protocol: 'http/1' });
    const large = new Conversation()
      .handshake()
      .data('client', ask())
      .data('server', answer('', { body: 'x'.repeat(90) }));
    for (let count = 0; count < 3; count++) large.data('server', 'x'.repeat(90)).ack('client');
    const middle = await looked(large.wait(5_000).close('server').packets.slice(5));
    expect(middle.connections[0]).toMatchObject({ protocol: 'other', unknownProtocol: 'mid-stream' });
    expect(causeOfClose(middle.connections[0]!, middle)).toMatchObject({
      cause: null,
      because: 'the capture begins after its first bytes',
    });
    const whole = await looked(new Conversation().handshake().data('client', 'PING\r\n').wait(5_000).close('server').packets);
    expect(whole.connections[0]!.unknownProtocol).toBeUndefined();
  });

  it('is that of an unused connection where nothing follows the header of the PROXY protocol', async () => {
    const line = 'PROXY TCP4 203.0.113.9 10.0.0.2 51234 80\r\n';
    const alone = await closed((one) => one.data('client', line).wait(10_000).close('server'));
    expect(alone.connection).toMatchObject({ protocol: 'none', proxyHeader: { version: 1 } });
    expect(alone.cause).toBe('unadvertised-timer');
    const other = await closed((one) => one.data('client', `${line}EHLO\r\n`).wait(10_000).close('server'));
    expect(other.connection.protocol).toBe('other');
  });

  it('is no idle timer where the other end no longer answers', async () => {
    const probed = (isAnswered: boolean) =>
      closed((one) => {
        one.data('client', ask()).data('server', answer()).ack('client');
        for (let count = 0; count < 4; count++) {
          one.wait(10_000).segment('server', { seq: one.next.server - 1 });
          if (isAnswered) one.ack('client');
        }
        one.wait(10_000).rst('server');
      });
    expect(await probed(false)).toMatchObject({ cause: null, because: 'its TCP keep-alive probes went unanswered' });
    expect((await probed(true)).cause).toBe('unadvertised-timer');

    const again = await closed((one) => {
      one.data('client', ask());
      const seq = one.next.server;
      one.data('server', answer());
      for (let count = 0; count < 4; count++) one.wait(200 * 2 ** count).segment('server', { seq, payload: text(answer()) });
      one.wait(3_200).rst('server');
    });
    expect(again).toMatchObject({ cause: null, because: 'what it sent again and again was never acknowledged' });

    const asked = (isAcknowledged: boolean) =>
      closed((one) => {
        const given = { seq: one.next.client, flags: FLAG.ack | FLAG.psh, payload: text(ask()) };
        one.data('client', ask());
        for (let count = 0; count < 4; count++) one.wait(200 * 2 ** count).segment('client', given);
        if (isAcknowledged) one.ack('server');
        one.wait(60_000).rst('client');
      });
    expect(await asked(false)).toMatchObject({ cause: null, because: 'what it sent again and again was never acknowledged' });
    expect(await asked(true)).toMatchObject({ cause: 'client-abort', because: null });
  });

  it('counts the idle time of an unused connection from its handshake, whatever crosses the close', async () => {
    const crossed = await closed((one) =>
      one.wait(10_000).fin('server').data('client', ask()).segment('server', { flags: FLAG.rst, ack: 0 }),
    );
    expect(crossed).toMatchObject({ cause: 'unadvertised-timer', because: '10 s after the handshake', frames: [3, 4] });
  });

  it('is the end of the response where that has no length, whichever response it is, and HTTP/1.0 where the client speaks it', async () => {
    const second = (response: string, request = ask('', '/2')) =>
      closed((one) =>
        one
          .data('client', ask('Connection: keep-alive\r\n', '/', 'GET', '1.0'))
          .data('server', answer('Connection: keep-alive\r\n'))
          .data('client', request)
          .data('server', response)
          .close('server'),
      );
    expect((await second(answer('Connection: close\r\n', { length: null }))).cause).toBe('close-delimited');
    expect(await second(saysClose, old)).toMatchObject({ cause: 'http-1.0', because: 'the request is HTTP/1.0' });
    expect((await second(saysClose)).cause).toBe('request-limit');
  });

  it('is an abort of the client where only the close by the server would have ended the response', async () => {
    for (const headers of ['', 'Connection: close\r\n']) {
      const left = await closed((one) =>
        one
          .data('client', ask())
          .data('server', answer(headers, { length: null }))
          .wait(10_000)
          .close('client'),
      );
      expect(left).toMatchObject({ cause: 'client-abort', because: 'only the close by the server would have ended the response' });
    }
  });

  it('is a half-close where the response goes on after the client ended its side', async () => {
    const half = await closed((one) =>
      one
        .data('client', ask())
        .data('server', answer('', { length: 10 }))
        .fin('client')
        .data('server', 'world')
        .fin('server')
        .ack('client'),
    );
    expect(half).toMatchObject({
      cause: 'client-policy',
      because: 'it ended its own side only: the response came, or went on, after that',
    });
  });

  it('counts no requests that came before the capture', async () => {
    const three = async (last: string, from: number) => {
      const one = new Conversation().handshake();
      for (const response of [answer(), answer(), last]) one.data('client', ask()).data('server', response);
      const on = await looked(one.close('server').packets.slice(from));
      return causeOfClose(on.connections[0]!, on)?.because;
    };
    expect(await three(saysClose, 0)).toBe('Connection: close on response 3 of the connection');
    expect(await three(saysClose, 5)).toBe('Connection: close on a later response');
    expect(await three(answer(), 0)).toBe('after 3 requests, without saying so');
    expect(await three(answer(), 5)).toBe('after at least 2 requests, without saying so');
  });

  it('is known where the FIN came before a segment that was lost', async () => {
    const late = (headers: string) =>
      closed((one) => {
        one.data('client', ask()).data('server', answer(headers, { length: 10 }));
        const seq = one.next.server;
        one
          .segment('server', { seq: seq + 5, flags: FLAG.fin | FLAG.ack })
          .ack('client')
          .wait(220);
        one.segment('server', { seq, flags: FLAG.psh | FLAG.ack, payload: text('world') });
      });
    expect((await late('Connection: close\r\n')).cause).toBe('connection-close');
    expect((await late('')).cause).toBe('after-response');
  });

  it('is known where only the middle of a counted body was not captured', async () => {
    const cut = async (headers: string, length: number | null, ms: number) => {
      const body = length === null ? `190\r\n${'x'.repeat(400)}\r\n0\r\n\r\n` : 'x'.repeat(400);
      const talk = new Conversation().handshake().data('client', ask()).data('server', answer(headers, { body, length }));
      const on = await looked(
        talk
          .wait(ms)
          .close('server')
          .packets.map((packet) => ({ ...packet, bytes: packet.bytes.subarray(0, 250), originalLength: packet.bytes.length })),
      );
      return causeOfClose(on.connections[0]!, on);
    };
    expect(await cut('', 400, 5_000)).toMatchObject({ cause: 'unadvertised-timer', because: '5 s after the last byte' });
    expect(await cut('Keep-Alive: timeout=5\r\n', 400, 5_000)).toMatchObject({ cause: 'advertised-timer' });
    expect(await cut('Connection: close\r\n', 400, 0)).toMatchObject({ cause: 'connection-close' });
    expect(await cut('', 900, 0)).toMatchObject({ cause: 'server-abort', because: 'FIN after 400 of 900 bytes' });
    expect(await cut('Transfer-Encoding: chunked\r\n', null, 0)).toMatchObject({ cause: null, because: null });
  });

  it('is none of a side that goes on sending after its RST', async () => {
    const reset = (seq: number, ms: number) =>
      closed((one) => {
        one.data('client', ask());
        one.segment('server', { flags: FLAG.rst | FLAG.ack, seq: one.next.server + seq }).wait(ms);
        one.data('server', answer('Connection: close\r\n'));
      });
    expect(await reset(0, 30)).toMatchObject({ cause: null, because: 'the server went on sending after it: the RST was not its own' });
    // Stored before what was sent before it.
    const late = await reset(saysClose.length, 0);
    expect(late).toMatchObject({ cause: 'connection-close', connection: { firstClose: { by: 'server', how: 'RST', frame: 5 } } });
  });

  it('is no timer, and no close at once, where the times do not show which', async () => {
    const at = async (headers: string, timeOf: (timeNs: bigint, place: number) => bigint) => {
      const one = new Conversation().handshake().data('client', ask()).data('server', answer(headers)).ack('client').wait(3_000);
      const packets = one.close('server').packets.map((packet, place) => ({ ...packet, timeNs: timeOf(packet.timeNs, place) }));
      const on = await looked(packets);
      return { ...causeOfClose(on.connections[0]!, on), found: findingsOf(on, { server: 'yours', cell: null }).map(({ id }) => id) };
    };
    const unknown = { cause: null, because: 'the times in the capture do not show how long it was idle' };
    const silent = 'connection.closed-without-saying';
    // Without a clock.
    const none = await at('', () => 0n);
    expect(none).toMatchObject(unknown);
    expect(none.found).not.toContain(silent);
    expect((await at('Connection: close\r\n', () => 0n)).cause).toBe('connection-close');
    expect((await at('', (_, place) => BigInt(place) * 1000n)).found).toContain(silent);
    // With one that was set back by two seconds.
    const back = (by: bigint) => at('', (timeNs, place) => timeNs - (place > 4 ? by : 0n));
    expect(await back(2_000_000_000n)).toMatchObject(unknown);
    expect(await back(0n)).toMatchObject({ cause: 'unadvertised-timer' });
    expect(await back(200_000n)).toMatchObject({ cause: 'unadvertised-timer' });
  });
});
