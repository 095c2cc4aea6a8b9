/** What packets show of sound servers that are asked for odd things, and that no finding speaks of. */
import { expect, it } from 'vitest';
import { findingsOf } from '../../harness/findings/findings-of.ts';
import type { LookedAt } from '../../harness/findings/looked-at.ts';
import { causeOfClose } from '../../harness/observe/close-cause.ts';
import { EPOCH_NS } from '../packets/captures.ts';
import { Conversation } from '../packets/conversation.ts';
import { FLAG, type TcpGiven, text } from '../packets/layers.ts';
import { question, retransmitted } from './cases.ts';
import { answer, ask, looked, stepped, talk } from './talk.ts';

const ids = (on: LookedAt): string[] => findingsOf(on, { server: 'yours', cell: null }).map(({ id }) => id);
const found = async (say: (conversation: Conversation) => unknown): Promise<string[]> => ids(await looked(talk([], say).packets));

const post = (headers = 'Content-Length: 5\r\n') => ask(headers, '/', 'POST');
const closing = answer('Connection: close\r\n', { status: '413 Content Too Large' });
const refused = answer('', { status: '400 Bad Request' });

it('a reset of an upload comes long after the FIN: the client had the time to read the answer', async () => {
  const upload = (ms: number) => (one: Conversation) =>
    one.data('client', `${post()}hel`).data('server', closing).fin('server').wait(ms).data('client', 'lo').rst('server');
  expect(await found(upload(1))).toContain('connection.upload-reset');
  expect(await found(upload(500))).not.toContain('connection.upload-reset');
});

it('a reset follows the refusal of a request that is malformed', async () => {
  const upload = (length: string) => (one: Conversation) =>
    one
      .data('client', `${post(`Content-Length: ${length}\r\n`)}hello`)
      .data('server', closing)
      .rst('server');
  expect(await found(upload('9'))).toContain('connection.upload-reset');
  expect(await found(upload('+5'))).not.toContain('connection.upload-reset');
});

it('a connection that waits for the rest of a body is closed before its idle time', async () => {
  const early = (body: string) => (one: Conversation) =>
    one.data('client', `${post()}${body}`).data('server', answer('Keep-Alive: timeout=5\r\n')).wait(1_000).close('server');
  expect(await found(early('hello'))).toContain('connection.closed-before-advertised');
  expect(await found(early('hel'))).not.toContain('connection.closed-before-advertised');
});

it('a request behind a malformed one that was refused gets no answer', async () => {
  const behind = (first: string) => (one: Conversation) => one.data('client', `${first}${ask()}`).data('server', refused).close('server');
  expect(await found(behind(ask('X-Thing : a\r\n')))).not.toContain('connection.closed-instead-of-answering');
  // Nothing is wrong with it, but it was sent before it could be known that the first one is refused.
  expect(await found(behind(ask()))).not.toContain('connection.closed-instead-of-answering');
  const later = (one: Conversation) => one.data('client', ask()).data('server', refused).data('client', ask()).close('server');
  expect(await found(later)).toContain('connection.closed-instead-of-answering');
});

it('a request behind an empty line gets no answer', async () => {
  const lone = (text: string) => (one: Conversation) => one.data('client', text).close('server');
  expect(await found(lone(ask()))).toContain('connection.closed-instead-of-answering');
  expect(await found(lone(`\r\n${ask()}`))).not.toContain('connection.closed-instead-of-answering');
});

it('a close right after a response meets the next request: the connection was not idle', async () => {
  const race = (ms: number) => (one: Conversation) =>
    one.data('client', ask()).data('server', answer()).wait(ms).fin('server').data('client', ask()).rst('server');
  expect(await found(race(5_000))).toContain('connection.keep-alive-race');
  expect(await found(race(1))).not.toContain('connection.keep-alive-race');
});

it('bytes that begin no status line answer the rest of a body, not the next request', async () => {
  const after = (first: string) => (one: Conversation) =>
    one.data('client', first).data('server', answer()).data('client', ask()).data('server', '<html>Bad request</html>').close('server');
  expect(await found(after(ask()))).toContain('framing.no-status-line');
  expect(await found(after(`${post()}hello`))).not.toContain('framing.no-status-line');
});

it('a status of 408 that no request asked for ends an idle connection', async () => {
  const unasked = (status: string) => (one: Conversation) =>
    one.data('client', `${post()}hello`).data('server', answer()).data('server', answer('', { status })).close('server');
  expect(await found(unasked('200 OK'))).toContain('body.becomes-request');
  expect(await found(unasked('408 Request Timeout'))).not.toContain('body.becomes-request');
});

it('the loopback interface of a lane loses nothing, whatever is sent again', async () => {
  const again = retransmitted(3);
  expect(ids(await again())).toContain('tcp.retransmissions');
  expect(ids(await stepped('idle', again()))).not.toContain('tcp.retransmissions');
});

