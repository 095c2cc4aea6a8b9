import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { firstListening, freePort, parseSocketTable, socketsOf, untilDisconnected, waitForListening } from '../../harness/lab/listening.ts';

const HOST = '127.0.0.1';

async function serve(): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer({ allowHalfOpen: true }).listen(0, HOST);
  await once(server, 'listening');
  return { server, port: (server.address() as net.AddressInfo).port };
}

test('reads the kernel tables', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1234 1 0000000000000000 100 0 0 10 0
   1: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 1235 1 0000000000000000 20 0 0 10 -1
   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 06 00000000:00000000 00:00000000 00000000     0        0 0
`;
  expect(parseSocketTable(table)).toEqual([
    { localAddress: '0100007F', localPort: 8080, remotePort: 0, state: 'LISTEN' },
    { localAddress: '0100007F', localPort: 54321, remotePort: 8080, state: 'ESTABLISHED' },
    { localAddress: '0'.repeat(32), localPort: 80, remotePort: 0, state: 'TIME_WAIT' },
  ]);
});

describe('waitForListening', () => {
  test('resolves when a server listens that starts later', async () => {
    const port = await freePort(HOST);
    let ready = false;
    const waiting = waitForListening({ host: HOST, port, timeoutMs: 10_000 }).then(() => {
      ready = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ready).toBe(false);
    const server = net.createServer().listen(port, HOST);
    await waiting;
    server.close();
  });

  test('sees a server on every address, IPv6 included', async () => {
    const server = net.createServer().listen(0);
    await once(server, 'listening');
    await waitForListening({ host: HOST, port: (server.address() as net.AddressInfo).port, timeoutMs: 10_000 });
    server.close();
  });

  test('does not connect', async () => {
    const { server, port } = await serve();
    let connections = 0;
    server.on('connection', () => connections++);
    await waitForListening({ host: HOST, port, timeoutMs: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(connections).toBe(process.platform === 'linux' ? 0 : 1);
    server.close();
  });

  test('says what it waited for', async () => {
    const port = await freePort(HOST);
    await expect(waitForListening({ host: HOST, port, timeoutMs: 60 })).rejects.toThrow(
      `nothing listens on 127.0.0.1:${port} after 0.06 s`,
    );
  });

  test('obeys its signal', async () => {
    const port = await freePort(HOST);
    const abort = new AbortController();
    const waiting = waitForListening({ host: HOST, port, timeoutMs: 60_000, signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow();
  });
});

describe('firstListening', () => {
  const LOCALHOST = [HOST, '::1'];

  async function listeningAt(host: string | undefined): Promise<string | null> {
    const server = net.createServer().listen(0, host);
    await once(server, 'listening');
    try {
      return await firstListening(LOCALHOST, (server.address() as net.AddressInfo).port);
    } finally {
      server.close();
    }
  }

  test('finds which address of localhost a server has', async ({ skip }) => {
    expect(await listeningAt(HOST)).toBe(HOST);
    expect(await listeningAt(undefined)).toBe(HOST);
    expect(await firstListening(LOCALHOST, await freePort(HOST))).toBeNull();
    const onIpv6 = await listeningAt('::1').catch((error: NodeJS.ErrnoException) => error);
    if (onIpv6 instanceof Error) skip(`this machine has no ::1: ${onIpv6.code}`);
    expect(onIpv6).toBe('::1');
  });
});

describe.skipIf(process.platform !== 'linux')('untilDisconnected', () => {
  test('resolves when the last connection has seen a FIN, while it is still half open', async () => {
    const { server, port } = await serve();
    server.on('connection', (socket) => socket.on('error', () => {}).resume());
    const clients = [net.connect(port, HOST), net.connect(port, HOST)];
    await Promise.all(clients.map((client) => once(client, 'connect')));
    let done = false;
    const waiting = untilDisconnected({ port, timeoutMs: 15_000 }).then((result) => {
      done = true;
      return result;
    });
    clients[0]!.end();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(done).toBe(false);
    // The server does not answer: the connection stays in FIN_WAIT2 and CLOSE_WAIT.
    clients[1]!.end();
    expect(await waiting).toBe(true);
    expect((await socketsOf(port))!.map(({ state }) => state)).toContain('CLOSE_WAIT');
    for (const client of clients) client.destroy();
    server.close();
  });

  test('beside a capture looks at the sockets again when a packet came, and only then', async () => {
    const { server, port } = await serve();
    server.on('connection', (socket) => socket.on('error', () => {}).resume());
    const client = net.connect(port, HOST);
    await once(client, 'connect');
    let packets = 3;
    let wake = (): void => {};
    let isWaiting = false;
    const waits = (): Promise<void> =>
      new Promise((resolve) => {
        isWaiting = true;
        wake = resolve;
      });
    let done = false;
    const captured = { packets: () => packets, untilMore: waits };
    const waiting = untilDisconnected({ port, timeoutMs: 15_000, captured }).then((result) => {
      done = true;
      return result;
    });
    while (!isWaiting) await new Promise((resolve) => setTimeout(resolve, 20));
    client.end();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(done).toBe(false);
    packets++;
    wake();
    expect(await waiting).toBe(true);
    client.destroy();
    server.close();
  });

  test('resolves at once where there is none; the listening socket does not count', async () => {
    const { server, port } = await serve();
    expect(await untilDisconnected({ port, timeoutMs: 15_000 })).toBe(true);
    server.close();
  });

  test('resolves to false after its time limit', async () => {
    const { server, port } = await serve();
    const client = net.connect(port, HOST);
    await once(client, 'connect');
    expect(await untilDisconnected({ port, timeoutMs: 250 })).toBe(false);
    client.destroy();
    server.close();
  });
});
