import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { OwnFailures } from '../../../clients/own-failure.ts';
import { openConnection } from '../../../clients/probe/wire-connection.ts';

let server: ChildProcess | undefined;
afterEach(() => void server?.kill('SIGKILL'));

const SERVER = `const server = require('net').createServer((socket) => { socket.resetAndDestroy(); console.log('reset'); });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

it('a connection that is reset before its handshake is told of was one, and has ended', async () => {
  const started = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  server = started;
  const [port] = (await once(started.stdout, 'data')) as [Buffer];
  const failures = new OwnFailures();
  const opening = openConnection({ host: '127.0.0.1', port: Number(port), signal: new AbortController().signal, failures });
  // It connects in the next tick.
  await new Promise((resolve) => process.nextTick(resolve));
  // Meanwhile the server accepts and resets it, and both are told at once.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  const connection = await opening;
  expect(connection.ended).toBe(true);
  connection.send([{ method: 'GET', bytes: 'GET / HTTP/1.1\r\n\r\n' }]);
  expect(await connection.response(5_000)).toBe(null);
  await connection.close();
  expect(failures.first).toBe(null);
});

it('one that is refused was none', async () => {
  const refused = openConnection({ host: '127.0.0.1', port: 1, signal: new AbortController().signal, failures: new OwnFailures() });
  await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