it('a 100 after the final response is found before the next request as well as with its answer', async () => {
  const late = (one: Conversation) =>
    one
      .data('client', `${post('Expect: 100-continue\r\nContent-Length: 5\r\n')}hello`)
      .data('server', answer())
      .data('server', 'HTTP/1.1 100 Continue\r\n\r\n')
      .data('client', ask())
      .data('server', answer());
  expect(await found(late)).toContain('expect.100-after-response');
});

it('a page that always takes seconds is answered when an idle connection happens to be closed', async () => {
  const beside = async (usualMs: number): Promise<string[]> => {
    const silent = talk([], undefined, { clientPort: 40_001 });
    const startNs = (silent.packets[0]?.timeNs ?? 0n) + 1_000_000n;
    const other = talk([], undefined, { clientPort: 40_002, startNs });
    other.data('client', ask()).wait(4_000).data('server', answer());
    other.data('client', ask()).wait(usualMs).data('server', answer());
    silent.wait(3_990).fin('server');
    return ids(await looked([...silent.packets, ...other.packets].sort((a, b) => Number(a.timeNs - b.timeNs))));
  };
  expect(await beside(5)).toContain('connection.one-at-a-time');
  expect(await beside(3_500)).not.toContain('connection.one-at-a-time');
});

it('a refusal after a request with a body is one of what was asked for', async () => {
  const bad = answer('', { status: '400 Bad Request' });
  const closingBad = answer('Connection: close\r\n', { status: '400 Bad Request' });
  const after = (target: string, refusal: string) => (one: Conversation) =>
    one.data('client', `${post()}hello`).data('server', answer()).data('client', ask('', target)).data('server', refusal);
  // A server that can't read the request line does not go on.
  expect(await found((one) => after('/list?page=x', bad)(one).data('client', ask('', '/b')).data('server', answer()))).not.toContain(
    'body.becomes-request',
  );
  expect(await found(after('/a', closingBad))).toContain('body.becomes-request');
  expect(await found(after('/a%', closingBad))).not.toContain('body.becomes-request');
  // The same request is right elsewhere.
  expect(await found((one) => after('/a', bad)(one.data('client', ask('', '/a')).data('server', answer())))).toContain(
    'body.becomes-request',
  );
  const lacking = answer('', { status: '501 Not Implemented' });
  const next = (method: string) => (one: Conversation) =>
    one
      .data('client', `${post()}hello`)
      .data('server', answer())
      .data('client', ask('', '/b', method))
      .data('server', lacking);
  expect(await found(next('PATCH'))).not.toContain('body.becomes-request');
  expect(await found(next('GET'))).toContain('body.becomes-request');
  expect(await found(next('POST'))).toContain('body.becomes-request');
});

it('a response is slow while another connection is silent: the server serves others meanwhile', async () => {
  const beside = async (isServed: boolean): Promise<string[]> => {
    const at = (ms: number) => EPOCH_NS + BigInt(ms) * 1_000_000n;
    const silent = talk([], (one) => one.wait(6_000).close('client'), { clientPort: 1 });
    const slow = talk([], (one) => one.data('client', ask()).wait(5_920).data('server', answer()), { clientPort: 2, startNs: at(100) });
    const other = talk([[ask('', '/b'), answer()]], undefined, { clientPort: 3, startNs: at(500) });
    const packets = [silent, slow, ...(isServed ? [other] : [])].flatMap(({ packets: sent }) => sent);
    return ids(await looked(packets.sort((a, b) => Number(a.timeNs - b.timeNs))));
  };
  expect(await beside(false)).toContain('connection.one-at-a-time');
  expect(await beside(true)).not.toContain('connection.one-at-a-time');
});

it('a request crosses the close of an idle connection that a 408 announces', async () => {
  const timeout = answer('Connection: close\r\n', { status: '408 Request Timeout' });
  const idle = (ms: number) => (one: Conversation) =>
    one.data('client', ask()).data('server', answer()).wait(ms).data('server', timeout).fin('server').data('client', ask()).rst('server');
  expect(await found(idle(10_000))).toContain('connection.keep-alive-race');
  expect(await found(idle(1))).not.toContain('connection.keep-alive-race');
});

it('a close follows the refusal of a request, but not a page that is missing', async () => {
  const ends = (status: string) => (one: Conversation) => one.data('client', ask()).data('server', answer('', { status })).close('server');
  expect(await found(ends('400 Bad Request'))).not.toContain('connection.closed-without-saying');
  expect(await found(ends('404 Not Found'))).toContain('connection.closed-without-saying');
  const upload = (one: Conversation) =>
    one
      .data('client', `${post()}hello`)
      .data('server', answer('', { status: '404 Not Found' }))
      .close('server');
  expect(await found(upload)).not.toContain('connection.closed-without-saying');
});

