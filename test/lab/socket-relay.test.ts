import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../harness/lab/listening.ts';
import { acceptsOn, relaySocket, waitForSocket } from '../../harness/lab/socket-relay.ts';

const HOST = '127.0.0.1';
let dir: string;
let file: string;
let server: net.Server;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-test-'));
  file = path.join(dir, 'a.sock');
  // Answers what comes and closes its side after the end of the client's.
  server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (chunk) => socket.write(`<${chunk}>`));
    socket.on('end', () => socket.end('bye'));
    socket.on('error', () => {});
  });
});
afterEach(async () => {
  server.close();
  await rm(dir, { recursive: true, force: true });
});

it('passes bytes and closes on in both directions', async () => {
  server.listen(file);
  await waitForSocket(file, 5_000);
  const port = await freePort(HOST);
  const stop = await relaySocket(file, { host: HOST, port });
  const client = net.connect({ host: HOST, port, allowHalfOpen: true });
  let received = '';
  client.on('data', (chunk) => {
    received += chunk;
  });
  client.write('one');
  await once(client, 'data');
  client.end();
  await once(client, 'end');
  expect(received).toBe('<one>bye');
  client.destroy();
  stop();
});

it('says so where nothing listens in time', async () => {
  expect(await acceptsOn(file)).toBe(false);
  await expect(waitForSocket(file, 60)).rejects.toThrow(`nothing listens on the unix socket ${file}`);
});
