import { once } from 'node:events';
import net from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { SITE_TARGETS } from '../../../clients/client.ts';
import { OwnFailures } from '../../../clients/own-failure.ts';
import { ask } from '../../../clients/probe/ask.ts';
import { defineQuestion, type Question, request } from '../../../clients/probe/question.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const CLOSING = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi';

afterEach(() => void vi.useRealTimers());

/** Asks a server that never closes and calls `answer` for each request. `over` says whether the question has ended. */
async function put(question: Partial<Question>, answer: (socket: net.Socket) => void): Promise<{ over: boolean }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as net.AddressInfo;
  const known = new Map([['host', 'here'], ...Object.entries(SITE_TARGETS)]);
  const state = { over: false };
  const whole = defineQuestion({ id: 'q', title: '', spec: null, send: [request('GET')], ...question });
  void ask(whole, { host: '127.0.0.1', port, signal: new AbortController().signal, failures: new OwnFailures(), known }).then(
    (connection) => {
      state.over = true;
      connection?.destroy();
    },
  );
  return state;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Waits by turns of the event loop: `vi.waitUntil` would advance the clock. @throws after 3 s */
async function until(condition: () => boolean): Promise<void> {
  for (const began = Date.now(); !condition(); await turn())
    if (Date.now() - began > 3_000) throw new Error('it did not happen within 3 s');
}

/** Passes turns of the event loop without advancing the clock. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 100; turns++) await turn();
}

const stopTimers = () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

test.each<[string, Partial<Question>, string | null, number]>([
  ['an answer is waited for 5 s', { hold: true }, null, 5_000],
  ['a first byte is waited for 5 s', { hold: true, await: 'first-byte' }, null, 5_000],
  ['a close that was announced is waited for 1 s', { hold: true, times: 9 }, CLOSING, 1_000],
  ["the server's FIN is waited for 300 ms", {}, OK, 300],
])('%s', async (_, question, answer, limitMs) => {
  let asked = false;
  stopTimers();
  const state = await put(question, (socket) => {
    asked = true;
    if (answer !== null) socket.write(answer);
  });
  await until(() => asked);
  await settle();
  vi.advanceTimersByTime(limitMs - 1);
  await settle();
  expect(state.over).toBe(false);
  vi.advanceTimersByTime(1);
  await until(() => state.over);
});

test('a question that is asked again and again ends with the first answer after 20 s', async () => {
  let asked = 0;
  let answerNext: () => void = () => {};
  vi.useFakeTimers({ toFake: ['performance'] });
  const state = await put({ times: 9, hold: true }, (socket) => {
    asked++;
    answerNext = () => socket.write(OK);
  });
  await until(() => asked === 1);
  vi.advanceTimersByTime(20_000);
  answerNext();
  await until(() => asked === 2);
  expect(state.over).toBe(false);
  vi.advanceTimersByTime(1);
  answerNext();
  await until(() => state.over);
  expect(asked).toBe(2);
});