it('HEAD says its length twice, or says no number', async () => {
  const page = answer('ETag: "a"\r\n');
  const beside = (length: string) => (one: Conversation) =>
    one
      .data('client', ask())
      .data('server', page)
      .data('client', ask('', '/', 'HEAD'))
      .data('server', answer(`ETag: "a"\r\nContent-Length: ${length}\r\n`, { length: null, body: '' }));
  expect(await found(beside('6'))).toContain('methods.head-other-length');
  expect(await found(beside('5, 5'))).not.toContain('methods.head-other-length');
  expect(await found(beside('+5'))).not.toContain('methods.head-other-length');
});

it('the client closes a response that only a close ends', async () => {
  const left = (ms: number) => (one: Conversation) =>
    one
      .data('client', ask())
      .data('server', answer('', { length: null }))
      .wait(ms)
      .close('client');
  expect(await found(left(5_000))).toContain('framing.end-missing');
  expect(await found(left(500))).not.toContain('framing.end-missing');
  const malformed = (one: Conversation) =>
    one
      .data('client', ask())
      .data('server', answer('', { length: null }).replace('Date', 'Content-Length: +5\r\nDate'))
      .wait(5_000)
      .close('server');
  expect(await found(malformed)).not.toContain('framing.end-by-timer');
});

it('a request behind another one hangs by itself', async () => {
  const behind = (method: string) => (one: Conversation) =>
    one
      .data('client', ask() + ask('', '/', method))
      .data('server', answer())
      .wait(3_000)
      .close('client');
  expect(await found(behind('GET'))).toContain('pipelining.dropped');
  const slow = (one: Conversation) =>
    one
      .data('client', ask() + ask())
      .wait(3_500)
      .data('server', answer())
      .wait(3_000)
      .close('client');
  expect(await found(slow)).not.toContain('pipelining.dropped');
  expect(await found(behind('HEAD'))).not.toContain('pipelining.dropped');
  const tunnel = (one: Conversation) =>
    one
      .data('client', ask() + ask())
      .data('server', answer('Upgrade: websocket\r\n', { status: '101 Switching Protocols', body: '', length: null }))
      .wait(3_000)
      .close('client');
  expect(await found(tunnel)).not.toContain('pipelining.dropped');
});

it('a 304 has the ETag of the page, which was not asked for: it was not compared', async () => {
  const after = (tag: string) => (one: Conversation) =>
    one
      .data('client', ask())
      .data('server', answer(`ETag: ${tag}\r\n`))
      .data('client', ask('If-None-Match: "a"\r\n'))
      .data('server', answer('ETag: "b"\r\n', { status: '304 Not Modified', body: '', length: null, type: false }));
  expect(await found(after('"a"'))).toContain('conditional.304-other-etag');
  expect(await found(after('"b"'))).not.toContain('conditional.304-other-etag');
});

it('an interim response has a length, or a broken head', async () => {
  const before = (interim: string) => (one: Conversation) => one.data('client', ask()).data('server', `${interim}\r\n\r\n${answer()}`);
  expect(await found(before('HTTP/1.1 103 Early Hints\r\nContent-Length: 0'))).toContain('framing.204-length');
  expect(await found(before('HTTP/1.1 103 Early Hints\r\nno colon'))).toContain('framing.field-line-broken');
  expect(await found(before('HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload'))).toEqual([]);
});

it('what is late by chance once in a thousand exchanges', async () => {
  const held = (plain: number) => (one: Conversation) => {
    for (let count = 0; count < plain; count++) one.data('client', ask()).data('server', answer());
    const response = answer();
    return one
      .data('client', ask())
      .ack('server')
      .data('server', response.slice(0, -5))
      .wait(41)
      .ack('client')
      .data('server', response.slice(-5));
  };
  expect(await found(held(10))).toContain('tcp.server-delayed-ack');
  expect(await found(held(300))).not.toContain('tcp.server-delayed-ack');
});

it('two ranges come as one', async () => {
  const part = (range: string, body: string) => (one: Conversation) =>
    one
      .data('client', ask('Range: bytes=0-1,4-5\r\n'))
      .data('server', answer(`Content-Range: ${range}\r\n`, { status: '206 Partial Content', body }));
  expect(await found(part('bytes 0-5/10', '012345'))).toEqual([]);
  expect(await found(part('bytes 0-8/10', '012345678'))).toContain('range.other-than-asked');
});

it('a status is none of the server errors', async () => {
  const says = (status: string) => (one: Conversation) => one.data('client', ask()).data('server', answer('', { status }));
  expect(await found(says('599 Odd'))).toContain('status.server-errors');
  expect(await found(says('999 Odd'))).not.toContain('status.server-errors');
});

