import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SITE_TARGETS } from '../../../clients/client.ts';
import { OwnFailures } from '../../../clients/own-failure.ts';
import { type Asking, ask } from '../../../clients/probe/ask.ts';
import { probe } from '../../../clients/probe/index.ts';
import { defineQuestion, more, request } from '../../../clients/probe/question.ts';
import type { WireConnection } from '../../../clients/probe/wire-connection.ts';

interface Served {
  received: string;
  /** `end`: the client's FIN came; `close`: the connection is over. */
  events: string[];
}

let server: net.Server;
const sockets: net.Socket[] = [];
const held: WireConnection[] = [];

/** A server that passes each connection and everything it has received so far to `react`, at every chunk. */
async function serve(react: (socket: net.Socket, received: string) => void, onConnect?: (socket: net.Socket) => void): Promise<Served[]> {
  const served: Served[] = [];
  server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const one: Served = { received: '', events: [] };
    served.push(one);
    sockets.push(socket);
    onConnect?.(socket);
    socket.on('data', (chunk) => {
      one.received += chunk.toString('latin1');
      react(socket, one.received);
    });
    socket.on('end', () => {
      one.events.push('end');
      socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => one.events.push('close'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return served;
}

const port = () => (server.address() as net.AddressInfo).port;
const asking = () => ({
  host: '127.0.0.1',
  port: port(),
  signal: new AbortController().signal,
  failures: new OwnFailures(),
  known: new Map([['host', `127.0.0.1:${port()}`], ...Object.entries(SITE_TARGETS)]),
});
const put = async (question: Parameters<typeof defineQuestion>[0], with_: Asking = asking()) => {
  const connection = await ask(defineQuestion(question), with_);
  if (connection) held.push(connection);
  return connection;
};

afterEach(() => {
  for (const connection of held.splice(0)) connection.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const plain = { id: 'q', title: '', spec: null, send: [request('GET')] };

describe('asking', () => {
  it('puts exactly its bytes on the wire and closes with a FIN after the answer', async () => {
    const served = await serve((socket) => socket.write(OK));
    await put({ ...plain, send: [request('GET', { target: '/x', lineEnd: '\n' })] });
    expect(served).toEqual([{ received: `GET /x HTTP/1.1\nHost: 127.0.0.1:${port()}\n\n`, events: ['end', 'close'] }]);
  });

  it('waits for the whole answer', async () => {
    const served = await serve((socket) => {
      socket.write(OK.slice(0, -1));
      setTimeout(() => {
        expect(served[0]?.events).toEqual([]);
        socket.write(OK.slice(-1));
      }, 100);
    });
    await put(plain);
    expect(served[0]?.events).toEqual(['end', 'close']);
  });

  it('goes on where the server closes without an answer, or resets', async () => {
    await serve((socket, received) => (received.includes('/reset') ? socket.resetAndDestroy() : socket.end()));
    await put(plain);
    await put({ ...plain, send: [request('GET', { target: '/reset' })] });
  });

  it('sends pipelined requests in one write and waits for all answers', async () => {
    const chunks: string[] = [];
    await serve((socket, received) => {
      chunks.push(received);
      for (const target of ['/a', '/b']) if (received.includes(`${target} `)) socket.write(OK);
    });
    await put({ ...plain, send: [request('GET', { target: '/a' }), request('GET', { target: '/b' })] });
    expect(chunks).toHaveLength(1);
  });

  it('repeats on the same connection until the server says that it closes', async () => {
    let answered = 0;
    const served = await serve((socket) => {
      answered++;
      if (answered < 5) socket.write(OK);
      else socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    await put({ ...plain, times: 50 });
    expect(answered).toBe(5);
    expect(served).toHaveLength(1);
  });

  it('repeats at most as often as the question says', async () => {
    let answered = 0;
    await serve((socket) => {
      answered++;
      socket.write(OK);
    });
    await put({ ...plain, times: 7 });
    expect(answered).toBe(7);
  });

  it('lingers longer where the response promises the close', async () => {
    let hasClosed = false;
    await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
      setTimeout(() => {
        hasClosed = true;
        socket.end();
      }, 400);
    });
    await put({ ...plain, lingerMs: 50 });
    expect(hasClosed).toBe(true);
  });

  it('lingers until the server closes', async () => {
    const served = await serve((socket) => {
      socket.write(OK);
      setTimeout(() => socket.end(), 150);
    });
    const began = performance.now();
    await put({ ...plain, lingerMs: 10_000 });
    expect(performance.now() - began).toBeGreaterThan(100);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(served).toHaveLength(1);
  });

  it('holds the connection where the question says so, and sends nothing where it has no requests', async () => {
    const connected: net.Socket[] = [];
    await serve(
      () => {},
      (socket) => connected.push(socket),
    );
    const connection = await put({ ...plain, send: [], hold: true });
    const socket = await vi.waitUntil(() => connected[0]);
    expect(connection).not.toBeNull();
    expect(socket.bytesRead).toBe(0);
    expect(socket.destroyed).toBe(false);
    const ended = once(socket, 'close');
    connection?.destroy();
    await ended;
  });

  it('opens no connection for a question that lacks what it needs', async () => {
    const served = await serve((socket) => socket.write(OK));
    await put({ ...plain, send: [request('GET', { headers: ['If-None-Match: {etag}'] })] });
    expect(served).toEqual([]);
  });

  it('uses the validators of an earlier response', async () => {
    const served = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: 0\r\n\r\n'));
    const known = asking();
    await put({ ...plain, learn: true }, known);
    await put({ ...plain, send: [request('GET', { headers: ['If-None-Match: {etag-toggled}'] })] }, known);
    expect(served[1]?.received).toContain('If-None-Match: W/"v1"\r\n');
  });

  it('reads no faster than the question says', async () => {
    const body = 'x'.repeat(400_000);
    await serve((socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
    const began = performance.now();
    await put({ ...plain, readRate: 800_000 });
    // After the last chunk (at most 64 KB of 400) there is no wait.
    expect(performance.now() - began).toBeGreaterThan(350);
  });
});

describe('several turns on one connection', () => {
  const turns = (list: NonNullable<Parameters<typeof defineQuestion>[0]['turns']>) => ({ id: 'q', title: '', spec: null, turns: list });
  const CLOSING = 'HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
  const expecting = request('POST', { headers: ['Expect: 100-continue', 'Content-Length: 2'] });

  it('are taken in their order, each after the answer to the one before', async () => {
    const chunks: string[] = [];
    const served = await serve((socket, received) => {
      chunks.push(received);
      socket.write(OK);
    });
    await put(turns([{ send: [request('GET', { target: '/a' })] }, { send: [request('GET', { target: '/b' })] }]));
    expect(chunks).toHaveLength(2);
    expect(served).toHaveLength(1);
    expect(served[0]?.events).toEqual(['end', 'close']);
  });

  it('send the body after a 100, and wait for the final response', async () => {
    const served = await serve((socket, received) => socket.write(received.endsWith('hi') ? OK : 'HTTP/1.1 100 Continue\r\n\r\n'));
    await put(
      turns([
        { send: [expecting], await: 'interim' },
        { send: [more('hi')], unlessAnswered: true },
      ]),
    );
    expect(served[0]?.received).toMatch(/\r\n\r\nhi$/);
  });

  it('keep the body back where the final response came first, and go on', async () => {
    const served = await serve((socket) => socket.write(OK));
    await put(
      turns([
        { send: [expecting], await: 'interim' },
        { send: [more('hi')], unlessAnswered: true },
        { send: [request('GET', { target: '/next' })] },
      ]),
    );
    expect(served[0]?.received).not.toContain('hi');
    expect(served[0]?.received).toContain('GET /next ');
  });

  it('go on after a turn that nothing answers, when its time is over', async () => {
    const served = await serve((socket, received) => {
      if (received.endsWith('hi')) socket.write(OK);
    });
    await put(turns([{ send: [expecting], await: 'interim', timeoutMs: 50 }, { send: [more('hi')] }]));
    expect(served[0]?.received).toMatch(/hi$/);
  });

  it('end where the server says that it closes', async () => {
    const served = await serve((socket) => socket.end(CLOSING));
    await put(turns([{ send: [request('POST')] }, { send: [request('GET', { target: '/next' })] }]));
    expect(served[0]?.received).not.toContain('/next');
  });

  it('wait for as many responses as they say', async () => {
    await serve((socket) => {
      socket.write(OK);
      setTimeout(() => socket.write(OK), 100);
    });
    const began = performance.now();
    await put(turns([{ send: [request('GET')], responses: 2 }]));
    expect(performance.now() - began).toBeGreaterThan(80);
  });

  it('pause before they send', async () => {
    const times: number[] = [];
    await serve((socket) => {
      times.push(performance.now());
      if (times.length === 2) socket.write(OK);
    });
    await put(
      turns([
        { send: [expecting], await: 'nothing' },
        { send: [more('hi')], pauseMs: 150 },
      ]),
    );
    expect(times[1]! - times[0]!).toBeGreaterThan(100);
  });

  it('are no longer taken where earlier ones waited in vain for too long', async () => {
    const served = await serve(() => {});
    const patience = { leftMs: 60, isAnswered: false, isEndless: false };
    const question = turns([{ send: [request('GET')], timeoutMs: 80 }]);
    await put(question, { ...asking(), patience });
    expect(patience.leftMs).toBeLessThanOrEqual(0);
    await put(question, { ...asking(), patience });
    expect(served).toHaveLength(1);
  });
});

describe('the client', () => {
  it('asks the question that a scenario names and closes the connections that it held', async () => {
    const served = await serve((socket) => socket.write(OK));
    const context = { origin: `http://127.0.0.1:${port()}`, windowMs: 1, work: '', signal: new AbortController().signal };
    const session = await probe.open(context);
    await session.act({ do: 'ask', question: 'idle-used' });
    expect(served[0]?.received).toBe(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nConnection: keep-alive\r\n\r\n`);
    expect(served[0]?.events).toEqual([]);
    const closed = once(sockets[0] as net.Socket, 'close');
    await session.close();
    await closed;
  });

  const open = () => probe.open({ origin: `http://127.0.0.1:${port()}`, windowMs: 1, work: '', signal: new AbortController().signal });

  it('goes on with a connection that it holds, and closes those that a question releases', async () => {
    const served = await serve((socket, received) => {
      if (received.endsWith('\r\n\r\n')) socket.write(OK);
    });
    const session = await open();
    for (const question of ['starvation.plain', 'starvation.silent', 'starvation.beside-one', 'starvation.released'])
      await session.act({ do: 'ask', question });
    expect(served.map(({ received }) => received.match(/GET/g)?.length ?? 0)).toEqual([2, 0, 1]);
    // The silent one is closed, the one that was asked beside it is held.
    expect(served.map(({ events }) => events.length > 0)).toEqual([true, true, false]);
    await session.act({ do: 'ask', question: 'shutdown.half-head' });
    await session.act({ do: 'ask', question: 'shutdown.head-rest' });
    await vi.waitFor(() => expect(served[3]?.received).toMatch(/^GET .*\r\n\r\n$/s));
    await session.close();
  });

  it('opens as many connections as the question says', async () => {
    const served = await serve((socket) => socket.write(OK));
    const session = await open();
    for (const question of ['starvation.plain', 'starvation.beside-one', 'starvation.many-silent'])
      await session.act({ do: 'ask', question });
    await vi.waitFor(() => expect(served).toHaveLength(10));
    await session.close();
  });

  it('asks no more of a series once a size is refused', async () => {
    const served = await serve((socket, received) => {
      if (!received.endsWith('\r\n\r\n')) return;
      socket.write(received.length > 20_000 ? 'HTTP/1.1 431 X\r\nContent-Length: 0\r\n\r\n' : OK);
    });
    const session = await open();
    for (const size of ['plain', 'head-8000', 'head-16000', 'head-32000', 'head-64000'])
      await session.act({ do: 'ask', question: `limits.${size}` });
    const sizes = served.map(({ received }) => Math.round(received.length / 1_000));
    expect(sizes).toEqual([0, 8, 16, 32]);
    await session.close();
  });

  it('takes a refused connection for an answer where the question says so', async () => {
    const session = await probe.open({ origin: 'http://127.0.0.1:1', windowMs: 1, work: '', signal: new AbortController().signal });
    await session.act({ do: 'ask', question: 'shutdown.new' });
    expect(session.failure?.()).toBeNull();
  });

  it('refuses what it does not know', async () => {
    const session = await probe.open({ origin: 'http://127.0.0.1:1', windowMs: 1, work: '', signal: new AbortController().signal });
    await expect(session.act({ do: 'ask', question: 'no-such' })).rejects.toThrow(/no question "no-such"/);
    await expect(session.act({ do: 'reload' })).rejects.toThrow(/only asks questions/);
    await expect(session.act({ do: 'ask', question: 'idle-used' })).rejects.toThrow(/ECONNREFUSED/);
  });

  it('closes everything when the run is cancelled', async () => {
    await serve((socket) => socket.write(OK));
    const abort = new AbortController();
    const session = await probe.open({ origin: `http://127.0.0.1:${port()}`, windowMs: 1, work: '', signal: abort.signal });
    await session.act({ do: 'ask', question: 'idle-used' });
    const closed = once(sockets[0] as net.Socket, 'close');
    abort.abort(new Error('interrupted'));
    await closed;
    await expect(session.act({ do: 'ask', question: 'idle-used' })).rejects.toThrow('interrupted');
  });

  it('has the version of the package', async () => {
    expect(await probe.version()).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });
});

describe('an answer without end', () => {
  const plain = { id: 'test.plain', title: '', spec: null, send: [request('GET')] };
  const flood = (head: string) => (socket: net.Socket) => {
    const block = Buffer.alloc(65_536, '0');
    const go = () => {
      while (socket.writable && socket.write(block));
    };
    socket.write(head);
    socket.on('drain', go);
    go();
  };

  it.each([
    ['a body until the close', 'HTTP/1.1 200 X\r\n\r\n'],
    ['a size of a chunk', 'HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a head', 'HTTP/1.1 200 X\r\nX: '],
  ])('%s: its connection is dropped, and of the next one less is read', async (_what, head) => {
    await serve(flood(head));
    const patience = { leftMs: 6_000, isAnswered: false, isEndless: false };
    await put(plain, { ...asking(), patience });
    expect(patience.isEndless).toBe(true);
    const before = sockets.length;
    await put(plain, { ...asking(), patience });
    expect(sockets[before]?.bytesWritten).toBeLessThan(32 * 2 ** 20);
  });

  it('one that goes on slowly is waited for once, then only for a moment after its head', async () => {
    const timers: NodeJS.Timeout[] = [];
    await serve((socket) => {
      socket.write('HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n');
      timers.push(setInterval(() => socket.write('1\r\nx\r\n'), 50));
    });
    const patience = { leftMs: 6_000, isAnswered: false, isEndless: false };
    const rushed = { ...asking(), patience, manner: { answerTimeoutMs: 3_000 } };
    await put(plain, rushed);
    expect(patience).toMatchObject({ isEndless: true, isAnswered: true });
    const left = patience.leftMs;
    await put(plain, rushed);
    expect(left - patience.leftMs).toBeLessThan(2_000);
    for (const timer of timers) clearInterval(timer);
  });

  it('one that ends is read to its end, however long: what follows has its usual time', async () => {
    await serve((socket) => socket.end('HTTP/1.1 200 X\r\n\r\nbody'));
    const patience = { leftMs: 6_000, isAnswered: false, isEndless: false };
    await put(plain, { ...asking(), patience });
    expect(patience.isEndless).toBe(false);
  });
});
