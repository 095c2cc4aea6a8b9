/**
 * The race's own server, a process of its own: it closes idle connections after a planted time, so that many tries fit into seconds. What it does with a connection
 * is what the target of the last request on it asks for (`/close/400`), else what `PLANTED` says.
 */
import http from 'node:http';
import type { Socket } from 'node:net';
import type { Planted } from './planted.ts';

const BODY = 'planted\n';
/** Requests that wait for each other are answered after this, though not all have come. Milliseconds. */
const HOLD_MS = 4_000;

const planted = JSON.parse(process.env.PLANTED ?? '{}') as Planted;
const served = new WeakMap<Socket, number>();
const timers = new WeakMap<Socket, NodeJS.Timeout>();
const opened = new WeakMap<Socket, number>();
let waiting: (() => void)[] = [];

/** What a target asks for; `null` for one that asks for nothing. */
function asked(target: string): { what: string; n: number } | null {
  const found = /^\/(close|hint|never|drop|hold)\/(\d+)/.exec(target);
  return found ? { what: found[1]!, n: Number(found[2]) } : null;
}

const server = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
  const { socket } = request;
  clearTimeout(timers.get(socket));
  const count = (served.get(socket) ?? 0) + 1;
  served.set(socket, count);
  const ask = asked(request.url ?? '');
  const closeAfterMs = ask === null ? planted.closeAfterMs : ask.what === 'close' ? ask.n : undefined;
  const hintS = ask === null ? planted.hintS : ask.what === 'hint' ? ask.n : undefined;
  request.resume().once('end', () => {
    if (ask?.what === 'drop' && count > 1) {
      socket.destroy();
      return;
    }
    const isOld = planted.lifetimeMs !== undefined && performance.now() - (opened.get(socket) ?? 0) >= planted.lifetimeMs;
    const isLast = ask === null && (isOld || (planted.limit !== undefined && count >= planted.limit));
    const answer = (): void => {
      if (hintS !== undefined) response.setHeader('Keep-Alive', `timeout=${hintS}`);
      if (isLast && planted.announces) response.setHeader('Connection', 'close');
      response.setHeader('Content-Type', 'text/plain');
      response.end(BODY);
    };
    response.once('finish', () => {
      const ms = planted.limit === undefined || ask !== null ? closeAfterMs : isLast ? planted.closeAfterMs : undefined;
      if (ms !== undefined)
        timers.set(
          socket,
          setTimeout(() => socket.destroy(), ms),
        );
    });
    if (ask?.what !== 'hold') return answer();
    const answerAll = (): void => {
      const all = waiting;
      waiting = [];
      for (const one of all) one();
    };
    waiting.push(answer);
    if (waiting.length === 1) setTimeout(answerAll, HOLD_MS).unref();
    if (waiting.length >= ask.n) answerAll();
  });
});
server.on('connection', (socket: Socket) => {
  opened.set(socket, performance.now());
  if (planted.lifetimeMs !== undefined && !planted.announces) setTimeout(() => socket.destroy(), planted.lifetimeMs).unref();
});
server.listen(Number(process.env.PORT), process.env.HOST);