it('an ETag is found alone, but neither in a list nor with W/', async () => {
  const page = answer('ETag: "a"\r\n');
  const weak = (one: Conversation) => one.data('client', ask('If-None-Match: W/"a"\r\n')).data('server', page);
  const list = (one: Conversation) => weak(one).data('client', ask('If-None-Match: "b", "a"\r\n')).data('server', page);
  const alone = (one: Conversation) => weak(one).data('client', ask('If-None-Match: "a"\r\n')).data('server', page);
  expect(await found(list)).toContain('conditional.strong-compare');
  expect(await found(alone)).not.toContain('conditional.strong-compare');
});

it('a reset without an acknowledgment comes of a server that had the connection no longer', async () => {
  const reset = (ms: number, given: TcpGiven) => (one: Conversation) =>
    one.data('client', ask()).data('server', answer()).wait(ms).data('client', ask('', '/2')).segment('server', given);
  const bare = { flags: FLAG.rst, ack: 0 };
  expect(await found(reset(5_000, bare))).toContain('connection.keep-alive-race');
  expect(await found(reset(5_000, bare))).not.toContain('connection.closed-instead-of-answering');
  const acknowledging = { flags: FLAG.rst | FLAG.ack };
  expect(await found(reset(5_000, acknowledging))).toContain('connection.closed-instead-of-answering');
  // It was not idle: the server may have reset it as it was.
  expect(await found(reset(1, bare))).not.toContain('connection.keep-alive-race');
});

it('a SYN without an answer is no loss on the path', async () => {
  const talk = new Conversation();
  for (let count = 0; count < 5; count++) talk.segment('client', { flags: FLAG.syn, ack: 0 }).wait(1000 * 2 ** count);
  expect(ids(await looked(talk.packets))).toEqual(['connection.syn-unanswered']);
});

it('bytes behind a response answer the body of its request, in HTTP/0.9', async () => {
  const followed = (request: string) => (one: Conversation) =>
    one.data('client', request).data('server', answer()).data('server', '<p>Bad request syntax</p>');
  expect(await found(followed(ask()))).toContain('framing.content-length-short');
  expect(await found(followed(`${post()}hello`))).not.toContain('framing.content-length-short');
});

it('hosts that share an address have nothing in common but that', async () => {
  const of = (host: string, headers = '', method = 'GET') => `${method} / HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`;
  const notModified = answer('', { status: '304 Not Modified', body: '', length: null, type: false });
  const visit = (other: string) => (one: Conversation) =>
    one
      .data('client', of('a.test'))
      .data('server', answer('ETag: "a"\r\nVary: Accept-Encoding\r\nCache-Control: no-cache\r\n'))
      .data('client', of(other, 'If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT\r\n'))
      .data('server', notModified)
      .data('client', of(other, '', 'HEAD'))
      .data('server', answer('', { status: '404 Not Found', body: '', length: 9 }))
      .data('client', of(other, 'Accept-Encoding: br\r\n'))
      .data('server', answer('Content-Encoding: br\r\n'));
  const compared = ['conditional.304-without-etag', 'conditional.304-lacks-fields', 'methods.head-refused', 'coding.vary-missing'];
  expect(await found(visit('A.test'))).toEqual(expect.arrayContaining(compared));
  const apart = await found(visit('b.test'));
  expect(compared.filter((id) => apart.includes(id))).toEqual(['methods.head-refused']);
});

it('a request that the close does not acknowledge was not received, whether a reset follows or not', async () => {
  const received = 'connection.closed-instead-of-answering';
  const crossing = (flags: number, isSeen: boolean, isFirst: boolean) => (one: Conversation) => {
    if (!isFirst) one.data('client', ask()).data('server', answer()).ack('client');
    const ack = one.wait(5_000).next.client;
    one.data('client', ask('', '/2')).segment('server', { flags, ...(isSeen ? {} : { ack }) });
  };
  for (const flags of [FLAG.fin | FLAG.ack, FLAG.rst | FLAG.ack])
    for (const isFirst of [true, false]) {
      const crossed = await found(crossing(flags, false, isFirst));
      expect(crossed).toContain('connection.keep-alive-race');
      expect(crossed).not.toContain(received);
      expect(await found(crossing(flags, true, isFirst))).toContain(received);
    }
  const after = (one: Conversation) => one.wait(5_000).fin('server').data('client', ask()).segment('server', { flags: FLAG.rst, ack: 0 });
  expect(await found(after)).toContain('connection.keep-alive-race');
  expect(await found(after)).not.toContain(received);
});

it('a close right after a response is not announced, whatever request it crosses', async () => {
  const closing = (headers: string) => (one: Conversation) =>
    one
      .data('client', ask())
      .data('server', answer(headers))
      .fin('server')
      .data('client', ask('', '/2'))
      .segment('server', { flags: FLAG.rst, ack: 0 });
  expect(await found(closing(''))).toContain('connection.closed-without-saying');
  expect(await found(closing('Connection: close\r\n'))).not.toContain('connection.closed-without-saying');
});

