/** How a server closes idle connections: several, begun one after the other, since some timers are coarse. */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { untilDisconnected } from '../lab/listening.ts';

const CONNECTIONS = 8;
/** Between the beginnings, no multiple of a second: a timer that looks once a second is seen at several phases. */
const APART_MS = 137;
const ANSWER_MS = 5_000;

/** Asks `requests` times on each of several connections, and waits until the server has closed them or the window ends. */
export async function watchTimer(host: string, port: number, requests: number, windowMs: number, signal: AbortSignal): Promise<void> {
  const sockets: net.Socket[] = [];
  for (let place = 0; place < CONNECTIONS; place++) {
    const socket = net.connect({ host, port });
    sockets.push(socket);
    socket.on('error', () => {});
    for (let count = 0; count < requests; count++) {
      const target = `/?timer-${place}-${count}`;
      // Every second one asks by POST: a server may keep its connection for a GET alone.
      const request =
        place % 2 === 0
          ? `GET ${target} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`
          : `POST ${target} HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\naimed\n`;
      socket.write(request);
      // The next one goes when this one is answered.
      await Promise.race([once(socket, 'data'), once(socket, 'close'), delay(ANSWER_MS, undefined, { signal })]);
    }
    socket.resume();
    await delay(APART_MS, undefined, { signal });
  }
  await untilDisconnected({ port, timeoutMs: windowMs, signal });
  for (const socket of sockets) socket.destroy();
}