it('a client that sent more than SYNs had an answer, and one SYN alone may have had one', async () => {
  const lacking = async (place: number, say: (one: Conversation) => unknown) => {
    const one = new Conversation().syn().synAck();
    say(one);
    const on = await looked(one.without(place));
    return { found: ids(on), cause: causeOfClose(on.connections[0]!, on) };
  };
  // Its SYN-ACK is not in the capture.
  const reset = await lacking(1, (one) => one.ack('client').wait(30_000).rst('server'));
  expect(reset.found).not.toContain('connection.refused');
  expect(reset.cause?.cause).toBeNull();
  expect((await lacking(1, (one) => one.data('client', ask()).rst('server'))).cause?.cause).not.toBe('refused');
  const oneWay = await lacking(1, (one) => one.ack('client').wait(5_000).ack('client'));
  expect(oneWay.found).toEqual(['capture.one-direction']);
  // Captures of SYNs alone, from two clients.
  const syns = (times: number) => {
    const each = [40_000, 40_001].map((clientPort) => new Conversation({ clientPort }));
    return looked(
      each.flatMap((one) => {
        for (let count = 0; count < times; count++) one.segment('client', { flags: FLAG.syn, ack: 0 }).wait(4_000);
        return one.packets;
      }),
    );
  };
  expect(ids(await syns(1))).toEqual([]);
  expect(ids(await syns(2))).toEqual(['connection.syn-unanswered']);
  const [lone, again] = await Promise.all([syns(1), syns(2)]);
  expect(causeOfClose(lone.connections[0]!, lone)?.because).toBe('no SYN-ACK is in the capture');
  expect(causeOfClose(again.connections[0]!, again)?.because).toBe('no SYN-ACK came');
});

it('a request that was never acknowledged did not wait for the application, and a dead path brings no end', async () => {
  const sent = (isAcknowledged: boolean) => (one: Conversation) => {
    const given = { seq: one.next.client, flags: FLAG.ack | FLAG.psh, payload: text(ask()) };
    one.data('client', ask());
    for (const ms of [200, 400, 800, 1600, 3200]) one.wait(ms).segment('client', given);
    if (isAcknowledged) one.ack('server');
    one.wait(3_000).fin('client');
  };
  expect(await found(sent(false))).toEqual(['exchange.never-acknowledged', 'tcp.retransmissions']);
  expect(await found(sent(true))).toEqual(['exchange.unanswered', 'tcp.retransmissions']);
  const left = (isHeard: boolean) => (one: Conversation) => {
    one
      .data('client', ask())
      .data('server', answer('', { length: 5000 }))
      .ack('client')
      .wait(10_000)
      .fin('client');
    if (isHeard) one.ack('server');
    else for (const ms of [200, 400]) one.wait(ms).segment('client', { seq: one.next.client - 1, flags: FLAG.fin | FLAG.ack });
  };
  expect(await found(left(true))).toEqual(['framing.body-never-ends']);
  expect(await found(left(false))).toEqual([]);
});

it('a pipelined request waits for the answers before it, not for the server', async () => {
  const slow = (isPipelined: boolean) => (one: Conversation) => {
    if (isPipelined)
      one
        .data('client', ask('', '/slow') + ask('', '/a') + ask('', '/b'))
        .wait(1_000)
        .data('server', answer() + answer() + answer());
    else for (const target of ['/slow', '/a', '/b']) one.data('client', ask('', target)).wait(1_000).data('server', answer());
  };
  expect(await found(slow(false))).toContain('time.first-byte-slow');
  expect(await found(slow(true))).not.toContain('time.first-byte-slow');
});

it('a reset at the named time is that of the idle timer, though the kernel had the request', async () => {
  const reset = (headers: string, ms: number) => (one: Conversation) =>
    one.data('client', ask()).data('server', answer(headers)).wait(ms).data('client', ask('', '/2')).rst('server');
  const race = 'connection.keep-alive-race';
  expect(await found(reset('Keep-Alive: timeout=5\r\n', 5_000))).toContain(race);
  expect(await found(reset('Keep-Alive: timeout=5\r\n', 2_000))).not.toContain(race);
  expect(await found(reset('', 5_000))).not.toContain(race);
});

it('a body that the snap length cut has its end, and what comes after it is seen', async () => {
  const cut = async (say: (one: Conversation) => unknown) => {
    const { packets } = talk([[ask(), answer('', { body: 'x'.repeat(400) })]], say);
    const ended = packets.map((packet) => ({ ...packet, bytes: packet.bytes.subarray(0, 250), originalLength: packet.bytes.length }));
    return ids(await looked(ended)).filter((id) => !id.startsWith('capture.'));
  };
  expect(await cut((one) => one.close('server'))).toEqual(['connection.closed-without-saying']);
  expect(await cut((one) => one.wait(5_000).rst('server'))).toEqual(['connection.idle-reset']);
  const race = await cut((one) => one.wait(5_000).fin('server').data('client', ask()).segment('server', { flags: FLAG.rst, ack: 0 }));
  expect(race).toEqual(['connection.keep-alive-race']);
});

it('a body that comes slowly may go on after the capture', async () => {
  const trickling = (ms: number, lastMs: number) => (one: Conversation) => {
    one.data('client', ask()).data('server', answer('', { length: 50 }));
    for (let count = 0; count < 5; count++) one.wait(ms).data('server', 'x').ack('client');
    one.wait(lastMs).ack('client');
  };
  expect(await found(trickling(1, 3_500))).toContain('framing.body-never-ends');
  expect(await found(trickling(4_000, 3_500))).not.toContain('framing.body-never-ends');
});

it('a page of which a weak ETag stands for several versions is longer than HEAD says', async () => {
  const page = (tag: string, body: string) => answer(`ETag: ${tag}\r\n`, { body });
  const beside = (tag: string, second: string) => (one: Conversation) =>
    one
      .data('client', ask())
      .data('server', page(tag, 'hello'))
      .data('client', ask())
      .data('server', page(tag, second))
      .data('client', ask('', '/', 'HEAD'))
      .data('server', answer(`ETag: ${tag}\r\n`, { length: 6, body: '' }));
  expect(await found(beside('"a"', 'hello'))).toContain('methods.head-other-length');
  expect(await found(beside('W/"a"', 'hello'))).toContain('methods.head-other-length');
  expect(await found(beside('W/"a"', 'longer'))).not.toContain('methods.head-other-length');
});

it('a part for If-Range has no type: the client has it', async () => {
  const part = (headers: string) => (one: Conversation) =>
    one
      .data('client', ask(`Range: bytes=0-4\r\n${headers}`))
      .data('server', answer('Content-Range: bytes 0-4/9\r\n', { status: '206 Partial Content', type: false }));
  expect(await found(part(''))).toContain('header.content-type-missing');
  expect(await found(part('If-Range: "a"\r\n'))).not.toContain('header.content-type-missing');
});

it('HEAD is refused for its Range', async () => {
  const head = (headers: string) => (one: Conversation) =>
    one
      .data('client', ask())
      .data('server', answer())
      .data('client', ask(headers, '/', 'HEAD'))
      .data('server', answer('', { status: '403 Forbidden', body: '' }));
  expect(await found(head(''))).toContain('methods.head-other-status');
  expect(await found(head('Range: bytes=0-9\r\n'))).not.toContain('methods.head-other-status');
});

it('a response of lines of JSON has no end', async () => {
  const stream = (type: string) => (one: Conversation) =>
    one
      .data('client', ask())
      .data('server', answer(`Content-Type: ${type}\r\nTransfer-Encoding: chunked\r\n`, { length: null, type: false, body: '2\r\n{}\r\n' }))
      .wait(6_000)
      .close('client');
  expect(await found(stream('application/json'))).toContain('framing.end-missing');
  expect(await found(stream('application/jsonl'))).not.toContain('framing.end-missing');
});

it('a server that was asked wrongly ends every connection without a word', async () => {
  const at = (index: number) => ({ clientPort: 40_000 + index, startNs: EPOCH_NS + BigInt(index) * 100_000_000n });
  const ended = (index: number) => talk([[ask(), null]], (one) => one.close('server'), at(index));
  const after = async (first: string, count: number, last = false): Promise<string[]> => {
    const talks = [talk([[first, refused]], (one) => one.close('server'), at(0))];
    for (let index = 1; index <= count; index++) talks.push(ended(index));
    if (last) talks.push(talk([[ask(), answer()]], undefined, at(count + 1)));
    return ids(await looked(talks.flatMap(({ packets }) => packets)));
  };
  expect(await after(ask('X-Thing : a\r\n'), 3)).not.toContain('connection.closed-instead-of-answering');
  expect(await after(ask(), 3)).toContain('connection.closed-instead-of-answering');
  expect(await after(ask('X-Thing : a\r\n'), 2)).toContain('connection.closed-instead-of-answering');
  // It goes on.
  expect(await after(ask('X-Thing : a\r\n'), 3, true)).toContain('connection.closed-instead-of-answering');
  // Before the request: it is the connection that is refused.
  const unread = async (first: string) => {
    const talks = [
      talk([[first, refused]], (one) => one.close('server'), at(0)),
      talk([], (one) => one.fin('server').data('client', ask()), at(1)),
    ];
    return ids(await looked(talks.flatMap(({ packets }) => packets)));
  };
  expect(await unread(ask('X-Thing : a\r\n'))).not.toContain('connection.closed-instead-of-answering');
  expect(await unread(ask())).toContain('connection.closed-instead-of-answering');
});

it('a server refuses a folded line, reads the body by its length, and goes on', async () => {
  const body = '0\r\n\r\n';
  const folded = `${ask(`Content-Length: ${body.length}\r\nX-Thing: a\r\n Transfer-Encoding: chunked\r\n`, '/', 'POST')}${body}`;
  const on = (...responses: string[]) => question('folded', folded, [refused, ...responses])();
  const last = answer('Connection: close\r\n');
  expect(ids(await on(last))).not.toContain('smuggling.refused-and-read-on');
  expect(ids(await on(answer(), last))).toContain('smuggling.refused-and-read-on');
});

it('a large head is answered before its end', async () => {
  const head = (split: number) => {
    const large = ask(`X-Thing: ${'a'.repeat(400)}\r\n`);
    return talk([], (one) => one.data('client', large.slice(0, split)).data('server', answer()).data('client', large.slice(split)), {
      clientPort: 40_001,
      startNs: EPOCH_NS + 100_000_000n,
    }).packets;
  };
  const plain = talk([[ask(), answer()]]).packets;
  const limits = async (packets: typeof plain) => {
    const on = await looked([...plain, ...packets]);
    const steps = [
      { id: 'limits.plain', frame: 1, timeNs: 0 },
      { id: 'limits.head-2048000', frame: plain.length + 1, timeNs: 0 },
    ];
    return ids({ ...on, steps });
  };
  const whole = talk([[ask(`X-Thing: ${'a'.repeat(400)}\r\n`), answer()]], undefined, {
    clientPort: 40_001,
    startNs: EPOCH_NS + 100_000_000n,
  });
  expect(await limits(whole.packets)).toContain('limits.head-unlimited');
  expect(await limits(head(100))).not.toContain('limits.head-unlimited');
});

it('503 is the answer of a server that takes no more connections', async () => {
  const busy = (step: string) => stepped(step, looked(talk([[ask(), answer('', { status: '503 Service Unavailable' })]]).packets));
  expect(ids(await busy('starvation.plain'))).not.toContain('status.server-errors');
  expect(ids(await busy('methods.get'))).toContain('status.server-errors');
  const later = answer('Retry-After: 5\r\n', { status: '503 Service Unavailable' });
  expect(await found((one) => one.data('client', ask()).data('server', later))).not.toContain('status.server-errors');
});

it('a connection is closed a moment after its response, before the client does', async () => {
  const kept = async (by: 'client' | 'server') => {
    const on = await looked(talk([[ask(), answer()]], (one) => one.wait(600).close(by)).packets);
    const conformance = { verdict: 'deviates', section: '', because: '' } as const;
    return ids({ ...on, values: { 'versions.http10': { value: 'keeps', frames: [4, 5, 6], conformance } } });
  };
  expect(await kept('client')).toContain('versions.http10-kept');
  expect(await kept('server')).not.toContain('versions.http10-kept');
});

it('no length, type or cache directive is read where it is as it should be', async () => {
  const says = (headers: string) => (one: Conversation) => one.data('client', ask()).data('server', answer(headers, { type: false }));
  const type = 'Content-Type: text/plain\r\n';
  expect(await found(says('Content-Type: text/plain charset=utf-8\r\n'))).toContain('header.value-malformed');
  for (const wrong of [
    'Retry-After: soon',
    'Age: -1',
    'Allow: GET HEAD',
    'Vary: a;b',
    'Location: /a b',
    'Connection: close; x',
    'Cache-Control: max-age=1h',
  ])
    expect(await found(says(`${type}${wrong}\r\n`)), wrong).toContain('header.value-malformed');
  for (const right of [
    'Retry-After: 5',
    'Age: 0',
    'Allow:',
    'Vary: *',
    'Location: /a%20b?c=[d]&e=f|g',
    'Connection: Keep-Alive, Upgrade',
    'Cache-Control: max-age=0, x-own',
  ])
    expect(await found(says(`${type}${right}\r\n`)), right).toEqual([]);
});

it('a status line of another version', async () => {
  const says = (version: string) => (one: Conversation) => one.data('client', ask()).data('server', answer('', { version }));
  expect(await found(says('2.0'))).toContain('framing.status-line');
  expect(await found(says('1.0'))).toEqual([]);
});

it('a client that sends only half a body meets the time limit of the server', async () => {
  const half = (ms: number) => (one: Conversation) => one.data('client', `${post()}hel`).wait(ms).close('server');
  expect(await found(half(500))).toContain('connection.upload-cut');
  expect(await found(half(5_000))).not.toContain('connection.upload-cut');
});

it('100 comes before each answer, whether it was expected or not', async () => {
  const interim = `HTTP/1.1 100 Continue\r\n\r\n${answer()}`;
  const after = (first: string) => async () => {
    const expecting = talk(
      [
        [`${post('Expect: 100-continue\r\nContent-Length: 5\r\n')}hello`, answer()],
        [ask(), interim],
      ],
      undefined,
      { clientPort: 40_001, startNs: EPOCH_NS + 1_000_000_000n },
    );
    return ids(await looked([...talk([[ask(), first]]).packets, ...expecting.packets]));
  };
  expect(await after(answer())()).toContain('expect.100-after-response');
  expect(await after(interim)()).not.toContain('expect.100-after-response');
});

it('a method may be taken with what is left of the body before it', async () => {
  const refusing = (first: string) => (one: Conversation) =>
    one
      .data('client', first)
      .data('server', answer())
      .data('client', ask())
      .data('server', answer('Allow: GET\r\n', { status: '405 Method Not Allowed' }));
  expect(await found(refusing(ask()))).toContain('methods.405-allows-it');
  expect(await found(refusing(ask('Expect: 100-continue\r\nContent-Length: 2\r\n', '/', 'POST')))).not.toContain('methods.405-allows-it');
});

it('a server that stops ends idle connections of any age at once, before the time that it named', async () => {
  const closed = async (...agesMs: number[]) => {
    const packets = agesMs.flatMap((age, place) => {
      const given = { clientPort: 40_000 + place, startNs: EPOCH_NS + BigInt(4_000 - age) * 1_000_000n };
      return talk([[ask(), answer('Keep-Alive: timeout=5\r\n')]], (one) => one.wait(age + place).close('server'), given).packets;
    });
    return ids(await looked(packets.sort((a, b) => Number(a.timeNs - b.timeNs))));
  };
  expect(await closed(3_000)).toEqual(['connection.closed-before-advertised']);
  expect(await closed(3_000, 2_500)).toEqual(['connection.closed-before-advertised']);
  expect(await closed(3_000, 1_000)).toEqual([]);
});

it('a 304 and a HEAD are held against the same representation alone', async () => {
  const visit = (accept: string) => (one: Conversation) =>
    one
      .data('client', ask('Accept: text/html\r\n'))
      .data('server', answer('ETag: "h"\r\nCache-Control: no-cache\r\nVary: Accept\r\n', { body: 'x'.repeat(40) }))
      .data('client', ask(`Accept: ${accept}\r\nIf-None-Match: "h"\r\n`))
      .data('server', answer('ETag: "h"\r\nVary: Accept\r\n', { status: '304 Not Modified', body: '', length: null, type: false }))
      .data('client', ask(`Accept: ${accept}\r\n`, '/', 'HEAD'))
      .data('server', answer('ETag: "h"\r\nVary: Accept\r\n', { body: '', length: 9 }));
  expect(await found(visit('text/html'))).toEqual([
    'methods.head-other-length',
    'conditional.304-lacks-fields',
    'methods.head-lacks-fields',
  ]);
  expect(await found(visit('application/json'))).toEqual([]);
});

it('a HEAD of another user may get another status', async () => {
  const visit = (headers: string) => (one: Conversation) =>
    one
      .data('client', ask('Cookie: session=1\r\n'))
      .data('server', answer())
      .data('client', ask(headers, '/', 'HEAD'))
      .data('server', answer('Location: /login\r\n', { status: '302 Found', body: '', length: 0 }));
  expect(await found(visit('Cookie: session=1\r\n'))).toContain('methods.head-other-status');
  expect(await found(visit(''))).not.toContain('methods.head-other-status');
});

it('the same Accept-Encoding does not choose between plain and coded answers', async () => {
  const visit = (accepted: string) => (one: Conversation) =>
    one
      .data('client', ask(accepted))
      .data('server', answer())
      .data('client', ask('Accept-Encoding: br\r\n'))
      .data('server', answer('Content-Encoding: br\r\n'));
  expect(await found(visit(''))).toContain('coding.vary-missing');
  expect(await found(visit('Accept-Encoding: br\r\n'))).not.toContain('coding.vary-missing');
});

it('a pipelined request waits for the response before it', async () => {
  const each = (ms: number) => (one: Conversation) => {
    one.data('client', ask().repeat(4));
    for (let count = 0; count < 4; count++) one.wait(ms).data('server', answer());
  };
  expect(await found(each(400))).toContain('time.first-byte-slow');
  expect(await found(each(200))).not.toContain('time.first-byte-slow');
});

it('a client goes on in the protocol to which the server switches', async () => {
  const switches = answer('Upgrade: websocket\r\n', { status: '101 Switching Protocols', body: '', length: null, type: false });
  const after = (bytes: string) => (one: Conversation) => {
    one.data('client', ask('X-Left-Out: Upgrade\r\n')).data('server', switches);
    if (bytes) one.data('client', bytes);
  };
  expect(await found(after(''))).toContain('status.101-unasked');
  expect(await found(after('\x81\x80abcd'))).not.toContain('status.101-unasked');
});
